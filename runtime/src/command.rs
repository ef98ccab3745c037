//! Commands that are run to their end: installs and builds.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process::Process;
use crate::progress::Step;
use crate::wait::wait_until;

/// Runs `command` to its end, its output in `log`, saying every ten seconds that it goes on.
/// Fails with the end of the output, and with `advice` on what to try.
pub fn run(command: &mut Command, log: &Path, step: &mut Step, advice: &str) -> Result<()> {
    let mut process = Process::start(command, log)?;
    let status = wait_until(&shown(command), LIMIT, || {
        step.tick();
        process.ended()
    })?;
    if status.success() {
        return Ok(());
    }
    bail!(
        "`{}` failed ({status}); the end of its output:\n{}\n{advice}",
        shown(command),
        tail(&process.output(), 20)
    )
}

/// Runs `command` to its end and returns its standard output, or nothing if it can't be run or
/// fails: for asking whether a tool is there and what version it has.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The last `count` lines of a text, each moved in.
pub fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(count);
    lines[from..]
        .iter()
        .map(|line| format!("    {}", shortened(line)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A line that somebody will read: Envoy writes all of its configuration into one.
fn shortened(line: &str) -> String {
    const MOST: usize = 400;
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} … ({} bytes more)", &line[..end], line.len() - end),
        None => line.to_owned(),
    }
}

/// A command as one would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Longer than any install takes; shorter than a hang is bearable.
const LIMIT: Duration = Duration::from_secs(20 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::TempDir;

    #[test]
    fn a_failure_shows_the_end_of_the_output_and_advice() {
        let folder = TempDir::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "seq 1 30; exit 2"]);
        let mut step = Step::begin("counting");
        let error = run(&mut command, &folder.path().join("log"), &mut step, "try again");
        let text = error.unwrap_err().to_string();
        assert!(text.starts_with("`sh -c seq 1 30; exit 2` failed (exit status: 2)"), "{text}");
        assert!(text.ends_with("    29\n    30\ntry again"), "{text}");
        assert!(!text.contains("    10\n"), "{text}");
    }

    #[test]
    fn a_program_that_is_not_there_answers_nothing() {
        assert_eq!(ask(&mut Command::new("/nowhere/at-all")), None);
    }
}
