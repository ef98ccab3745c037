//! The `tokens` of a request table: what each says, who signs it, and how it is broken.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wicketgate_issuer::Issuer;

use crate::signer::SigningKey;

/// A signed token, as `{{token:NAME}}` puts it into a row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenSpec {
    /// Another token of the table; what is said here goes over what that one says.
    like: Option<String>,
    /// The key that signs it, one of `example.json`.
    key: Option<String>,
    /// The kind of signature; by the key, unless it says otherwise.
    signature: Option<Signature>,
    /// Members of the header other than `alg`, `kid` and `typ` as they should be; `null` leaves
    /// one out.
    header: Map<String, Value>,
    /// The claims. `iat`, `nbf` and `exp` may be `now`, `now+30m` or `now-90s`; `null` leaves one
    /// out.
    claims: Map<String, Value>,
    /// Claims that are written over the others after it was signed.
    tampered: Map<String, Value>,
}

/// The kinds of signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signature {
    /// By the key.
    Key,
    /// Not at all: the third part is empty.
    None,
    /// By a MAC with the text of the public key, and `alg` says `HS256`.
    PublicKey,
}

/// The token of this name with everything that those it is like say.
pub(crate) fn resolve(name: &str, specs: &BTreeMap<String, TokenSpec>) -> Result<TokenSpec> {
    let mut whole = TokenSpec::default();
    let mut next = Some(name.to_owned());
    for _ in 0..=specs.len() {
        let Some(name) = next.take() else { return Ok(whole) };
        let spec = specs.get(&name).with_context(|| format!("no token `{name}` to be like"))?;
        whole = whole.over(spec);
        next = spec.like.clone();
    }
    bail!("it is like itself")
}

impl TokenSpec {
    /// The token that it is like.
    pub(crate) fn like(&self) -> Option<&String> {
        self.like.as_ref()
    }

    /// Signs it; times count from now.
    pub(crate) fn sign(
        &self,
        issuer: &Issuer,
        keys: &BTreeMap<String, SigningKey>,
    ) -> Result<String> {
        let key = self.key.as_deref().context("no `key`")?;
        let known = keys.get(key).with_context(|| format!("no key `{key}` in example.json"))?;
        let signature = self.signature.unwrap_or(Signature::Key);
        let alg = match signature {
            Signature::Key => known.algorithm.name(),
            Signature::None => "none",
            Signature::PublicKey => "HS256",
        };
        let mut header = json!({ "alg": alg, "kid": key, "typ": "JWT" });
        put(&mut header, &self.header);
        let mut claims = json!({});
        put(&mut claims, &self.claims);
        for name in ["iat", "nbf", "exp"] {
            if let Some(Value::String(text)) = claims.get(name)
                && let Some(offset) = offset(text)
            {
                claims[name] = now().saturating_add(offset).into();
            }
        }
        let token = match signature {
            Signature::Key | Signature::None => issuer.sign_with_header(key, &header, &claims),
            Signature::PublicKey => issuer.confuse(key, &header, &claims),
        };
        let parts: Vec<_> = token.split('.').collect();
        let &[head, mut payload, mut signed] = parts.as_slice() else { bail!("not three parts") };
        let other;
        if !self.tampered.is_empty() {
            put(&mut claims, &self.tampered);
            let token = issuer.sign_with_header(key, &header, &claims);
            other = token.split('.').nth(1).unwrap_or_default().to_owned();
            payload = &other;
        }
        if signature == Signature::None {
            signed = "";
        }
        Ok(format!("{head}.{payload}.{signed}"))
    }

    /// Lays the members of this one over those of `base`.
    fn over(self, base: &Self) -> Self {
        let members = |ours: Map<String, Value>, theirs: &Map<String, Value>| {
            let mut all = theirs.clone();
            all.extend(ours);
            all
        };
        Self {
            like: None,
            key: self.key.or_else(|| base.key.clone()),
            signature: self.signature.or(base.signature),
            header: members(self.header, &base.header),
            claims: members(self.claims, &base.claims),
            tampered: members(self.tampered, &base.tampered),
        }
    }
}

/// The members of `other` over those of an object; `null` takes one out.
fn put(object: &mut Value, other: &Map<String, Value>) {
    let Some(members) = object.as_object_mut() else { return };
    members.extend(other.clone());
    members.retain(|_, value| !value.is_null());
}

