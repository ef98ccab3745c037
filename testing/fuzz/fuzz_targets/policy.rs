//! Policy documents: every one is judged, no fault tells a secret, and what is accepted decides.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{PROOF, TOKEN, environment, from_loopback, head};
use wicketgate_policy::{Policy, Time};

fuzz_target!(|document: &[u8]| {
    match Policy::load(document, &environment()) {
        Err(faults) => {
            let text = faults.to_string();
            assert!(!faults.is_empty() && !text.is_empty());
            // A document may hold the text itself; it is not ours then.
            let quoted =
                |secret: &str| document.windows(secret.len()).any(|part| part == secret.as_bytes());
            for secret in [TOKEN, PROOF] {
                assert!(quoted(secret) || !text.contains(secret), "{text}");
            }
        }
        Ok(policy) => {
            for target in [&b"/"[..], b"/internal/x", b"/x/../%69nternal//x;y"] {
                let headers = head(b"GET", target, b"app.example");
                let _ = policy.decide(&from_loopback(&headers), Time::BUILD);
            }
        }
    }
});
