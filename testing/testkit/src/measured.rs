//! The program of the package `tokens`, built for speed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wicketgate_runtime::command::shown;

use crate::checkout::Checkout;

/// Runs it to its end, and returns what it printed.
pub fn tokens<'a>(
    checkout: &Checkout,
    words: impl IntoIterator<Item = &'a str>,
    file: Option<&Path>,
) -> Result<String> {
    let mut cargo = checkout.cargo();
    cargo.args(["run", "--quiet", "--profile", "measure", "--package", "wicketgate-tokens", "--"]);
    cargo.args(words).args(file);
    printed(&mut cargo)
}

/// The output of a program, which must succeed. Its errors go to the user.
pub fn printed(command: &mut Command) -> Result<String> {
    let output = command.stderr(std::process::Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot run `{}`", shown(command)))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", shown(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Its output, as JSON.
pub fn json(printed: &str) -> Result<Value> {
    serde_json::from_str(printed).with_context(|| format!("not json: {printed}"))
}
