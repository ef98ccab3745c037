//! Test tokens: whoever writes cases has no key of the real issuer, so a caller's tokens are signed
//! here, with a key that everybody knows, and its policy at hand gets that key's public half.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Map, Value, json};
use wicketgate_policy::Time;

use crate::secrets;

/// Signs what the file asks for: `{{jwt:CALLER}}` in any text, and `tokens` of the form
/// `{ jwt: CALLER, claims: { … } }`. Returns the callers whose tokens these are.
///
/// # Errors
/// If the policy has no such caller, or the file has keys for it as well.
pub fn sign(file: &mut Map<String, Value>, policy: &Value, now: Time) -> Result<BTreeSet<String>> {
    let mut signed = BTreeSet::new();
    let mut tokens = match file.remove("tokens") {
        None => Map::new(),
        Some(Value::Object(tokens)) => tokens,
        Some(_) => bail!("`tokens` is no object with a token for each name"),
    };
    let given = file.get("jwks").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut make = |caller: &str, changes: Option<&Value>| -> Result<String> {
        let jwt = policy.pointer("/callers").and_then(|callers| callers.get(caller));
        let jwt = jwt.and_then(|caller| caller.get("jwt")).with_context(|| {
            format!("`{}`: no caller of this name has a `jwt`", caller.escape_debug())
        })?;
        if given.contains_key(caller) {
            bail!(
                "the tokens of `{0}` are signed with a key of this command, and `jwks` names another: take `{0}` out of it",
                caller.escape_debug()
            );
        }
        signed.insert(caller.to_owned());
        token(jwt, caller, changes, now)
    };
    for (name, value) in &mut tokens {
        let Value::Object(wanted) = &*value else { continue };
        let unknown = wanted.keys().find(|key| !matches!(key.as_str(), "jwt" | "claims"));
        let (Some(Value::String(caller)), None) = (wanted.get("jwt"), unknown) else {
            bail!(
                "the token `{}` is neither a text nor `{{ jwt: CALLER, claims: {{ … }} }}`",
                name.escape_debug()
            )
        };
        *value = make(caller, wanted.get("claims"))?.into();
    }
    let text = serde_json::to_string(file)?;
    for part in text.split("{{jwt:").skip(1) {
        let Some((caller, _)) = part.split_once("}}") else { continue };
        let name = format!("jwt:{caller}");
        if !tokens.contains_key(&name) {
            tokens.insert(name, make(caller, None)?.into());
        }
    }
    file.insert("tokens".into(), tokens.into());
    Ok(signed)
}

/// The private key of RFC 8037, appendix A.1, whose public half is [`secrets::MADE_UP_JWKS`].
const KEY: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

/// A token that the policy's caller is known by, but for the changes.
pub fn token(jwt: &Value, caller: &str, changes: Option<&Value>, now: Time) -> Result<String> {
    let mut claims = claims(jwt, caller, now);
    match changes {
        None => {}
        Some(Value::Object(changes)) => {
            for (name, value) in changes {
                // `null` takes a claim away.
                match value {
                    Value::Null => _ = claims.remove(name),
                    value => _ = claims.insert(name.clone(), value.clone()),
                }
            }
        }
        Some(_) => bail!("`claims` of a token is no object"),
    }
    signed(claims)
}

/// A token with these claims, which counts now for as long as the policy allows.
pub fn of_claims(mut claims: Map<String, Value>, jwt: &Value, now: Time) -> Result<String> {
    times(&mut claims, jwt, now);
    signed(claims)
}

fn times(claims: &mut Map<String, Value>, jwt: &Value, now: Time) {
    let seconds = now.unix_millis().div_euclid(1_000);
    claims.insert("iat".into(), seconds.into());
    claims.insert("exp".into(), (seconds + lifetime(jwt)).into());
}

fn signed(claims: Map<String, Value>) -> Result<String> {
    let set: Value = serde_json::from_str(secrets::MADE_UP_JWKS)?;
    let kid = set.pointer("/keys/0/kid").cloned().unwrap_or_default();
    let part = |value: Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let header = json!({ "alg": "EdDSA", "kid": kid, "typ": "JWT" });
    let signed = format!("{}.{}", part(header), part(claims.into()));
    let mut key = [0; 32];
    Base64UrlUnpadded::decode(KEY, &mut key).ok().context("the key of test tokens")?;
    let signature = SigningKey::from_bytes(&key).sign(signed.as_bytes()).to_bytes();
    Ok(format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature)))
}

