//! The decision core itself, asked directly.

use wicketgate_policy::{
    Decision, Demand, Edit, Environment, Header, Host, Outcome, Peer, Policy, Time, Verdict,
};

use super::{Answer, Decides, Explanation, Forwarded, Observation, Subject, Vector};
use crate::http::latin1;

/// The core, without a host around it.
#[derive(Debug, Default)]
pub struct Native {
    /// The policy of the vector before, which most often is that of the next one too.
    last: Option<(Key, Policy)>,
}

/// The ingredients of a policy: its text, the variables, the kind of host.
type Key = (String, Vec<(String, String)>, String);

impl Subject for Native {
    fn name(&self) -> &str {
        "core"
    }

    fn run(&mut self, vector: &Vector) -> Observation {
        let Some(now) = Time::parse(&vector.now) else {
            return Observation::failed(format!("`{}` is no time", vector.now));
        };
        match self.policy(vector) {
            Ok(policy) => run(policy, vector, now),
            Err(why) => Observation::failed(why),
        }
    }
}

impl Native {
    fn policy(&mut self, vector: &Vector) -> Result<&Policy, String> {
        let host = vector.host.as_deref().unwrap_or("envoy");
        let key = (vector.policy.clone(), vector.env.clone(), host.to_owned());
        if self.last.as_ref().is_none_or(|(other, _)| *other != key) {
            let host = Host::parse(host).ok_or_else(|| format!("`{host}` is no host"))?;
            let environment = Environment::new(host);
            let environment = vector.env.iter().fold(environment, |environment, (name, value)| {
                environment.with(name, value.as_bytes())
            });
            let policy = Policy::load(vector.policy.as_bytes(), &environment)
                .map_err(|faults| format!("the policy is refused:\n{faults}"))?;
            self.last = Some((key, policy));
        }
        self.last.as_ref().map(|(_, policy)| policy).ok_or_else(|| "no policy".to_owned())
    }
}

fn run(policy: &Policy, vector: &Vector, now: Time) -> Observation {
    let request = &vector.request;
    let mut headers = vec![(":method".to_owned(), request.method.clone())];
    headers.extend(request.target.clone().map(|target| (":path".to_owned(), target)));
    headers.push((":scheme".to_owned(), request.scheme.clone()));
    headers.extend(request.authority.clone().map(|host| (":authority".to_owned(), host)));
    headers.extend(request.headers.iter().cloned());
    let (headers, trailers) = match (encode(&headers), encode(&request.trailers)) {
        (Ok(headers), Ok(trailers)) => (headers, trailers),
        (Err(error), _) | (_, Err(error)) => return Observation::failed(format!("{error:#}")),
    };
    let headers = views(&headers);
    let asked = wicketgate_policy::Request { headers: &headers, peer: Peer::NotAsked };
    let peer = request.peer.as_deref().map_or(Peer::Unknown, |peer| Peer::Address(peer.as_bytes()));
    let told = wicketgate_policy::Request { headers: &headers, peer };
    let decision = match policy.decide(&asked, now) {
        Outcome::Decided(decision) => decision,
        Outcome::Need(Demand::Peer) => match policy.decide(&told, now) {
            Outcome::Decided(decision) => decision,
            Outcome::Need(demand) => {
                return Observation::failed(format!("{demand:?} is needed again"));
            }
        },
        Outcome::Need(demand) => return Observation::failed(format!("{demand:?} can't be served")),
    };
    observe(&decision, &headers, &policy.trailers(&views(&trailers)), vector)
}

fn observe(
    decision: &Decision<'_>,
    headers: &[Header<'_>],
    trailer_edits: &[Edit<'_>],
    vector: &Vector,
) -> Observation {
    let events = decision.audit.iter().chain(&decision.shadow);
    let lines = events.map(|event| event.to_line()).collect();
    let forward = |edits: &[Edit<'_>]| {
        let pairs = headers.iter().map(|h| (latin1::decode(h.name), latin1::decode(h.value)));
        let mut headers: Vec<_> = pairs.collect();
        edit(&mut headers, edits);
        let mut trailers = vector.request.trailers.clone();
        edit(&mut trailers, trailer_edits);
        let target = headers.iter().find(|(name, _)| name == ":path");
        let target = target.map(|(_, value)| value.clone()).unwrap_or_default();
        Some(Forwarded { target, headers, trailers: Some(trailers) })
    };
    let (decides, explanation, answer, forwarded) = match &decision.verdict {
        Verdict::Pass { edits } => (Decides::Pass, Explanation::default(), None, forward(edits)),
        Verdict::Allow(allow) => {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let explanation = Explanation {
                reason: None,
                rule: owned(allow.rule()),
                caller: owned(allow.caller()),
            };
            (Decides::Allow, explanation, None, forward(&allow.edits))
        }
        Verdict::Deny(deny) => {
            let explanation = Explanation {
                reason: Some(deny.reason.code().to_owned()),
                rule: deny.rule.map(str::to_owned),
                caller: None,
            };
            let header =
                |(name, value): &(
                    wicketgate_policy::HeaderName,
                    wicketgate_policy::HeaderValue,
                )| { (name.as_str().to_owned(), latin1::decode(value.as_bytes())) };
            let answer = Answer {
                status: deny.answer.status,
                headers: deny.answer.headers.iter().map(header).collect(),
                body: Some(latin1::decode(&deny.answer.body)),
            };
            (Decides::Deny, explanation, Some(answer), None)
        }
    };
    let explanation = Some(explanation);
    Observation { explanation, answer, ..Observation::of(decides, forwarded, lines) }
}

/// Changes a header map as a host does.
fn edit(headers: &mut Vec<(String, String)>, edits: &[Edit<'_>]) {
    for edit in edits {
        let name = match edit {
            Edit::Remove(name) => *name,
            Edit::Set(name, _) => name.as_str().as_bytes(),
        };
        headers.retain(|(other, _)| {
            !latin1::encode(other).is_ok_and(|o| o.eq_ignore_ascii_case(name))
        });
        if let Edit::Set(name, value) = edit {
            headers.push((name.as_str().to_owned(), latin1::decode(value.as_bytes())));
        }
    }
}

type Bytes = Vec<(Vec<u8>, Vec<u8>)>;

fn encode(headers: &[(String, String)]) -> anyhow::Result<Bytes> {
    headers.iter().map(|(n, v)| Ok((latin1::encode(n)?, latin1::encode(v)?))).collect()
}

fn views(headers: &Bytes) -> Vec<Header<'_>> {
    headers.iter().map(|(name, value)| Header { name, value }).collect()
}
