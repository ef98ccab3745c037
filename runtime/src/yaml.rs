//! YAML, read into the JSON that Envoy takes as well.

use anyhow::{Context, Result, bail};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// The one document in `text`.
pub fn parse(text: &str) -> Result<Value> {
    let documents = Yaml::load_from_str(text).context("not YAML")?;
    match documents.as_slice() {
        [document] => value(document),
        other => bail!("{} YAML documents where one is expected", other.len()),
    }
}

fn value(yaml: &Yaml<'_>) -> Result<Value> {
    Ok(match yaml {
        Yaml::Value(scalar) => self::scalar(scalar)?,
        Yaml::Sequence(items) => Value::Array(items.iter().map(value).collect::<Result<_>>()?),
        Yaml::Mapping(members) => {
            let mut object = Map::new();
            for (key, member) in members {
                let Some(key) = key.as_str() else { bail!("a YAML key that is no string") };
                let member = value(member).with_context(|| format!("in `{key}`"))?;
                object.insert(key.to_owned(), member);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tag, _) => bail!("the YAML tag `{tag}`, which JSON can't say"),
        other => bail!("YAML that JSON can't say: {other:?}"),
    })
}

fn scalar(scalar: &Scalar<'_>) -> Result<Value> {
    Ok(match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => Value::Bool(*value),
        Scalar::Integer(value) => Value::from(*value),
        Scalar::FloatingPoint(value) => serde_json::Number::from_f64(value.into_inner())
            .map(Value::Number)
            .context("a number that JSON can't say")?,
        Scalar::String(value) => Value::String(value.clone().into_owned()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_configurations_use() {
        let text = "\
a: {b: [1, -2.5, true, ~, \"n\", plain]}
c: |
  {
    \"x\": 1
  }
\"@type\": 'it''s'
e: &anchor {f: 10s}
g: *anchor
";
        assert_eq!(
            parse(text).unwrap(),
            json!({
                "a": {"b": [1, -2.5, true, null, "n", "plain"]},
                "c": "{\n  \"x\": 1\n}\n",
                "@type": "it's",
                "e": {"f": "10s"},
                "g": {"f": "10s"},
            })
        );
    }

    #[test]
    fn says_what_it_can_not_read() {
        let error = |text| format!("{:#}", parse(text).unwrap_err());
        assert_eq!(error("a: 1\n---\nb: 2\n"), "2 YAML documents where one is expected");
        assert_eq!(error("a: {1: 2}"), "in `a`: a YAML key that is no string");
        assert!(error("a: [").starts_with("not YAML: "));
    }

    #[test]
    fn a_key_given_twice_is_an_error() {
        assert!(parse("a: 1\na: 2\n").is_err());
    }
}
