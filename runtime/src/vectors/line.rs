//! Audit lines: which belongs to the decision, and what must be true of each.

use serde_json::{Map, Value};

use super::{Decides, Expect, Explanation, Observation, Vector};

/// The longest line that may be written.
const LONGEST: usize = 2_048;

/// Compares the audit lines.
pub(super) fn judge(vector: &Vector, seen: &Observation, wrong: &mut Vec<String>) {
    let mut decisions = Vec::new();
    for line in &seen.lines {
        match parse(line) {
            Ok(fields) => {
                if fields.get("wicketgate.mode") != Some(&Value::from("shadow")) {
                    decisions.push((line, fields));
                }
            }
            Err(why) => wrong.push(format!("audit line: {why}: {}", shorten(line))),
        }
        if vector.secrets.iter().any(|secret| line.contains(secret)) {
            wrong.push("audit line: it holds a secret".to_owned());
        }
    }
    let one = match seen.decision {
        Decides::Deny => true,
        Decides::Pass => false,
        Decides::Allow => !vector.expect.no_audit,
    };
    match (&decisions[..], one) {
        ([], false) => {}
        ([(line, fields)], true) => fields_agree(&vector.expect, seen, line, fields, wrong),
        (many, _) => wrong.push(format!(
            "audit lines: expected {}, found {}",
            if one { "one" } else { "none" },
            many.len()
        )),
    }
}

/// The explanation in the decision's one line, for subjects that see nothing else.
pub(super) fn explanation(seen: &Observation) -> Explanation {
    let mut lines = seen.lines.iter().filter_map(|line| parse(line).ok());
    let line = lines.find(|fields| fields.get("wicketgate.mode") != Some(&Value::from("shadow")));
    let text = |name: &str| Some(line.as_ref()?.get(name)?.as_str()?.to_owned());
    // A signed token has a subject of its own beside the caller.
    let caller = text("wicketgate.caller").or_else(|| text("user.id"));
    Explanation { reason: text("error.type"), rule: text("rule.id"), caller }
}

fn fields_agree(
    expect: &Expect,
    seen: &Observation,
    line: &str,
    fields: &Map<String, Value>,
    wrong: &mut Vec<String>,
) {
    let mut field = |name: &str, expected: Option<Value>| {
        let found = fields.get(name);
        if found != expected.as_ref() {
            let show =
                |value: Option<&Value>| value.map_or("nothing".to_owned(), |v| format!("`{v}`"));
            let (expected, found) = (show(expected.as_ref()), shorten(&show(found)));
            wrong.push(format!("audit line, `{name}`: expected {expected}, found {found}"));
        }
    };
    let said = |text: &Option<String>| text.clone().map(Value::from);
    for (name, value) in &expect.audit {
        field(name, Some(value.clone()));
    }
    for name in &expect.audit_lacks {
        field(name, None);
    }
    if let Some(explanation) = &seen.explanation {
        field("error.type", said(&explanation.reason));
        field("rule.id", said(&explanation.rule));
        if explanation.caller.is_some() {
            let name = if fields.contains_key("wicketgate.caller") {
                "wicketgate.caller"
            } else {
                "user.id"
            };
            field(name, said(&explanation.caller));
        }
    }
    if let Some(answer) = &seen.answer {
        field("http.response.status_code", Some(answer.status.into()));
    }
    for text in expect.audit_never.iter().filter(|text| line.contains(text.as_str())) {
        wrong.push(format!("audit line: it holds `{text}`"));
    }
}

/// A line as it must be: one flat object, bounded, printable ASCII.
fn parse(line: &str) -> Result<Map<String, Value>, String> {
    if line.len() > LONGEST {
        return Err(format!("{} bytes are more than {LONGEST}", line.len()));
    }
    if !line.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err("not printable ASCII".to_owned());
    }
    let fields: Map<String, Value> =
        serde_json::from_str(line).map_err(|error| format!("not a JSON object ({error})"))?;
    if let Some((name, _)) = fields.iter().find(|(_, value)| !is_flat(value)) {
        return Err(format!("`{name}` is not flat"));
    }
    Ok(fields)
}

fn is_flat(value: &Value) -> bool {
    match value {
        Value::Object(_) => false,
        Value::Array(items) => items.iter().all(|item| !item.is_array() && !item.is_object()),
        _ => true,
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 200 {
        return text.to_owned();
    }
    text.chars().take(200).chain("…".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_flat_bounded_and_ascii() {
        parse(r#"{"a":"b","c":["d"],"e":1}"#).unwrap();
        for (bad, why) in [
            (r#"{"a":{}}"#, "`a` is not flat"),
            (r#"{"a":[[]]}"#, "`a` is not flat"),
            ("{\"a\":\"\u{e9}\"}", "not printable ASCII"),
            ("{}\n", "not printable ASCII"),
            (r#"{"a":1} {}"#, "not a JSON object"),
            ("[]", "not a JSON object"),
            (&format!(r#"{{"a":"{}"}}"#, "x".repeat(2_048)), "2056 bytes are more than 2048"),
        ] {
            assert!(parse(bad).unwrap_err().starts_with(why), "{bad}");
        }
    }
}
