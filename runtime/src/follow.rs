//! Prints the gate's log as it comes.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};

use crate::audit::{self, AuditLine};
use crate::log_reader::LogReader;
use crate::progress::say;
use anyhow::Result;

use crate::terminal::Paint;

/// Prints audit lines on standard output, readable on a terminal and else as JSON, and what else
/// the gate says on standard error.
#[derive(Debug)]
pub struct Follow {
    log: LogReader,
    paint: Paint,
    readable: bool,
    // Each of Envoy's threads has a gate of its own, and each says the same.
    said: BTreeSet<String>,
}

impl Follow {
    /// Reads `log`; prints readable lines where somebody may read them.
    pub fn new(log: LogReader) -> Self {
        Self::with(log, std::io::stdout().is_terminal())
    }

    /// The same, readable or as JSON.
    pub fn with(log: LogReader, readable: bool) -> Self {
        Self { log, paint: Paint::for_stdout(), readable, said: BTreeSet::new() }
    }

    /// From here on prints what the gate says even if it said the same before, but for
    /// `already`: it is about another policy now.
    pub fn forget(&mut self, already: &[String]) {
        self.said = already.iter().cloned().collect();
    }

    /// Prints what has come since the last time.
    pub fn print_new(&mut self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        for line in self.log.lines()? {
            if let Some(event) = AuditLine::find(&line) {
                if self.readable {
                    writeln!(out, "{}", coloured(&event, self.paint))?;
                } else {
                    writeln!(out, "{}", event.json())?;
                }
            } else if let Some(remark) = audit::remark(&line)
                && self.said.insert(remark.clone())
            {
                say(&format!("  {remark}"));
            }
        }
        Ok(out.flush()?)
    }
}

/// An audit line for a person: denials stand out.
pub fn coloured(event: &AuditLine, paint: Paint) -> String {
    let line = event.readable();
    match event.text("wicketgate.decision") {
        Some("allow") => paint.good(&line),
        _ => paint.bad(&line),
    }
}
