//! Placeholders in the strings of a vector.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use base64ct::{Base64, Encoding};

use crate::document::ENVIRONMENT;
use crate::http::latin1;

/// The values that `{{NAME}}` can stand for.
pub(super) struct Values<'f> {
    maps: [&'f BTreeMap<String, String>; 2],
}

impl<'f> Values<'f> {
    pub(super) fn new(maps: [&'f BTreeMap<String, String>; 2]) -> Self {
        Self { maps }
    }

    /// The text with every `{{NAME}}`, `{{repeat:x:3}}` and `{{basic:USER:NAME}}` replaced.
    pub(super) fn text(&self, text: &str) -> Result<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inner, after) = after
                .split_once("}}")
                .with_context(|| format!("`{{{{` without `}}}}` in `{text}`"))?;
            out.push_str(before);
            out.push_str(&self.value(inner)?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The same, for a string whose characters are a byte each.
    pub(super) fn bytes(&self, text: &str) -> Result<String> {
        let text = self.text(text)?;
        latin1::encode(&text)?;
        Ok(text)
    }

    /// The values that must stay secret. The name of the host's environment is not one, nor is an
    /// empty value.
    pub(super) fn secrets(&self) -> Vec<String> {
        let all = self.maps.iter().flat_map(|map| map.iter());
        let secret = all.filter(|(name, value)| *name != ENVIRONMENT && !value.is_empty());
        secret.map(|(_, value)| value.clone()).collect()
    }

    fn value(&self, inner: &str) -> Result<String> {
        if let Some(repeat) = inner.strip_prefix("repeat:") {
            let parts = repeat.rsplit_once(':');
            let parts = parts.and_then(|(text, times)| Some((text, times.parse().ok()?)));
            let (text, times) =
                parts.with_context(|| format!("`{{{{{inner}}}}}` has no number"))?;
            return Ok(str::repeat(text, times));
        }
        if let Some(basic) = inner.strip_prefix("basic:") {
            let (user, name) = basic
                .rsplit_once(':')
                .with_context(|| format!("`{{{{{inner}}}}}` names no user, or no secret"))?;
            let credentials = format!("{user}:{}", self.value(name)?);
            return Ok(Base64::encode_string(credentials.as_bytes()));
        }
        match self.maps.iter().find_map(|map| map.get(inner)) {
            Some(value) => Ok(value.clone()),
            None => bail!("`{{{{{inner}}}}}` is neither in `env` nor in `tokens`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces() {
        let env = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        let none = BTreeMap::new();
        let values = Values::new([&none, &env]);
        assert_eq!(values.text("x{{A}}y{{A}}{{repeat:ab:2}}{{repeat:::2}}").unwrap(), "x1y1abab::");
        assert_eq!(values.text("{A} }} {").unwrap(), "{A} }} {");
        assert_eq!(
            values.text("{{basic:jane:A}}{{basic::A}}").unwrap(),
            "amFuZTox".to_owned() + "OjE="
        );
        assert_eq!(values.text("{{basic:a:b:A}}").unwrap(), "YTpiOjE=");
        for bad in
            ["{{basic:A}}", "{{basic:jane:B}}", "{{B}}", "{{A", "{{repeat:x}}", "{{repeat:x:y}}"]
        {
            values.text(bad).unwrap_err();
        }
        values.bytes("€").unwrap_err();
    }
}
