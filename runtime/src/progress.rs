//! Progress messages of the commands, on standard error, so that standard output stays clean for
//! results.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Says one line.
pub fn say(line: &str) {
    // Nobody may be listening any more; that is no reason to stop working.
    let _nobody_listens = writeln!(std::io::stderr().lock(), "{line}");
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
