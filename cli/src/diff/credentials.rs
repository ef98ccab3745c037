//! The credentials that clients can send: those of each caller of either policy, wrong ones, and none.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wicketgate_policy::Time;
use wicketgate_policy::explain::basic;

use super::shot::Line;
use super::side::{Side, entries, items, text};
use crate::known;
use crate::test::sign;
use crate::value::{member, set};

/// A credential.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Credential {
    /// Whose it is, for a person.
    pub(super) label: String,
    pub(super) caller: Option<String>,
    pub(super) line: Option<Line>,
    pub(super) certificate: Option<(&'static str, String)>,
    /// A signed token, which counts only around the time at which it was signed.
    pub(super) signed: bool,
}

impl Credential {
    /// What carries it: a header, or nothing for a certificate.
    pub(super) fn carrier(&self) -> &str {
        self.line.as_ref().map_or("", |line| &line.name)
    }

    /// A certificate of nobody whom a policy knows.
    pub(super) fn unknown_certificate() -> Self {
        Self {
            label: "a certificate of nobody".to_owned(),
            caller: None,
            line: None,
            certificate: Some(("uri", "spiffe://nobody.invalid/x".to_owned())),
            signed: false,
        }
    }

    /// A value that is no credential, in a header that carries some.
    pub(super) fn wrong(header: &str) -> Self {
        Self {
            label: format!("a wrong value in `{header}`"),
            caller: None,
            line: Some(Line::plain(header, "wrong")),
            certificate: None,
            signed: false,
        }
    }
}

/// Every credential of a caller, of either policy; each once.
pub(super) fn of(sides: [&Side; 2], caller: &str, now: Time) -> Vec<Credential> {
    let mut all = Vec::new();
    for side in sides {
        let written = side.caller(caller);
        all.extend(tokens(caller, member(written, "token")));
        all.extend(certificates(caller, member(written, "mtls")));
    }
    all.extend(signed(sides, caller, now));
    let mut seen = BTreeSet::new();
    all.retain(|one| {
        let sent = one.line.as_ref().map(|line| (line.name.clone(), line.sent.clone()));
        seen.insert((sent, one.certificate.clone()))
    });
    all
}

fn tokens(caller: &str, token: &Value) -> Vec<Credential> {
    let mut places = vec![token];
    places.extend(items(member(token, "or")));
    let mut all = Vec::new();
    for key in items(member(token, "keys")) {
        let (Some(id), Some(secret)) = (text(member(key, "id")), known::token(key)) else {
            continue;
        };
        let name = match text(member(key, "env")) {
            Some(variable) => variable.to_owned(),
            None => format!("key:{caller}/{id}"),
        };
        for place in &places {
            let Some(header) = text(member(place, "header")) else { continue };
            let braced = || {
                if name.contains(':') { format!("{{{{{name}}}}}") } else { format!("${name}") }
            };
            let (shown, sent) = match text(member(place, "scheme")) {
                None => (braced(), secret.clone()),
                Some(scheme) if scheme.eq_ignore_ascii_case("basic") => {
                    let user = text(member(place, "user")).unwrap_or("user");
                    let sent = basic(format!("{user}:{secret}").as_bytes());
                    (format!("Basic {{{{basic:{user}:{name}}}}}"), sent)
                }
                Some(scheme) => (format!("{scheme} {}", braced()), format!("{scheme} {secret}")),
            };
            all.push(Credential {
                label: format!("key `{id}` of `{caller}`"),
                caller: Some(caller.to_owned()),
                line: Some(Line { name: header.to_ascii_lowercase(), shown, sent }),
                certificate: None,
                signed: false,
            });
        }
    }
    all
}

fn certificates(caller: &str, mtls: &Value) -> Vec<Credential> {
    let kinds = [("uri_sans", "uri"), ("dns_sans", "dns"), ("subjects", "subject")];
    let named = kinds.into_iter().flat_map(|(member_name, kind)| {
        items(member(mtls, member_name))
            .iter()
            .filter_map(Value::as_str)
            .map(move |name| (kind, name))
    });
    let credential = |(kind, name): (&'static str, &str)| Credential {
        label: format!("the certificate of `{name}`"),
        caller: Some(caller.to_owned()),
        line: None,
        certificate: Some((kind, name.to_owned())),
        signed: false,
    };
    named.map(credential).collect()
}

/// Signed tokens as either policy asks for them, and with each value that one of them lists.
fn signed(sides: [&Side; 2], caller: &str, now: Time) -> Vec<Credential> {
    let asked = sides.map(|side| member(side.caller(caller), "jwt"));
    let alike = {
        let [before, after] = asked.map(without_keys);
        before == after || before.is_null() || after.is_null()
    };
    let mut wanted: Vec<Value> = asked.into_iter().filter(|jwt| jwt.is_object()).cloned().collect();
    if !alike {
        for jwt in asked {
            for list in ["audience", "subjects", "scopes"] {
                for value in items(member(jwt, list)) {
                    for other in asked {
                        let mut one = other.clone();
                        set(
                            &mut one,
                            list,
                            if list == "audience" { value.clone() } else { json!([value]) },
                        );
                        wanted.push(one);
                    }
                }
            }
            for other in asked {
                for name in ["audience", "subjects", "scopes", "claims", "lifetime"] {
                    let mut one = other.clone();
                    if let Some(value) = jwt.get(name) {
                        set(&mut one, name, value.clone());
                    } else if let Some(members) = one.as_object_mut() {
                        members.remove(name);
                    }
                    wanted.push(one);
                }
            }
        }
    }
    let mut all = Vec::new();
    for jwt in wanted {
        let Ok(token) = sign::token(&jwt, caller, None, now) else { continue };
        let name = if alike {
            format!("{{{{jwt:{caller}}}}}")
        } else {
            let mut claims = sign::claims(&jwt, caller, now);
            for name in ["iat", "exp"] {
                claims.remove(name);
            }
            format!("{{{{jwt:{caller} {}}}}}", Value::from(claims))
        };
        // The place is one of either policy's.
        let places = sides.iter().filter_map(|side| side.policy.carry(caller, &token, true));
        for (header, sent) in places {
            let shown = sent.replace(&token, &name);
            all.push(Credential {
                label: format!("a signed token of `{caller}`"),
                caller: Some(caller.to_owned()),
                line: Some(Line { name: header.to_owned(), shown, sent }),
                certificate: None,
                signed: true,
            });
        }
    }
    all
}

fn without_keys(jwt: &Value) -> Value {
    let mut jwt = jwt.clone();
    if let Some(members) = jwt.as_object_mut() {
        members.remove("keys");
    }
    jwt
}

/// The moments at which the validity of a caller's keys begins or ends, in either policy.
pub(super) fn bounds(sides: [&Side; 2], caller: &str) -> Vec<Time> {
    let keys = sides.map(|side| items(member(member(side.caller(caller), "token"), "keys")));
    let keys = keys.into_iter().flatten();
    let times = keys.flat_map(|key| ["not_before", "not_after"].map(|name| member(key, name)));
    times.filter_map(Value::as_str).filter_map(Time::parse).collect()
}

/// The callers of either policy.
pub(super) fn callers(sides: [&Side; 2]) -> BTreeSet<String> {
    let named = sides.map(|side| entries(member(&side.written, "callers")));
    named.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}
