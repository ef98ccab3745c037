//! Compares the observed with the expected result.

use serde_json::Value;

use super::{Answer, Decides, Expect, Forwarded, Observation, Sees, Vector, line};

/// Every difference between what a vector expects and what was observed, each in words.
#[must_use]
pub fn judge(vector: &Vector, seen: &Observation) -> Vec<String> {
    if let Some(why) = &seen.failure {
        return vec![format!("it did not run: {why}")];
    }
    if let Some(status) = seen.refused_by_host {
        return vec![match status {
            0 => "the host closed the connection without asking the gate".to_owned(),
            _ => format!("the host answered {status} without asking the gate"),
        }];
    }
    let mut wrong = Vec::new();
    let expect = &vector.expect;
    if seen.decision != expect.decision {
        let explanation = seen.explanation.clone().unwrap_or_else(|| line::explanation(seen));
        let because = explanation.reason.map_or(String::new(), |reason| format!(" ({reason})"));
        let (expected, found) = (word(expect.decision), word(seen.decision));
        // All other differences follow from this one.
        return vec![format!("decision: expected {expected}, found {found}{because}")];
    }
    explanation(expect, seen, &mut wrong);
    match (&seen.answer, expect.decision) {
        (Some(found), Decides::Deny) => answer(vector, found, &mut wrong),
        (None, Decides::Deny) => wrong.push("answer: expected one, found none".to_owned()),
        (Some(_), _) => {
            wrong.push("answer: expected the origin's, found one of the gate".to_owned())
        }
        (None, _) => {}
    }
    match (&seen.forwarded, expect.decision) {
        (Some(_), Decides::Deny) => {
            wrong.push("the origin was sent a request that is denied".to_owned())
        }
        (Some(found), _) => forwarded(vector, found, &mut wrong),
        (None, _) => {}
    }
    line::judge(vector, seen, &mut wrong);
    wrong
}

fn explanation(expect: &Expect, seen: &Observation, wrong: &mut Vec<String>) {
    // If no line is expected, a host that shows only its log shows nothing of this.
    if seen.explanation.is_none() && seen.decision == Decides::Allow && expect.no_audit {
        return;
    }
    let found = seen.explanation.clone().unwrap_or_else(|| line::explanation(seen));
    for (what, expected, found) in [
        ("reason", &expect.reason, found.reason),
        ("rule", &expect.rule, found.rule),
        ("caller", &expect.caller, found.caller),
    ] {
        if expected.is_some() && *expected != found {
            wrong.push(differs(what, expected.as_deref(), found.as_deref()));
        }
    }
}

fn answer(vector: &Vector, found: &Answer, wrong: &mut Vec<String>) {
    let expect = &vector.expect;
    if let Some(status) = expect.status.filter(|status| *status != found.status) {
        wrong.push(differs("status", Some(&status.to_string()), Some(&found.status.to_string())));
    }
    if let Some(found) = &found.body {
        body(expect, found, wrong);
    }
    for (name, value) in &expect.headers {
        values(&format!("answer header `{name}`"), &[value], &named(&found.headers, name), wrong);
    }
    for name in &expect.headers_present {
        if named(&found.headers, name).is_empty() {
            wrong.push(format!("answer header `{name}`: expected some value, found nothing"));
        }
    }
    for name in &expect.headers_absent {
        values(&format!("answer header `{name}`"), &[], &named(&found.headers, name), wrong);
    }
    let told = |secret: &String| {
        found.body.as_ref().is_some_and(|body| body.contains(secret))
            || found.headers.iter().any(|(_, value)| value.contains(secret))
    };
    if vector.secrets.iter().any(told) {
        wrong.push("the answer holds a secret".to_owned());
    }
}

fn body(expect: &Expect, found: &str, wrong: &mut Vec<String>) {
    if let Some(body) = expect.body.as_deref().filter(|body| *body != found) {
        wrong.push(differs("body", Some(body), Some(found)));
    }
    if let Some(json) = &expect.body_json {
        let text: Vec<u8> = found.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
        if serde_json::from_slice::<Value>(&text).ok().as_ref() != Some(json) {
            wrong.push(differs("body", Some(&json.to_string()), Some(found)));
        }
    }
}

fn forwarded(vector: &Vector, found: &Forwarded, wrong: &mut Vec<String>) {
    let sent = vector.request.target.as_deref().unwrap_or_default();
    if found.target != sent {
        wrong.push(differs("forwarded target", Some(sent), Some(&found.target)));
    }
    let expect = &vector.expect;
    for (name, sees) in &expect.origin_sees {
        let expected: Vec<&str> = match sees {
            Sees::One(value) => vec![value],
            Sees::Many(many) => many.iter().map(String::as_str).collect(),
        };
        let found = named(&found.headers, name);
        values(&format!("forwarded header `{name}`"), &expected, &found, wrong);
    }
    for name in &expect.origin_lacks {
        values(&format!("forwarded header `{name}`"), &[], &named(&found.headers, name), wrong);
    }
    for name in &expect.trailers_lack {
        let trailers = found.trailers.as_deref().unwrap_or_default();
        values(&format!("forwarded trailer `{name}`"), &[], &named(trailers, name), wrong);
    }
}

fn named<'h>(headers: &'h [(String, String)], name: &str) -> Vec<&'h str> {
    let named = headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_str()).collect()
}

fn values(what: &str, expected: &[&str], found: &[&str], wrong: &mut Vec<String>) {
    if expected != found {
        let join = |values: &[&str]| (!values.is_empty()).then(|| values.join("`, `"));
        wrong.push(differs(what, join(expected).as_deref(), join(found).as_deref()));
    }
}

fn differs(what: &str, expected: Option<&str>, found: Option<&str>) -> String {
    let show = |text: Option<&str>| match text {
        Some(text) if text.chars().count() > 300 => {
            format!("`{}…`", text.chars().take(300).collect::<String>())
        }
        Some(text) => format!("`{text}`"),
        None => "nothing".to_owned(),
    };
    format!("{what}: expected {}, found {}", show(expected), show(found))
}

fn word(decision: Decides) -> &'static str {
    match decision {
        Decides::Allow => "allow",
        Decides::Deny => "deny",
        Decides::Pass => "pass",
    }
}

#[cfg(test)]
mod tests;