/// Seconds from now: `now`, `now+30m`, `now-90s`, `now+2h`. Other forms are texts.
fn offset(text: &str) -> Option<i64> {
    let rest = text.strip_prefix("now")?;
    if rest.is_empty() {
        return Some(0);
    }
    let scale = [("s", 1), ("m", 60), ("h", 3_600)];
    let (unit, scale) = scale.into_iter().find(|(unit, _)| rest.ends_with(unit))?;
    // `parse` takes the sign; without one it is no offset.
    let number = rest.strip_suffix(unit).filter(|number| number.starts_with(['+', '-']))?;
    number.parse::<i64>().ok()?.checked_mul(scale)
}

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::Signer;

    fn signed(specs: &str, name: &str) -> Result<[Value; 2]> {
        let keys: BTreeMap<String, SigningKey> =
            serde_json::from_str(r#"{"ours": {"algorithm": "ES256", "served": true}}"#).unwrap();
        let specs = serde_json::from_str(specs).unwrap();
        let tokens = Signer::start(&keys)?.sign(&keys, &specs)?;
        let read = |part: &str| serde_json::from_slice(&base64url(part)).unwrap();
        let mut parts = tokens[&format!("token:{name}")].split('.').map(str::to_owned);
        let mut part = || read(&parts.next().unwrap());
        Ok([part(), part()])
    }

    fn base64url(text: &str) -> Vec<u8> {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let value = |byte| LETTERS.iter().position(|letter| *letter == byte).unwrap() as u32;
        let bytes = text.as_bytes().chunks(4).flat_map(|chunk| {
            let bits = chunk.iter().fold(0, |bits, byte| bits << 6 | value(*byte));
            let bits = bits << (6 * (4 - chunk.len()));
            bits.to_be_bytes()[1..chunk.len()].to_vec()
        });
        bytes.collect()
    }

    #[test]
    fn one_is_like_another_but_for_what_it_says() {
        let specs = r#"{
            "good": {"key": "ours", "claims": {"sub": "cron", "iat": "now", "exp": "now+30m"}},
            "late": {"like": "good", "header": {"typ": null},
                     "claims": {"iat": "now-2h", "exp": "now-1h", "x": [1]}},
            "text": {"like": "late", "claims": {"sub": null, "exp": "now and then"}}
        }"#;
        let [header, claims] = signed(specs, "good").unwrap();
        assert_eq!(header, json!({"alg": "ES256", "kid": "ours", "typ": "JWT"}));
        let seconds = |claims: &Value, name: &str| claims[name].as_i64().unwrap();
        assert_eq!(seconds(&claims, "exp") - seconds(&claims, "iat"), 1_800);
        let [header, claims] = signed(specs, "late").unwrap();
        assert_eq!(header, json!({"alg": "ES256", "kid": "ours"}));
        assert_eq!(seconds(&claims, "exp") - seconds(&claims, "iat"), 3_600);
        assert_eq!((&claims["sub"], &claims["x"]), (&json!("cron"), &json!([1])));
        let [_, claims] = signed(specs, "text").unwrap();
        assert_eq!((claims.get("sub"), &claims["exp"]), (None, &json!("now and then")));
    }

    #[test]
    fn what_is_broken_is_broken_on_purpose() {
        let specs = r#"{
            "good": {"key": "ours", "claims": {"sub": "cron"}},
            "none": {"like": "good", "signature": "none"},
            "mac": {"like": "good", "signature": "public_key"},
            "other": {"like": "good", "tampered": {"sub": "root"}}
        }"#;
        assert_eq!(signed(specs, "none").unwrap()[0]["alg"], "none");
        assert_eq!(signed(specs, "mac").unwrap()[0]["alg"], "HS256");
        let [header, claims] = signed(specs, "other").unwrap();
        assert_eq!((&header["alg"], &claims["sub"]), (&json!("ES256"), &json!("root")));
    }

    #[test]
    fn faults_name_the_token() {
        let error = |specs| format!("{:#}", signed(specs, "a").unwrap_err());
        assert_eq!(error(r#"{"a": {}}"#), "the token `a`: no `key`");
        assert_eq!(error(r#"{"a": {"key": "b"}}"#), "the token `a`: no key `b` in example.json");
        assert_eq!(error(r#"{"a": {"like": "b"}}"#), "the token `a`: no token `b` to be like");
        assert_eq!(error(r#"{"a": {"like": "a"}}"#), "the token `a`: it is like itself");
    }
}
