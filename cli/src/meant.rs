//! What a person most likely meant who wrote a faulty value: said beside what the core expects.

use base64ct::{Base64, Encoding};
use wicketgate_policy::Fault;

use crate::secrets;

/// What was meant, if the value tells.
pub fn meant(fault: &Fault) -> Option<&'static str> {
    let Fault { path, found, expected } = fault;
    let member = path.trim_end_matches(|c: char| c.is_ascii_digit() || "[]".contains(c));
    let member = member.rsplit('.').next().unwrap_or_default();
    let value = found.strip_prefix('`').and_then(|rest| rest.split('`').next());
    if found == "a string" && expected.starts_with("an array") {
        return Some("brackets around it make a list of one");
    }
    match (member, value) {
        ("methods", Some(value)) => method(value),
        ("hosts", Some("*")) => Some("without `hosts` a rule is for every host"),
        ("hosts", Some(value)) if value.contains("://") => {
            Some("the name alone, without scheme and path")
        }
        ("header", Some(value)) if value.contains([' ', ':']) => {
            Some("the name alone, as `x-internal-token`: no colon, no blank")
        }
        ("jwks_env" | "pem_env", None) => variable(found),
        _ => None,
    }
}

fn method(value: &str) -> Option<&'static str> {
    let capitals = value.to_ascii_uppercase();
    if matches!(capitals.as_str(), "ALL" | "ANY") {
        Some("without `methods` every method is allowed")
    } else if value.contains([',', ' ', '|']) {
        Some("each method is an item of its own: `[\"GET\", \"POST\"]`")
    } else {
        None
    }
}

/// Looks into the variable that a fault names last.
fn variable(found: &str) -> Option<&'static str> {
    let name = found.strip_suffix('`')?.rsplit('`').next()?;
    let value = secrets::read(name)?;
    let text = std::str::from_utf8(&value).ok()?.trim();
    if text.starts_with("https://") || text.starts_with("http://") {
        return Some("an address of keys is `jwks_uri` in the policy, and no variable");
    }
    if text.starts_with('[') {
        return Some("a set is an object: `{ \"keys\": [ … ] }`");
    }
    if text.starts_with("ssh-") || text.starts_with("MC") || text.starts_with("MI") {
        return Some(
            "the key with its lines `-----BEGIN PUBLIC KEY-----` and `-----END PUBLIC KEY-----`",
        );
    }
    let plain = Base64::decode_vec(text).ok()?;
    let is_key = plain.starts_with(b"{") || plain.starts_with(b"-----BEGIN ");
    is_key.then_some("it is in base64: decode it first (`base64 -d`)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_was_meant() {
        for (path, found, expected, told) in [
            ("rules[0].allow[0].methods[1]", "`any`", "", "without `methods`"),
            ("rules[0].allow[0].methods[0]", "`GET,POST`", "", "an item of its own"),
            ("rules[0].hosts[0]", "`*`", "", "for every host"),
            ("rules[0].hosts[0]", "`https://a`", "", "the name alone"),
            ("callers.a.token.header", "`x-a:`", "", "the name alone"),
            ("rules[0].paths", "a string", "an array", "brackets"),
        ] {
            let [path, found, expected] = [path, found, expected].map(str::to_owned);
            let fault = Fault { path, found, expected };
            assert!(meant(&fault).is_some_and(|meant| meant.contains(told)), "{fault:?}");
        }
        let fault = |path: &str, found: &str| Fault {
            path: path.into(),
            found: found.into(),
            expected: "x".into(),
        };
        assert_eq!(meant(&fault("rules[0].allow[0].methods[0]", "`CONNECT`")), None);
        assert_eq!(meant(&fault("callers.a.jwt.keys.jwks_env", "text in `NO_SUCH_ONE`")), None);
    }
}