/// The claims that the policy asks for.
pub fn claims(jwt: &Value, caller: &str, now: Time) -> Map<String, Value> {
    let mut claims = Map::new();
    let text = |name: &str| jwt.get(name).and_then(Value::as_str);
    let domain = text("spiffe_trust_domain");
    let issuer = match (text("issuer"), text("preset"), text("team")) {
        (Some(issuer), _, _) => Some(issuer.to_owned()),
        (None, Some("google"), _) => Some("https://accounts.google.com".to_owned()),
        (None, Some("cloudflare-access"), Some(team)) => {
            Some(format!("https://{team}.cloudflareaccess.com"))
        }
        _ => None,
    };
    if let Some(issuer) = issuer {
        claims.insert("iss".into(), issuer.into());
    }
    claims.insert("aud".into(), one(jwt.get("audience").unwrap_or(&Value::Null)));
    let subject = match (jwt.get("subjects").map(one), domain) {
        (Some(Value::Object(begins)), _) => beginning(begins.get("starts_with")),
        (Some(subject), _) => subject,
        (None, Some(domain)) => format!("spiffe://{domain}/{caller}").into(),
        (None, None) => caller.into(),
    };
    claims.insert("sub".into(), subject);
    times(&mut claims, jwt, now);
    if let Some(scopes) = jwt.get("scopes").and_then(Value::as_array) {
        let scopes: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
        let name = jwt.get("scope_claim").cloned().unwrap_or_else(|| "scope".into());
        put(&mut claims, &way(&name), scopes.join(" ").into());
    }
    if text("preset") == Some("google") {
        claims.insert("email_verified".into(), true.into());
    }
    match jwt.get("claims") {
        Some(Value::Object(by_name)) => {
            for (name, test) in by_name {
                put(&mut claims, &[name], passing(test));
            }
        }
        Some(Value::Array(tests)) => {
            for test in tests {
                put(&mut claims, &way(test.get("claim").unwrap_or(&Value::Null)), passing(test));
            }
        }
        _ => {}
    }
    claims
}

/// A value that passes a test of a claim.
fn passing(test: &Value) -> Value {
    let Value::Object(tests) = test else { return one(test) };
    let get = |name: &str| tests.get(name);
    if let Some(value) = get("value") {
        return one(value);
    }
    if let Some(start) = get("starts_with") {
        return beginning(Some(&one(start)));
    }
    let any = get("contains").or(get("contains_any")).map(|any| json!([one(any)]));
    any.or(get("contains_all").cloned()).unwrap_or_default()
}

/// The value, or the first of a list.
fn one(value: &Value) -> Value {
    let first = value.as_array().map(|list| list.first().cloned().unwrap_or_default());
    first.unwrap_or_else(|| value.clone())
}

/// A text with this beginning.
fn beginning(start: Option<&Value>) -> Value {
    let start = start.map(one).unwrap_or_default();
    format!("{}test", start.as_str().unwrap_or_default()).into()
}

/// The names on the way to a claim.
fn way(claim: &Value) -> Vec<&str> {
    match claim {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    }
}

/// Puts a value at a place inside of claims; two lists at one place are joined.
fn put(claims: &mut Map<String, Value>, way: &[impl AsRef<str>], value: Value) {
    let Some((name, rest)) = way.split_first() else { return };
    let place = claims.entry(name.as_ref()).or_insert(Value::Null);
    if rest.is_empty() {
        match (place, value) {
            (Value::Array(items), Value::Array(more)) => items.extend(more),
            (place, value) => *place = value,
        }
        return;
    }
    if !place.is_object() {
        *place = json!({});
    }
    if let Value::Object(inner) = place {
        put(inner, rest, value);
    }
}

/// The seconds for which a token counts, within the bounds of the policy.
fn lifetime(jwt: &Value) -> i64 {
    let bound = |name: &str| {
        let text = jwt.get("lifetime")?.get(name)?.as_str()?;
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let number: i64 = number.parse().ok()?;
        let unit = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        number.checked_mul(unit)
    };
    bound("min").or_else(|| bound("max").map(|max| max.min(300))).unwrap_or(300)
}
