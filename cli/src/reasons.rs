//! `wicketgate reasons`: the meaning of each reason code to an operator, and the remedy. It makes
//! `docs/reasons.md`.

mod advice;

use std::fmt::Write as _;

use anyhow::{Result, bail};
use clap::Args;
use serde::Serialize;
use wicketgate_policy::Reason;

use crate::exit::Exit;
use crate::output::{print, print_json};
use advice::{Advice, advice};

/// Explains a reason code, and says what to do about it. `docs/reasons.md` is made from this.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The `error.type` of an audit line [default: all]
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate reasons credential_unknown
  wicketgate reasons > docs/reasons.md

Exit codes: 0 ok, 1 usage or I/O";

#[derive(Serialize)]
struct Told {
    code: &'static str,
    text: &'static str,
    means: &'static str,
    #[serde(rename = "do")]
    to_do: &'static str,
}

/// Runs it.
///
/// # Errors
/// If there is no such code, or it can't be written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let of = |code: &str| Reason::ALL.iter().find(|reason| reason.code() == code);
    let reasons = match &arguments.code {
        None => Reason::ALL,
        Some(code) => match of(code) {
            Some(reason) => std::slice::from_ref(reason),
            None => bail!("no reason is called `{}`", code.escape_debug()),
        },
    };
    if arguments.json {
        let told: Vec<Told> = reasons.iter().map(|reason| told(*reason)).collect();
        print_json(&told)?;
        return Ok(Exit::Ok);
    }
    let mut text = String::new();
    if arguments.code.is_none() {
        text += HEAD;
    }
    for (index, reason) in reasons.iter().enumerate() {
        let Told { code, text: short, means, to_do } = told(*reason);
        let line = if index == 0 && arguments.code.is_some() { "" } else { "\n" };
        // Writing to a string does not fail.
        _ = write!(text, "{line}## `{code}`\n\n*{short}*\n\n{means}\n\n**Do:** {to_do}\n");
    }
    print(&text)?;
    Ok(Exit::Ok)
}

const HEAD: &str = "\
<!-- Made by `wicketgate reasons`. Change cli/src/reasons/advice.rs, then WICKETGATE_UPDATE=1 cargo test -p wicketgate. -->
# Reason codes

A reason is the `error.type` of an audit line and the `reason` label of `wicketgate_decisions_total`. A client is not told it: a rule refuses with one answer, and another for no credential at all where the policy has one (`missing`). Where several things are wrong with a request, the first of this list is its reason.

`wicketgate explain POLICY --audit LINE` replays a line and says what held and what didn't.
";

fn told(reason: Reason) -> Told {
    let Advice { means, to_do } = advice(reason);
    Told { code: reason.code(), text: reason.text(), means, to_do }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_something_of_its_own() {
        for (index, reason) in Reason::ALL.iter().enumerate() {
            let Advice { means, to_do } = advice(*reason);
            for text in [means, to_do] {
                assert!(text.len() > 30 && text.ends_with('.'), "{reason}: {text}");
            }
            let mut others = Reason::ALL.iter().skip(index + 1);
            assert!(others.all(|other| advice(*other).means != means), "{reason}");
        }
    }
}
