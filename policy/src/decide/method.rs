//! Methods that a query names in place of the request's own.
//!
//! Express's `method-override`, Hono's with `query`, Symfony and Laravel, Spring's
//! `HiddenHttpMethodFilter`, AdonisJS and WordPress run the handler of the method that a parameter
//! names, `_method` mostly. The gate does not know which of them the origin has. So if an
//! alternative names methods, the request must be allowed for each method that the query names. The
//! gate does not read bodies; it removes the header form ([`moves`](crate::header)).

use crate::header::is_token;
use crate::policy::Policy;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The methods that a query names.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Named {
    /// Each once, in capital letters, without the request's own.
    pub(super) methods: Vec<Box<[u8]>>,
    /// There are more than the gate judges.
    pub(super) too_many: bool,
}

/// No form names more.
const MAX: usize = 4;

/// The number of times that a query is decoded: once by the origin, and once by another behind it.
const DECODED: usize = 2;

/// Returns `true` if a target can name a method: it has a separator of parameters, or one that is
/// encoded. Most targets have none.
pub(super) fn may_name(target: &[u8]) -> bool {
    target.iter().any(|byte| matches!(byte, b'?' | b'&' | b';' | b'#' | b'%'))
}

/// The methods that the query of `target` could name to any origin.
pub(super) fn named(policy: &Policy, method: &[u8], target: &[u8]) -> Named {
    let mut named = Named::default();
    let mut text = Cow::Borrowed(target);
    for round in 0..=DECODED {
        parameters(policy, method, &text, &mut named);
        if round == DECODED || !text.contains(&b'%') {
            break;
        }
        text = Cow::Owned(decoded(&text));
    }
    named
}

/// Reads the parameters between the separators of all parsers: `;` is one for some, and decoding
/// can bring up more.
fn parameters(policy: &Policy, method: &[u8], text: &[u8], named: &mut Named) {
    let is_separator = |byte: &u8| matches!(byte, b'?' | b'&' | b';' | b'#');
    // The path comes before the first separator.
    for pair in text.split(is_separator).skip(1) {
        let Some(at) = pair.iter().position(|byte| *byte == b'=') else { continue };
        let (name, value) = pair.split_at(at);
        let Some(kind) = Kind::of(name) else { continue };
        // A value that is still encoded is read in the next round.
        if value.contains(&b'%') {
            continue;
        }
        let value = trimmed(value).to_ascii_uppercase();
        let is_method = match kind {
            Kind::Underscored => value.len() <= 32 && value.iter().all(|byte| is_token(*byte)),
            Kind::Bare => USUAL.contains(&&*value) || policy.names_method(&value),
        };
        if value.is_empty() || !is_method || value == method {
            continue;
        }
        if named.methods.iter().any(|other| **other == *value) {
            continue;
        }
        if named.methods.len() == MAX {
            named.too_many = true;
            return;
        }
        named.methods.push(value.into());
    }
}

/// Methods that many frameworks take from a parameter of any name.
const USUAL: [&[u8]; 7] = [b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"];

/// The kinds of parameter names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// `_method`, the name that frameworks use: its value is a method, whatever it is.
    Underscored,
    /// A name that an application may have chosen (`method`, `http_method`,
    /// `X-HTTP-Method-Override`), and that can mean something else. It counts only if its value is
    /// a method in use.
    Bare,
}

impl Kind {
    /// Reads a name as the most tolerant parsers do: PHP takes dots and spaces for `_`, drops
    /// leading spaces and ends a name at a NUL; PHP, qs and Rack read brackets as members
    /// (`_method[]`, `[_method]`); applications may ignore case.
    fn of(name: &[u8]) -> Option<Self> {
        let name = match name.iter().position(|byte| *byte == 0) {
            // Leading NULs are trimmed below: another parser may drop them.
            Some(end) if !trimmed(name.get(..end)?).is_empty() => name.get(..end)?,
            _ => name,
        };
        let is_bracket = |byte: &u8| matches!(byte, b'[' | b']');
        let name = name.split(is_bracket).find(|part| !trimmed(part).is_empty())?;
        let word = trimmed(name);
        if word.eq_ignore_ascii_case(b"method") {
            let starts_so = name.first() == word.first();
            return Some(if starts_so { Self::Bare } else { Self::Underscored });
        }
        let mut letters = word.iter().rev().filter(|byte| byte.is_ascii_alphanumeric());
        let mut ends_in = |end: &[u8]| {
            let mut rest = letters.clone();
            let ends = end
                .iter()
                .rev()
                .all(|byte| rest.next().is_some_and(|letter| letter.eq_ignore_ascii_case(byte)));
            if ends {
                letters = rest;
            }
            ends
        };
        ends_in(b"override");
        ends_in(b"method").then_some(Self::Bare)
    }
}

