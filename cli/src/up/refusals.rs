//! Hints about requests that Envoy itself refuses before the gate sees them: there is no audit line,
//! and the client is told little.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;
use wicketgate_runtime::log_reader::LogReader;

use crate::output;
use crate::value::member;

/// Reads Envoy's access log, and says of each kind of refusal once what it is.
#[derive(Debug)]
pub(super) struct Refusals {
    log: LogReader,
    said: BTreeSet<&'static str>,
}

impl Refusals {
    /// None yet, in this log.
    pub(super) fn new(log: LogReader) -> Self {
        Self { log, said: BTreeSet::new() }
    }

    /// Says what is new.
    ///
    /// # Errors
    /// If the log can't be read.
    pub(super) fn say_new(&mut self) -> Result<()> {
        for line in self.log.lines()? {
            if let Some(hint) = hint(&line)
                && self.said.insert(hint)
            {
                output::say(&format!("  {hint}\n"));
            }
        }
        Ok(())
    }
}

/// What is the matter, by Envoy's word for it, and what to do.
const HINTS: [(&str, &str); 7] = [
    (
        "upgrade_failed",
        "Envoy refused a WebSocket (403) before the gate saw it: `--websocket` lets them through, and the gate judges each",
    ),
    (
        "low_version",
        "Envoy refused an HTTP/1.0 client (426) before the gate saw it: an nginx in front needs `proxy_http_version 1.1`",
    ),
    (
        "unexpected_underscore",
        "Envoy refused a header with `_` in its name (400) before the gate saw it: `headers_with_underscores_action` in envoy.yaml",
    ),
    (
        "path_normalization_failed",
        "Envoy refused a path with an encoded slash or another that it can't normalise (400) before the gate saw it: `path_with_escaped_slashes_action` in envoy.yaml",
    ),
    (
        "headers_too_large",
        "Envoy refused headers of more than 32 KB (431) before the gate saw them: `max_request_headers_kb` in envoy.yaml",
    ),
    (
        "too_many_headers",
        "Envoy refused more than 64 headers (431) before the gate saw them: `max_headers_count` in envoy.yaml",
    ),
    (
        "upstream_reset_before_response_started",
        "the app closed a connection before it answered, or can't be reached (503): this is no refusal of the gate",
    ),
];

fn hint(line: &str) -> Option<&'static str> {
    let line: Value = serde_json::from_str(line).ok()?;
    let details = member(&line, "details").as_str()?;
    HINTS.iter().find(|(word, _)| details.contains(word)).map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_envoys_words() {
        let line = |details: &str| format!("{{\"status\":403,\"details\":\"{details}\"}}");
        assert!(hint(&line("upgrade_failed")).unwrap().contains("--websocket"));
        assert!(hint(&line("low_version")).unwrap().contains("proxy_http_version"));
        assert!(hint(&line("http1.unexpected_underscore")).unwrap().contains("`_`"));
        assert_eq!(hint(&line("via_upstream")), None);
        assert_eq!(hint("no json"), None);
    }
}
