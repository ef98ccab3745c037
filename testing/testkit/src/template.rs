//! `{{NAME}}` and `{{repeat:x:65536}}` in request tables.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The text with every `{{NAME}}` replaced by that variable's value and every
/// `{{repeat:TEXT:COUNT}}` by as many copies of the text.
pub fn fill(text: &str, variables: &BTreeMap<String, String>) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once("{{") {
        let (inside, after) = opened
            .split_once("}}")
            .with_context(|| format!("`{{{{` without its `}}}}` in `{text}`"))?;
        filled.push_str(before);
        filled.push_str(&value(inside, variables)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The same in every string of a JSON value.
pub fn fill_json(value: &Value, variables: &BTreeMap<String, String>) -> Result<Value> {
    Ok(match value {
        Value::String(text) => Value::String(fill(text, variables)?),
        Value::Array(items) => {
            let items = items.iter().map(|item| fill_json(item, variables));
            Value::Array(items.collect::<Result<_>>()?)
        }
        Value::Object(members) => {
            let members =
                members.iter().map(|(key, item)| Ok((key.clone(), fill_json(item, variables)?)));
            Value::Object(members.collect::<Result<_>>()?)
        }
        other => other.clone(),
    })
}

fn value(inside: &str, variables: &BTreeMap<String, String>) -> Result<String> {
    if let Some((text, count)) =
        inside.strip_prefix("repeat:").and_then(|rest| rest.rsplit_once(':'))
    {
        let count: usize =
            count.parse().with_context(|| format!("`{count}` is no count in `{inside}`"))?;
        return Ok(text.repeat(count));
    }
    match variables.get(inside) {
        Some(value) => Ok(value.clone()),
        None => {
            let known = variables.keys().cloned().collect::<Vec<_>>().join(", ");
            bail!("no variable `{inside}`: there are {known}")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled(text: &str) -> Result<String> {
        fill(text, &BTreeMap::from([("KEY".to_owned(), "v".to_owned())]))
    }

    #[test]
    fn replaces() {
        assert_eq!(filled("a {{KEY}}{{KEY}} {b}").unwrap(), "a vv {b}");
        assert_eq!(filled("{{repeat:ab:3}}|{{repeat:::2}}").unwrap(), "ababab|::");
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let error = |text| filled(text).unwrap_err().to_string();
        assert_eq!(error("{{NO}}"), "no variable `NO`: there are KEY");
        assert_eq!(error("a {{KEY"), "`{{` without its `}}` in `a {{KEY`");
        assert_eq!(error("{{repeat:x:y}}"), "`y` is no count in `repeat:x:y`");
    }

    #[test]
    fn reaches_into_json() {
        let variables = BTreeMap::from([("KEY".to_owned(), "v".to_owned())]);
        let value = fill_json(&json!({"a": ["{{KEY}}", 1]}), &variables).unwrap();
        assert_eq!(value, json!({"a": ["v", 1]}));
    }
}
