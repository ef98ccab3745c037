//! Writing to standard output: colour only on a terminal, and no error when the reader has gone.

use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};
use serde::Serialize;

/// Writes a text. A reader that has gone away has read enough.
///
/// # Errors
/// If it can't be written, to a full disk for one.
pub fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output"),
    }
}

/// Writes to standard error. A failure is ignored, since there is nowhere else to report it.
pub fn say(text: &str) {
    let mut out = anstream::stderr();
    _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a value as JSON.
///
/// # Errors
/// If it can't be written.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value).context("cannot write json")?;
    text.push('\n');
    print(&text)
}

/// `1 fault`, `2 faults`.
pub fn count(number: usize, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {what}{s}")
}
