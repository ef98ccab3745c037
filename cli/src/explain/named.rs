//! Credentials by name in values of headers: `{{NAME}}` and `{{basic:USER:NAME}}`, as files of cases
//! have them, `{{key:CALLER/ID}}` for a key of which the policy has the digest, and `{{jwt:CALLER}}`.

use serde_json::Value;
use wicketgate_policy::explain::basic;
use wicketgate_policy::{Holds, Time};
use zeroize::Zeroizing;

use super::request::Asked;
use crate::document::Document;
use crate::known;
use crate::secrets;
use crate::test::sign;
use crate::value::member;

/// Puts credentials in the place of their names, as far as the policy has them. Returns the document
/// with which they count, if it is another one: with made-up tokens in the place of digests, or a
/// made-up issuer in that of the real one.
pub(super) fn fill(asked: &mut Asked, document: &Document, now: Time) -> Option<Document> {
    let mut written: Value = serde_json::from_slice(&document.json).ok()?;
    let original = written.clone();
    let mut values: Vec<Vec<u8>> = asked.headers.iter().map(|(_, value)| value.clone()).collect();
    for value in &mut values {
        let Ok(text) = std::str::from_utf8(value) else { continue };
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, tail)) = end(after) else { break };
            out += before;
            match secret(name, document, &original, &mut written, now) {
                Some(secret) => {
                    out += &secret;
                    asked.secrets.push(Zeroizing::new(secret.into_bytes()));
                }
                None => {
                    out += &format!("{{{{{name}}}}}");
                    asked.notes.push(format!(
                        "the policy has nothing that `{{{{{}}}}}` names: it is taken as it stands",
                        name.escape_debug()
                    ));
                }
            }
            rest = tail;
        }
        out += rest;
        *value = out.into_bytes();
    }
    for ((_, header), value) in asked.headers.iter_mut().zip(values) {
        *header = value;
    }
    (written != original)
        .then(|| Document::parse(document.name.clone(), written.to_string().into_bytes(), false))
}

/// The name up to its braces; claims between them may have braces of their own.
fn end(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    loop {
        let found = at + text.get(at..)?.find("}}")?;
        // The last of several belongs to the name: `{{jwt:x {"a":{}}}}`.
        let more = text.get(found + 2..)?.bytes().take_while(|byte| *byte == b'}').count();
        let end = found + more;
        let name = text.get(..end)?;
        if name.matches('{').count() == name.matches('}').count() {
            return Some((name, text.get(end + 2..)?));
        }
        at = found + 2;
    }
}

fn secret(
    name: &str,
    document: &Document,
    original: &Value,
    written: &mut Value,
    now: Time,
) -> Option<String> {
    if let Some(rest) = name.strip_prefix("basic:") {
        let (user, name) = rest.split_once(':')?;
        let secret = secret(name, document, original, written, now)?;
        let value = basic(format!("{user}:{secret}").as_bytes());
        return value.split_once(' ').map(|(_, value)| value.to_owned());
    }
    if let Some(rest) = name.strip_prefix("key:") {
        let (caller, id) = rest.split_once('/')?;
        let caller = member(member(original, "callers"), caller);
        let keys = member(member(caller, "token"), "keys").as_array()?;
        let key = keys.iter().find(|key| member(key, "id") == id)?;
        if let Some(variable) = member(key, "env").as_str() {
            return variable_of(variable, document);
        }
        known::digests(written);
        return known::token(key);
    }
    if let Some(rest) = name.strip_prefix("jwt:") {
        let (caller, claims) =
            rest.split_once(' ').map_or((rest, None), |(c, rest)| (c, Some(rest)));
        let jwt = member(member(member(original, "callers"), caller), "jwt");
        jwt.as_object()?;
        let token = match claims {
            None => sign::token(jwt, caller, None, now),
            Some(claims) => sign::of_claims(serde_json::from_str(claims).ok()?, jwt, now),
        };
        known::issuer(written, caller);
        return token.ok();
    }
    variable_of(name, document)
}

/// The value of a variable that the policy names.
fn variable_of(name: &str, document: &Document) -> Option<String> {
    let core = wicketgate_policy::Document::parse(&document.json).ok()?;
    let of_it = |variable: &&wicketgate_policy::Variable| {
        &*variable.name == name && variable.holds == Holds::Secret
    };
    let variable = core.variables().iter().find(of_it)?;
    let value = secrets::one(variable, document.tree.as_ref()?);
    String::from_utf8(value.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_their_braces_are_closed() {
        for (text, name, rest) in [
            ("A}} b", "A", " b"),
            ("jwt:a {\"x\":{\"y\":1}}}}", "jwt:a {\"x\":{\"y\":1}}", ""),
            ("jwt:a {\"x\":{}}}} {{B}}", "jwt:a {\"x\":{}}", " {{B}}"),
        ] {
            assert_eq!(end(text), Some((name, rest)), "{text}");
        }
        assert_eq!(end("A"), None);
    }
}
