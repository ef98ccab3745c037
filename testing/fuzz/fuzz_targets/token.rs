//! Credential headers: who is let in sent exactly the token, once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{TOKEN, decide, from_loopback, head};
use wicketgate_policy::{Header, Time, Verdict};

/// `anne:` and the token in base64, with its padding.
const PAIR: &str = "YW5uZTo0ZjhhMWMwZDllMmI3MzY1YWYwMWQyYzRiNmU4Zjc5MA==";

fuzz_target!(|input: &[u8]| {
    // `%` stands for the token and `$` for the pair, so that the search can get near them.
    let mut spelled = Vec::new();
    for byte in input {
        match byte {
            b'%' => spelled.extend_from_slice(TOKEN.as_bytes()),
            b'$' => spelled.extend_from_slice(PAIR.as_bytes()),
            other => spelled.push(*other),
        }
    }
    let values: Vec<&[u8]> = spelled.split(|byte| *byte == b'\n').collect();
    let bare = PAIR.trim_end_matches('=');
    for (target, name, scheme, good) in [
        ("/token", "x-token", "", &[TOKEN][..]),
        ("/token", "x-other", "other ", &[TOKEN]),
        ("/bearer", "authorization", "bearer ", &[TOKEN]),
        ("/basic", "authorization", "basic ", &[PAIR, bare]),
    ] {
        let (target, name) = (target.as_bytes(), name.as_bytes());
        let mut map = head(b"GET", target, b"app.example");
        map.extend(values.iter().map(|value| Header { name, value }));
        let allowed =
            matches!(decide(&from_loopback(&map), Time::BUILD).verdict, Verdict::Allow(_));
        assert_eq!(allowed, is_good(&values, scheme, good), "{}", spelled.escape_ascii());
    }
});

/// One value: the scheme in any case, spaces, and what is good behind it, with white space around
/// it or not.
fn is_good(values: &[&[u8]], scheme: &str, good: &[&str]) -> bool {
    let [value] = values else { return false };
    let Ok(value) = str::from_utf8(value) else { return false };
    let blank = [' ', '\t'];
    let value = value.trim_matches(blank);
    let Some((head, rest)) = value.split_at_checked(scheme.len()) else { return false };
    let rest = if scheme.is_empty() { rest } else { rest.trim_matches(blank) };
    head.eq_ignore_ascii_case(scheme) && good.contains(&rest)
}
