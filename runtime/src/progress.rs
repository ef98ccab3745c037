//! Progress messages of the commands, by the facade `log`. A program shows them with [`show`], on
//! standard error, so that standard output stays clean for results.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use log::{LevelFilter, Log, Metadata, Record};

/// Says one line.
pub fn say(line: &str) {
    log::info!(target: TARGET, "{line}");
}

/// Installs the logger that shows what is said. A program that has one of its own keeps it.
pub fn show() {
    if log::set_logger(&StandardError).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}

/// The target of what is said.
const TARGET: &str = "wicketgate::progress";

struct StandardError;

impl Log for StandardError {
    /// Libraries have more to say than a user wants to read.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            // Nobody may be listening any more; that is no reason to stop working.
            let _nobody_listens = writeln!(std::io::stderr().lock(), "{}", record.args());
        }
    }

    fn flush(&self) {}
}

/// A step that may take long: says that it begins, that it goes on, and how long it took.
#[derive(Debug)]
pub struct Step {
    what: String,
    start: Instant,
    last_said: Instant,
}

impl Step {
    /// Says that the step begins.
    pub fn begin(what: impl Into<String>) -> Self {
        let what = what.into();
        say(&format!("  {what} ..."));
        let start = Instant::now();
        Self { what, start, last_said: start }
    }

    /// Says every ten seconds that the step goes on.
    pub fn tick(&mut self) {
        if self.last_said.elapsed() >= EVERY {
            self.last_said = Instant::now();
            say(&format!("  {} ... {} s", self.what, self.start.elapsed().as_secs()));
        }
    }

    /// Says that the step is done.
    pub fn done(self) {
        say(&format!("  {}: done in {:.1} s", self.what, self.start.elapsed().as_secs_f32()));
    }
}

/// Returns `true` if to write in colour to a stream.
pub fn colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

const EVERY: Duration = Duration::from_secs(10);
