//! The values that documents have everywhere: identifiers, texts, times and headers, each with its
//! form.

use super::fault::Faults;
use super::kinds::text;
use super::node::Node;
use super::read::{Read, quote, wrong};
use crate::header::{HeaderName, HeaderValue};
use crate::time::Time;
use alloc::format;
use alloc::string::String;

/// An identifier that is also a metric label and a field of audit lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Id(pub(crate) String);
text!(Id, "1 to 64 of `a`-`z`, `0`-`9` and `-`", |text: &str| {
    if is_id(text) { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// Returns `true` if a text can be an identifier.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A text with which credentials are compared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Text(pub(crate) String);
text!(Text, "1 to 256 bytes without control characters", |text: &str| {
    let good = (1..=256).contains(&text.len()) && !text.chars().any(char::is_control);
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// A span of time, in milliseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Duration(pub(crate) i64);
text!(Duration, "a span such as `30s`, `15m`, `12h` or `7d`, of at most 366 days", |text: &str| {
    let second = 1_000_i64;
    let units = [('s', second), ('m', second * 60), ('h', second * 3_600), ('d', second * 86_400)];
    let read = || {
        let (unit, scale) = units.into_iter().find(|(unit, _)| text.ends_with(*unit))?;
        let digits = text.strip_suffix(unit)?;
        let plain = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let millis = digits.parse::<i64>().ok().filter(|_| plain)?.checked_mul(scale)?;
        (millis <= second * 86_400 * 366).then_some(Self(millis))
    };
    read().ok_or_else(|| quote(text))
});

/// Tells of a text that may be a secret, without quoting it.
pub(crate) fn unquoted(text: &str) -> String {
    format!("a string of {} characters", text.chars().count())
}

text!(Time, "a date (`2027-01-31`) or a time (`2027-01-31T00:00:00Z`)", |text: &str| {
    Self::parse(text).ok_or_else(|| unquoted(text))
});

text!(HeaderName, "a header name of at most 64 characters", |text: &str| {
    Self::parse(text).ok_or_else(|| quote(text))
});

text!(HeaderValue, "a header value in visible ascii and inner spaces", |text: &str| {
    Self::parse(text).ok_or_else(|| quote(text))
});
