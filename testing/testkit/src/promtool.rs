//! Prometheus' own tool, where it is installed (Debian: `prometheus`): it is nobody's duty to have.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The tool on `PATH`, or a line on standard error that says what is skipped: past the test
/// runner, which shows nothing of a test that passes.
pub fn find(skipped: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("promtool"));
    let found = found.into_iter().find(|tool| tool.is_file());
    if found.is_none() {
        let line = format!("skipped: {skipped} (no `promtool`; Debian has it in `prometheus`)\n");
        _ = std::io::stderr().write_all(line.as_bytes());
    }
    found
}

/// Runs it, in a folder of files that name each other.
///
/// # Errors
/// Runs it, and fails with its message if it finds a fault.
pub fn run(tool: &Path, folder: &Path, arguments: &[&str]) -> Result<()> {
    let output = Command::new(tool)
        .args(arguments)
        .current_dir(folder)
        .output()
        .with_context(|| format!("cannot run `{}`", tool.display()))?;
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    ensure!(output.status.success(), "promtool {}: {}", arguments.join(" "), said.join("\n"));
    Ok(())
}
