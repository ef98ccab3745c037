//! A recipe's cases, and what came of each on a real host.

use std::fs;
use std::path::Path;

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value, json};
use wicketgate_policy::Holds;
use wicketgate_runtime::http::{Answer as Wire, latin1};
use wicketgate_runtime::vectors::{Answer, Decides, Forwarded, Observation, Vector, parse};
use wicketgate_testkit::secret;

use crate::envoy::documents;
use crate::origin::RAN;

/// The cases of a recipe as `wicketgate test` reads them.
pub(crate) fn cases(folder: &Path) -> Vec<Vector> {
    let read = |name: &str| documents(&fs::read_to_string(folder.join(name)).unwrap()).remove(0);
    let mut policy = read("policy.yaml");
    let mut file: Map<String, Value> = read("policy.test.yaml").as_object().unwrap().clone();
    // Nobody here has the keys of the real issuers.
    if let Some(Value::Object(sets)) = file.remove("jwks") {
        for (caller, set) in sets {
            policy["callers"][caller]["jwt"]["keys"] = json!({ "jwks": set });
        }
    }
    let text = policy.to_string();
    let document = wicketgate_policy::Document::parse(text.as_bytes()).unwrap();
    let mut environment = file.get("env").and_then(Value::as_object).cloned().unwrap_or_default();
    for variable in document.variables() {
        let value = match variable.holds {
            Holds::Environment => "production".to_owned(),
            _ => secret::make().unwrap(),
        };
        environment.entry(&variable.name).or_insert_with(|| value.into());
    }
    let cases = file.remove("cases").unwrap();
    file.insert("vectors".into(), cases);
    file.insert("about".into(), "".into());
    file.insert("policy".into(), policy);
    file.insert("env".into(), environment.into());
    let none = |name: &str| -> anyhow::Result<String> { panic!("another policy, `{name}`") };
    parse("policy.test.yaml", &Value::Object(file).to_string(), &none).unwrap()
}

/// Why no client can send it, if that is so.
pub(crate) fn left_out(case: &Vector) -> Option<&str> {
    let request = &case.request;
    if case.unsendable.is_some() {
        return case.unsendable.as_deref();
    }
    if request.scheme != "http" {
        return Some("no TLS here");
    }
    let is_whole = request.target.is_some() && request.authority.is_some();
    (!is_whole || request.peer.is_none())
        .then_some("a connection has another end, a request a line")
}

/// The trace id by which the audit line of a request is found.
pub(crate) fn trace(index: usize) -> String {
    format!("{:032x}", 0xabc0_0000 + index)
}

/// Returns `true` if an audit line has to come.
pub(crate) fn has_line(case: &Vector) -> bool {
    case.expect.decision != Decides::Pass && !case.expect.no_audit
}

/// What came of a request, in the words of the vectors.
pub(crate) fn observe(case: &Vector, answer: &Wire, lines: Vec<String>) -> Observation {
    let Wire::Response(response) = answer else {
        return Observation::failed(format!("no answer: {answer:?}"));
    };
    let says = |decision: &str| {
        let field = format!("\"wicketgate.decision\":\"{decision}\"");
        lines.iter().any(|line| line.contains(&field))
    };
    let Some(head) = response.header(RAN).next() else {
        if !says("deny") {
            let refused = Observation::of(Decides::Deny, None, lines);
            return Observation { refused_by_host: Some(response.status), ..refused };
        }
        // What does not depend on the request: HEAD spares the client the body.
        let body = (case.request.method != "HEAD").then(|| response.text());
        let headers = response.headers.clone();
        let answer = Answer { status: response.status, headers, body };
        return Observation { answer: Some(answer), ..Observation::of(Decides::Deny, None, lines) };
    };
    // Without a line, a host shows a public request like one that no rule covers.
    let silent = case.expect.decision == Decides::Allow && !has_line(case) && lines.is_empty();
    let decision = if says("allow") || silent { Decides::Allow } else { Decides::Pass };
    let head = latin1::decode(&Base64::decode_vec(head).unwrap());
    let mut rows = head.split("\r\n");
    let target = rows.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    let headers = rows.filter_map(field).collect();
    let forwarded = Forwarded { target: target.to_owned(), headers, trailers: None };
    Observation::of(decision, Some(forwarded), lines)
}
