//! Audit lines, printed as they come.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use wicketgate_harness::audit::AuditLine;
use wicketgate_harness::log_reader::LogReader;

use crate::terminal::Paint;

/// Prints audit lines on standard output: readable on a terminal, else as JSON.
#[derive(Debug)]
pub(crate) struct Follow {
    log: LogReader,
    paint: Paint,
    readable: bool,
}

impl Follow {
    pub(crate) fn new(log: LogReader) -> Self {
        Self { log, paint: Paint::for_stdout(), readable: std::io::stdout().is_terminal() }
    }

    /// Prints what has come since the last time.
    pub(crate) fn print_new(&mut self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        for event in self.log.events()? {
            if self.readable {
                writeln!(out, "{}", coloured(&event, self.paint))?;
            } else {
                writeln!(out, "{}", event.json())?;
            }
        }
        Ok(out.flush()?)
    }
}

/// An audit line for a person: denials stand out.
pub(crate) fn coloured(event: &AuditLine, paint: Paint) -> String {
    let line = event.readable();
    match event.text("wicketgate.decision") {
        Some("allow") => paint.good(&line),
        _ => paint.bad(&line),
    }
}
