//! Compares a row's expectation with the outcome.

use crate::table::{Decision, Expect};
use crate::witness::Witness;
use serde_json::{Map, Value};
use wicketgate_runtime::audit::{About, AuditLine};
use wicketgate_runtime::http::{Answer, Response, latin1};

/// The outcome.
#[derive(Debug)]
pub struct Happened<'a> {
    /// The client's answer.
    pub answer: &'a Answer,
    /// The events that the gate logged, in their order.
    pub events: &'a [AuditLine],
    /// The origin's account before.
    pub before: &'a Witness,
    /// The origin's account afterwards.
    pub after: &'a Witness,
}

/// Everything that is not as expected, one line each. `audits_allowed`: whether the policy has
/// allowed requests logged.
pub fn compare(expect: &Expect, happened: &Happened<'_>, audits_allowed: bool) -> Vec<String> {
    let mut faults = Faults::default();
    answer(expect, happened.answer, &mut faults);
    handlers(expect, happened, &mut faults);
    events(expect, happened.events, audits_allowed, &mut faults);
    faults.0
}

#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn differ(
        &mut self,
        what: &str,
        expected: impl std::fmt::Display,
        got: impl std::fmt::Display,
    ) {
        self.0.push(format!("{what}: expected {expected}, got {got}"));
    }
}

fn answer(expect: &Expect, answer: &Answer, faults: &mut Faults) {
    let response = match answer {
        Answer::Response(response) => response,
        Answer::Closed if expect.status == 0 => return,
        Answer::Closed => {
            return faults.differ("status", expect.status, "a closed connection");
        }
    };
    if expect.status == 0 {
        if !(400..500).contains(&response.status) {
            faults.differ("status", "a refusal by the host", response.status);
        }
    } else if response.status != expect.status {
        faults.differ("status", expect.status, response.status);
    }
    body(expect, response, faults);
    for (name, value) in &expect.headers {
        let got: Vec<_> = response.header(&name.to_ascii_lowercase()).map(str::to_owned).collect();
        if got != [value.as_str()] {
            faults.differ(&format!("header {name}"), format!("`{value}`"), format!("{got:?}"));
        }
    }
    for name in &expect.headers_absent {
        if let Some(value) = response.header(&name.to_ascii_lowercase()).next() {
            faults.differ(&format!("header {name}"), "none", format!("`{value}`"));
        }
    }
}

fn body(expect: &Expect, response: &Response, faults: &mut Faults) {
    let got = latin1::decode(&response.body);
    if let Some(body) = &expect.body
        && *body != got
    {
        faults.differ("body", format!("`{body}`"), format!("`{}`", shortened(&got)));
    }
    if let Some(body) = &expect.body_json
        && serde_json::from_slice::<Value>(&response.body).ok().as_ref() != Some(body)
    {
        faults.differ("body", body, format!("`{}`", shortened(&got)));
    }
}

fn handlers(expect: &Expect, happened: &Happened<'_>, faults: &mut Faults) {
    let entered = happened.after.entered_since(happened.before);
    let expected: Vec<_> = expect.handler.iter().cloned().collect();
    if entered != expected {
        faults.differ("handlers entered", format!("{expected:?}"), format!("{entered:?}"));
    }
    let (before, after) = (&happened.before.state, &happened.after.state);
    if expect.handler.is_none() && before != after {
        faults.differ("state", Value::from(before.clone()), Value::from(after.clone()));
    }
    subset("state", &expect.state, |name| after.get(name), faults);
    let seen = &happened.after.last_headers;
    for (name, value) in &expect.origin_sees {
        let name = name.to_ascii_lowercase();
        let got: Vec<_> =
            seen.iter().filter(|(given, _)| *given == name).map(|(_, value)| value).collect();
        if got != [value] {
            faults.differ(
                &format!("the origin sees {name}"),
                format!("`{value}`"),
                format!("{got:?}"),
            );
        }
    }
    // In any spelling, but for a header that the gate itself is to set under that very name.
    let wanted =
        |given: &String| expect.origin_sees.keys().any(|name| name.eq_ignore_ascii_case(given));
    for name in &expect.origin_lacks {
        let spelling = |given: &String| folded(given) == folded(name) && !wanted(given);
        for (given, value) in seen.iter().filter(|(given, _)| spelling(given)) {
            faults.differ(&format!("the origin sees {given}"), "nothing", format!("`{value}`"));
        }
    }
}

fn events(expect: &Expect, events: &[AuditLine], audits_allowed: bool, faults: &mut Faults) {
    let about =
        |what: About| events.iter().filter(move |event| event.about() == what).collect::<Vec<_>>();
    let (decisions, others) = (about(About::Decision), about(About::Response));
    let decision = match expect.decision {
        Decision::Allow => audits_allowed.then_some("allow"),
        Decision::Deny => Some("deny"),
        Decision::Pass | Decision::None => None,
    };
    if decisions.len() != usize::from(decision.is_some()) {
        let got: Vec<_> = decisions.iter().map(|event| event.json()).collect();
        faults.differ("audit lines", usize::from(decision.is_some()), format!("{got:?}"));
    }
    if let (Some(decision), [event]) = (decision, decisions.as_slice()) {
        let mut field = |name: &str, expected: Option<&str>| {
            if event.text(name) != expected {
                let said = |value: Option<&str>| {
                    value.map_or("nothing".to_owned(), |value| format!("`{value}`"))
                };
                faults.differ(name, said(expected), said(event.text(name)));
            }
        };
        field("wicketgate.decision", Some(decision));
        if expect.decision == Decision::Allow || expect.reason.is_some() {
            field("error.type", expect.reason.as_deref());
        }
        if expect.rule.is_some() {
            field("rule.id", expect.rule.as_deref());
        }
        if expect.caller.is_some() {
            field("user.id", expect.caller.as_deref());
        }
        subset("audit", &expect.audit, |name| event.field(name), faults);
    }
    match (&expect.response_audit, others.as_slice()) {
        (None, []) => {}
        (Some(expected), [event]) => {
            subset("response_audit", expected, |name| event.field(name), faults);
        }
        (expected, got) => {
            let got: Vec<_> = got.iter().map(|event| event.json()).collect();
            let expected = usize::from(expected.is_some());
            faults.differ("audit lines on the response", expected, format!("{got:?}"));
        }
    }
}

fn subset<'a>(
    what: &str,
    expected: &Map<String, Value>,
    get: impl Fn(&str) -> Option<&'a Value>,
    faults: &mut Faults,
) {
    for (name, value) in expected {
        let got = get(name);
        if !got.is_some_and(|got| holds(got, value)) {
            let got = got.map_or("nothing".to_owned(), Value::to_string);
            faults.differ(&format!("{what} {name}"), value, got);
        }
    }
}

/// Returns `true` if `got` is `expected`, or an object with all of its members.
fn holds(got: &Value, expected: &Value) -> bool {
    match (got, expected) {
        (Value::Object(got), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| got.get(name).is_some_and(|got| holds(got, value)))
        }
        _ => got == expected,
    }
}

/// A header name as the CGI-like server that folds most reads it.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(200).collect();
    if short.len() < text.len() {
        short.push_str("...");
    }
    short
}

#[cfg(test)]
mod tests;
