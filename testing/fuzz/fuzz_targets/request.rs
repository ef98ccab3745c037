//! Whole requests through the gate, and their responses back through it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{TOKEN, decide, headers, policy};
use wicketgate_policy::{
    Header, MAX_LINE, Peer, Request, Response, ResponseDecision, Time, Verdict,
};

fuzz_target!(|input: &[u8]| {
    // The peer, eight bytes of time, and then a header a line, the request line's among them.
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let peer = parts.next().unwrap_or_default();
    let clock = parts.next().unwrap_or_default();
    let mut millis = [0_u8; 8];
    for (to, from) in millis.iter_mut().zip(clock) {
        *to = *from;
    }
    let now = Time::from_unix_millis(i64::from_le_bytes(millis) % 253_402_300_800_000);
    let map = headers(parts.next().unwrap_or_default());
    let request = Request { headers: &map, peer: Peer::Address(peer) };
    let Verdict::Allow(allow) = decide(&request, now).verdict else { return };
    let named = |name: &'static [u8]| {
        map.iter().filter(move |header| header.name.eq_ignore_ascii_case(name))
    };
    // Nobody is let in without the token.
    let tokens = named(b"authorization").chain(named(b"x-token"));
    let has_token = |header: &Header<'_>| {
        header.value.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes())
    };
    assert!(tokens.into_iter().any(has_token), "let in without a token");
    let status = named(b"x-status").next().map_or(&b"500"[..], |header| header.value);
    let shown = [Header { name: b":status", value: status }, Header { name: b"etag", value: peer }];
    match policy().decide_response(&allow.admission, &Response { headers: &shown }, || now) {
        ResponseDecision::Replace { answer, audit } => {
            assert!(answer.status >= 500 && audit.to_line().len() <= MAX_LINE);
        }
        ResponseDecision::Forward { edits } => assert!(!edits.is_empty()),
    }
});
