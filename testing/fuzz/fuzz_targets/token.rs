//! Credential headers: who is let in sent exactly the token, once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{TOKEN, decide, from_loopback, head};
use wicketgate_policy::{Header, Time, Verdict};

fuzz_target!(|input: &[u8]| {
    // `%` stands for the token, so that the search can get near it.
    let spelled = input
        .split(|byte| *byte == b'%')
        .map(<[u8]>::to_vec)
        .collect::<Vec<_>>()
        .join(TOKEN.as_bytes());
    let values: Vec<&[u8]> = spelled.split(|byte| *byte == b'\n').collect();
    for (target, name, scheme) in
        [(&b"/token"[..], &b"x-token"[..], &b""[..]), (b"/bearer", b"authorization", b"bearer ")]
    {
        let mut map = head(b"GET", target, b"app.example");
        map.extend(values.iter().map(|value| Header { name, value }));
        let allowed =
            matches!(decide(&from_loopback(&map), Time::BUILD).verdict, Verdict::Allow(_));
        assert_eq!(allowed, is_good(&values, scheme), "{}", spelled.escape_ascii());
    }
});

/// One value: the scheme in any case, spaces, and the token, with white space around it or not.
fn is_good(values: &[&[u8]], scheme: &[u8]) -> bool {
    let [value] = values else { return false };
    let Ok(value) = str::from_utf8(value) else { return false };
    let blank = [' ', '\t'];
    let value = value.trim_matches(blank);
    let Some((head, rest)) = value.split_at_checked(scheme.len()) else { return false };
    let rest = if scheme.is_empty() { rest } else { rest.trim_matches(blank) };
    head.as_bytes().eq_ignore_ascii_case(scheme) && rest == TOKEN
}
