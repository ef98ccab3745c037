//! The built filter under wasmtime as a subject of the vector corpus.

use std::net::IpAddr;

use anyhow::{Context, Result, bail};
use wicketgate_policy::Time;
use wicketgate_runtime::http::latin1;
use wicketgate_runtime::vectors::{
    Answer, Decides, Explanation, Forwarded, Observation, Subject, Vector,
};

use crate::fake::{Exchange, Headers, Host, Request, Response};
use crate::module::Module;

/// The filter, with an instance of its own for each vector.
pub struct Filter<'m> {
    module: &'m Module,
}

impl<'m> Filter<'m> {
    /// A built filter.
    pub fn new(module: &'m Module) -> Self {
        Self { module }
    }
}

impl Subject for Filter<'_> {
    fn name(&self) -> &str {
        "filter"
    }

    fn run(&mut self, vector: &Vector) -> Observation {
        observe(self.module, vector)
            .unwrap_or_else(|error| Observation::failed(format!("{error:#}")))
    }
}

fn observe(module: &Module, vector: &Vector) -> Result<Observation> {
    let environment: Vec<(&str, &str)> =
        vector.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let now = Time::parse(&vector.now).with_context(|| format!("`{}` is no time", vector.now))?;
    let now = u64::try_from(now.unix_millis())? / 1_000;
    let mut host = Host::new(module, shown_in_access_logs(&vector.policy), &environment, now)
        .map_err(|error| anyhow::anyhow!("{error:?}"))?;
    host.check_signatures();
    if !host.configure() {
        let log: Vec<String> = host.logs().iter().map(|line| line.text()).collect();
        bail!("the policy is refused:\n{}", log.join("\n"));
    }
    let exchange = host.request(request(vector)?);
    if let Some(failure) = exchange.failure {
        bail!("the filter trapped: {failure}");
    }
    let counted = Counted::read(&host)?;
    let decision = match (exchange.forwarded(), counted.as_ref().map(|counted| counted.allowed)) {
        (false, Some(false)) => Decides::Deny,
        (true, Some(true)) => Decides::Allow,
        (true, None) => Decides::Pass,
        (forwarded, allowed) => bail!("forwarded: {forwarded}, counted as allowed: {allowed:?}"),
    };
    let state = |name: &str| exchange.filter_state.get(name).cloned();
    let explanation = counted.map_or_else(Explanation::default, |counted| Explanation {
        reason: counted.reason,
        rule: counted.rule,
        caller: state("wasm.wicketgate.caller"),
    });
    Ok(Observation {
        explanation: Some(explanation),
        answer: answer(&exchange),
        ..Observation::of(decision, forwarded(&exchange), lines(&exchange))
    })
}

/// The policy with `audit.access_log`, by which the caller of an allowed request is seen even if
/// the request has no audit line. As a text, so that the order of its members stays.
fn shown_in_access_logs(policy: &str) -> String {
    const SHOWN: &str = "\"access_log\":true";
    let found = policy.split_once("\"audit\":").and_then(|(head, audit)| {
        let members = audit.trim_start().strip_prefix('{')?.trim_start();
        let comma = if members.starts_with('}') { "" } else { "," };
        Some(format!("{head}\"audit\":{{{SHOWN}{comma}{members}"))
    });
    found.unwrap_or_else(|| policy.replacen('{', &format!("{{\"audit\":{{{SHOWN}}},"), 1))
}

fn request(vector: &Vector) -> Result<Request> {
    let wanted = &vector.request;
    let mut headers = Headers::new();
    for (name, value) in [
        (":method", Some(&wanted.method)),
        (":path", wanted.target.as_ref()),
        (":scheme", Some(&wanted.scheme)),
        (":authority", wanted.authority.as_ref()),
    ] {
        if let Some(value) = value {
            headers.add(name, latin1::encode(value)?);
        }
    }
    for (name, value) in &wanted.headers {
        headers.add(latin1::encode(name)?, latin1::encode(value)?);
    }
    let mut request = Request::new("GET", "/").answered_with(Response::new(200, "origin"));
    request.headers = headers;
    for (name, value) in &wanted.trailers {
        request.trailers.get_or_insert_default().add(latin1::encode(name)?, latin1::encode(value)?);
    }
    Ok(match &wanted.peer {
        None => request.without_peer(),
        Some(peer) if peer.parse::<IpAddr>().is_ok() => request.from_peer(peer),
        Some(other) => Request { peer: Some(other.clone()), ..request },
    })
}

/// The filter's counts. They show the decision without the audit line, which a policy can switch
/// off for allowed requests.
struct Counted {
    allowed: bool,
    reason: Option<String>,
    rule: Option<String>,
}

impl Counted {
    fn read(host: &Host) -> Result<Option<Self>> {
        let counted: Vec<&str> = host
            .metrics()
            .iter()
            .filter(|(name, value)| name.ends_with("wicketgate_decisions_total") && *value > 0)
            .map(|(name, _)| name)
            .collect();
        let name = match counted.as_slice() {
            [] => return Ok(None),
            [name] => *name,
            several => bail!("one request was counted more than once: {several:?}"),
        };
        let label = |label: &str| -> Result<&str> {
            let rest = name.split_once(&format!("{label}=.=")).map(|(_, rest)| rest);
            let value = rest.and_then(|rest| rest.split_once(";.;")).map(|(value, _)| value);
            value.with_context(|| format!("no label `{label}` in `{name}`"))
        };
        let some = |value: &str| (value != "none").then(|| value.to_owned());
        Ok(Some(Self {
            allowed: match label("outcome")? {
                "allow" => true,
                "deny" => false,
                other => bail!("the outcome `{other}`"),
            },
            reason: some(label("reason")?),
            rule: some(label("rule")?),
        }))
    }
}

/// The gate's own answer, as it leaves the gate: a client that sent HEAD is spared the body.
fn answer(exchange: &Exchange) -> Option<Answer> {
    let (reply, answer) = (exchange.reply.as_ref()?, exchange.answer.as_ref()?);
    let headers = pairs(&answer.headers).filter(|(name, _)| !name.starts_with(':'));
    Some(Answer {
        status: u16::try_from(answer.status).unwrap_or(0),
        headers: headers.collect(),
        body: Some(latin1::decode(&reply.body)),
    })
}

fn forwarded(exchange: &Exchange) -> Option<Forwarded> {
    let seen = exchange.origin.as_ref()?;
    let target = seen.headers.first(":path").map(latin1::decode).unwrap_or_default();
    let trailers = seen.trailers.as_ref().map(|trailers| pairs(trailers).collect());
    Some(Forwarded { target, headers: pairs(&seen.headers).collect(), trailers })
}

fn lines(exchange: &Exchange) -> Vec<String> {
    let audits = exchange.logs.iter().filter(|line| line.message.starts_with(b"{"));
    audits.map(|line| latin1::decode(&line.message)).collect()
}

fn pairs(headers: &Headers) -> impl Iterator<Item = (String, String)> {
    headers.iter().map(|(name, value)| (latin1::decode(name), latin1::decode(value)))
}
