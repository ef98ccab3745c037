//! Header maps: whatever a client sends, no header of the gate's own and no identity gets through
//! in any spelling, unless the gate wrote or admitted it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{PROOF, decide, folded, forwarded, from_loopback, head, headers, policy};
use wicketgate_policy::{Header, Time, Verdict};

fuzz_target!(|input: &[u8]| {
    let mut map = head(b"GET", b"/public", b"app.example");
    map.extend(headers(input).into_iter().filter(|header| !header.name.starts_with(b":")));
    let request = from_loopback(&map);
    let edits = match decide(&request, Time::BUILD).verdict {
        Verdict::Pass { edits } => edits,
        Verdict::Deny(_) => return,
        Verdict::Allow(_) => panic!("no rule guards the path"),
    };
    let kept_out: [&[u8]; 9] = [
        b"x-user-id",
        b"x-caller",
        b"x-proof",
        b"daphne-root-path",
        b"script-name",
        b"x-forwarded-prefix",
        b"x-http-method-override",
        b"x-original-url",
        b"x-middleware-subrequest",
    ];
    for (name, value) in forwarded(&request, &edits) {
        assert!(!kept_out.contains(&&*folded(&name)), "{}", name.escape_ascii());
        assert!(value != PROOF.as_bytes());
    }
    // Trailers are held to the same, credentials included.
    let trailers: Vec<Header<'_>> = headers(input);
    let request = from_loopback(&trailers);
    for (name, _) in forwarded(&request, &policy().trailers(&trailers)) {
        let name = folded(&name);
        assert!(!kept_out.contains(&&*name) && name != b"authorization" && name != b"x-token");
    }
});