/// Removes everything but letters and digits from both ends: white space, quotes, `+` for a space,
/// NUL.
fn trimmed(text: &[u8]) -> &[u8] {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let Some(first) = text.iter().position(is_word) else { return &[] };
    let last = text.iter().rposition(is_word).unwrap_or(first);
    text.get(first..=last).unwrap_or_default()
}

/// Percent-decodes, also `%uXXXX` of ASCII.
fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |one: u8, two: u8| Some((digit(one)? << 4) | digit(two)?);
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, more @ ..] = rest {
        let (byte, after) = match rest {
            [b'%', b'u' | b'U', b'0', b'0', one, two, after @ ..] => (pair(*one, *two), after),
            [b'%', one, two, after @ ..] => (pair(*one, *two), after),
            _ => (None, more),
        };
        match byte {
            Some(byte) => {
                decoded.push(byte);
                rest = after;
            }
            None => {
                decoded.push(*first);
                rest = more;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Environment, Host};
    use alloc::string::String;

    fn methods(target: &str) -> Vec<String> {
        let json = br#"{"version": 1, "name": "m", "environment": "production", "callers": {},
            "rules": [], "unmatched": "deny", "forward": {"credential": "remove"}}"#;
        let policy = Policy::load(json, &Environment::new(Host::Envoy)).unwrap();
        let named = named(&policy, b"POST", target.as_bytes());
        assert!(!named.too_many);
        let methods = named.methods.iter();
        methods.map(|method| String::from_utf8(method.to_vec()).unwrap()).collect()
    }

    #[test]
    fn every_spelling_of_the_parameter() {
        for query in [
            "_method=DELETE",
            "_METHOD=delete",
            "a=b&_method=Delete&c",
            "a;_method=DELETE",
            "%5Fmethod=DELETE",
            "%5fm%65thod=%44ELETE",
            "%255Fmethod=DELETE",
            "_method%3DDELETE",
            "_method[]=DELETE",
            "_method%5B%5D=DELETE",
            "_method[0]=DELETE",
            "[_method]=DELETE",
            ".method=DELETE",
            "+_method=DELETE",
            "%20_method=+DELETE+",
            "_method=%00DELETE",
            "_method%00=DELETE",
            "_method%00x=DELETE",
            "_method%00[x]=DELETE",
            "%00_method=DELETE",
            "__method=DELETE",
            "-method=DELETE",
            "%u005Fmethod=DELETE",
            "method=DELETE",
            "http_method=delete",
            "X-HTTP-Method-Override=DELETE",
            "methodOverride=DELETE",
            "_method=POST&_method=DELETE",
        ] {
            assert_eq!(methods(&alloc::format!("/orders/5?{query}")), ["DELETE"], "{query}");
        }
        for target in [
            "/orders/5?_method=DELETE",
            "/orders/5%3F_method=DELETE",
            "/orders/5;_method=DELETE",
            "/orders/5&_method=DELETE",
            "/orders/5#_method=DELETE",
        ] {
            assert_eq!(methods(target), ["DELETE"]);
            assert!(may_name(target.as_bytes()), "{target}");
        }
        assert_eq!(methods("/x?_method=PURGE&_method=PUT"), ["PURGE", "PUT"]);
    }

    #[test]
    fn what_names_no_method() {
        for target in [
            "/orders/5",
            "/_method=DELETE",
            "/x?_method",
            "/x?_method=",
            "/x?_method=POST",
            "/x?_method=two words",
            "/x?a[_method]=DELETE",
            "/x?methods=DELETE",
            "/x?method=search",
            "/x?payment_method=card",
            "/x?override=DELETE",
            "/x?q=_method",
            "/x?%",
            "/x?%zz=%u00",
            "/x?_method=%50OST",
            "/x?_method=%zzDELETE",
        ] {
            assert_eq!(methods(target), [""; 0], "{target}");
        }
    }

    #[test]
    fn more_than_a_form_has_are_too_many() {
        let json = br#"{"version": 1, "name": "m", "environment": "production", "callers": {},
            "rules": [], "unmatched": "deny", "forward": {"credential": "remove"}}"#;
        let policy = Policy::load(json, &Environment::new(Host::Envoy)).unwrap();
        let target = b"/?_method=A&_method=B&_method=C&_method=D&_method=E";
        assert!(named(&policy, b"POST", target).too_many);
    }
}
