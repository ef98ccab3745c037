//! Rows of a table as `curl` lines.

use std::net::SocketAddr;

use anyhow::Result;
use wicketgate_testkit::runner::Running;
use wicketgate_testkit::table::{Decision, Expect, Row};

/// Lines to try against a running example: its secrets, then one request of each kind.
pub(crate) fn lines(running: &mut Running) -> Result<String> {
    let (gate, origin) = (running.gate().address(), running.origin().address());
    let mut lines = vec![
        format!("The gate listens on http://{gate}, the app behind it on http://{origin}."),
        "Secrets that were made for this run:".to_owned(),
    ];
    for name in &running.example.about.secrets {
        if let Some(value) = running.environment().get(name) {
            lines.push(format!("  export {name}={value}"));
        }
    }
    lines.push("Requests to try:".to_owned());
    let table = running.table()?;
    for kind in KINDS {
        for row in &table.rows {
            let expect = row.expect(running.host)?;
            if kind_of(&expect) == kind
                && let Some(line) = line(row, gate)
            {
                lines.push(format!("  # {}: {} expected", row.name, expect.status));
                lines.push(format!("  {line}"));
                break;
            }
        }
    }
    Ok(lines.join("\n"))
}

fn kind_of(expect: &Expect) -> &str {
    match expect.decision {
        Decision::Allow => "allow",
        Decision::Pass => "pass",
        Decision::Deny => expect.reason.as_deref().unwrap_or_default(),
        Decision::None => "",
    }
}

/// The row as a `curl` line, if a shell and curl can say it.
fn line(row: &Row, gate: SocketAddr) -> Option<String> {
    let request = &row.request;
    let mut words = vec!["curl -i".to_owned(), format!("-X {}", request.method)];
    if let Some(from) = request.from {
        words.push(format!("--interface {from}"));
    }
    if let Some(host) = &request.host {
        words.push(format!("-H {}", quoted(&format!("Host: {host}"))?));
    }
    for (name, value) in &request.headers {
        // curl drops a header without a value, and trims what is around one.
        if value.is_empty() || value.trim() != value {
            return None;
        }
        words.push(format!("-H {}", quoted(&format!("{name}: {value}"))?));
    }
    if let Some(body) = &request.body {
        words.push(format!("--data {}", quoted(body)?));
    }
    if !request.target.starts_with('/') {
        return None;
    }
    words.push(format!("--path-as-is {}", quoted(&format!("http://{gate}{}", request.target))?));
    Some(words.join(" "))
}

/// `text` in quotes for a shell, `{{NAME}}` as a variable.
fn quoted(text: &str) -> Option<String> {
    // A token is not among the exported secrets.
    if text.contains("{{repeat:")
        || text.contains("{{token:")
        || !text.chars().all(|byte| matches!(byte, ' '..='~'))
    {
        return None;
    }
    if !text.contains("{{") {
        return Some(format!("'{}'", text.replace('\'', r"'\''")));
    }
    let escaped = text.replace('\\', r"\\").replace(['"', '$', '`'], "");
    // Nothing that a double-quoted string would change has to be said here.
    (escaped == text).then(|| format!("\"{}\"", text.replace("{{", "${").replace("}}", "}")))
}

/// The kinds of rows to show, if the table has them.
const KINDS: [&str; 8] = [
    "credential_missing",
    "credential_unknown",
    "allow",
    "pass",
    "network_not_allowed",
    "credential_duplicate",
    "method_not_allowed",
    "path_ambiguous",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_for_a_shell() {
        assert_eq!(quoted("it's $x").unwrap(), r"'it'\''s $x'");
        assert_eq!(quoted("X-Token: {{A_B}}").unwrap(), "\"X-Token: ${A_B}\"");
        assert_eq!(quoted("{{A}} $x"), None);
        assert_eq!(quoted("{{repeat:x:9}}"), None);
        assert_eq!(quoted("a\u{ff}"), None);
    }
}
