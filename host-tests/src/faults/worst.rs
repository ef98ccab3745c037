//! Requests that cost the gate most, and a policy on which they do.

use serde_json::{Value, json};

use super::bench::policy;

/// The loop's policy with an origin that takes a path for many things.
pub fn heavy_policy() -> Value {
    let mut heavy = policy();
    heavy["origin"] = json!({
        "stack": "nextjs", "mounts": ["/a", "/b", "/api/v2"], "locales": ["en", "de"],
    });
    heavy
}

/// Guarded targets of at most `length` bytes, each with something that can be read in many ways.
pub fn heavy_targets(length: usize) -> Vec<String> {
    let parts = [
        "a/",
        "%252561",
        "\\a",
        ";a=b/",
        "/a;b\\../%2e%2e;%5c%2f//..;%3f%23%09%00;/%252e%255c",
        "a/b/en/api/v2/",
        "_next/data/b/index/x.json/",
        "x.rsc.segments/.prefetch.rsc",
        "x/%2e%2e;a//",
    ];
    let start = "/internal/without/";
    let fill = |part: &str, length: usize| {
        format!("{start}{}", part.repeat(length.saturating_sub(start.len()) / part.len()))
    };
    parts.iter().flat_map(|part| [200, 1_000, length].map(|length| fill(part, length))).collect()
}
