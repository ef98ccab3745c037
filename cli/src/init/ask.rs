//! Questions on a terminal.

use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::output::say;

/// Asks for one of a few. Where there is a default, no answer is this, and nobody has to be there.
pub(super) fn choose<T: ValueEnum + PartialEq>(
    question: &str,
    flag: &str,
    default: Option<T>,
) -> Result<T> {
    if let Some(default) = &default
        && !std::io::stdin().is_terminal()
    {
        return Ok(default.clone());
    }
    let mut text = format!("{question}\n");
    for (number, value) in (1..).zip(T::value_variants()) {
        let Some(shown) = value.to_possible_value() else { continue };
        let help = shown.get_help().map(|help| format!(": {help}")).unwrap_or_default();
        let usual = if default.as_ref() == Some(value) { " (the usual one)" } else { "" };
        // Writing to a string does not fail.
        _ = writeln!(text, "  {number} {}{help}{usual}", shown.get_name());
    }
    ask(&(text + "A number or a name"), flag, default, |answer| {
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(value) = number.and_then(|number| T::value_variants().get(number)) {
            return Ok(value.clone());
        }
        T::from_str(answer, true)
            .map_err(|_| anyhow::anyhow!("there is no `{}`", answer.escape_debug()))
    })
}

/// Asks on the terminal, until the answer is good. Without a terminal, reports which flag is missing.
pub(super) fn ask<T: Clone>(
    question: &str,
    flag: &str,
    default: Option<T>,
    read: impl Fn(&str) -> Result<T>,
) -> Result<T> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("{flag} is missing, and there is no terminal to ask on");
    }
    let mut question = question.to_owned();
    loop {
        say(&format!("{question}: "));
        let mut line = String::new();
        if stdin.lock().read_line(&mut line).context("cannot read the answer")? == 0 {
            bail!("no answer for {flag}");
        }
        let answer = line.trim();
        question = match (answer, &default) {
            ("", Some(default)) => return Ok(default.clone()),
            ("", None) => "Please answer, or end this with Ctrl-C".to_owned(),
            (answer, _) => match read(answer) {
                Ok(value) => return Ok(value),
                Err(error) => format!("{error}. Again"),
            },
        };
    }
}
