//! `wicketgate diff`: what an edit of a policy changes, as classes of requests.

mod classes;
mod clients;
mod conditions;
mod credentials;
mod network;
mod report;
mod search;
mod seen;
mod shot;
mod side;
mod silent;
mod targets;
#[cfg(test)]
mod tests;
mod text;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;
use wicketgate_policy::Time;

use crate::document::Document;
use crate::exit::Exit;
use crate::output::{print, print_json};
use crate::policy::{HostKind, render};
use crate::time;
use report::Report;
use seen::Kind;
use side::Side;

/// Says what an edit of a policy changes: which requests get another decision, and one of each kind
/// to try.
///
/// Compares two policies by asking the decision core about a request for each thing that they can
/// tell apart: paths and the ways in which origins read them, hosts, methods, callers and their keys,
/// networks, times, and headers that the gate removes. Requests of one kind are one class, with the
/// shortest request of that kind as a line for `wicketgate explain`. Secrets are not needed: in such a
/// line $NAME, or a name between braces, stands for them.
///
/// Limits (`rate_limit`, `abuse`), audit lines and rules in shadow mode change no single answer, so
/// what differs there is named below the classes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The policy before the edit, JSON or YAML; `-` for standard input
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The policy after it
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Fail if there is a change of this kind; may be repeated
    #[arg(long, value_name = "KIND", value_enum)]
    fail_on: Vec<FailOn>,
    /// Show every class, not only the first of those that are alike
    #[arg(long)]
    all: bool,
    /// The kind of host that the gate runs on
    #[arg(long, value_enum, default_value_t)]
    host_kind: HostKind,
    /// Compare for requests from this time on [default: the clock]
    #[arg(long, value_parser = time::parse)]
    now: Option<Time>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// What fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum FailOn {
    /// Something that was denied is let through
    Opened,
    /// Something that was let through is denied
    Closed,
    /// Something goes through as another caller
    Caller,
    /// The client gets another answer
    Answer,
    /// The origin gets other headers
    Headers,
    /// Any of these
    Any,
}

impl FailOn {
    fn is(self, kind: Kind) -> bool {
        match self {
            Self::Opened => kind == Kind::Opened,
            Self::Closed => kind == Kind::Closed,
            Self::Caller => kind == Kind::Caller,
            Self::Answer => kind == Kind::Answer,
            Self::Headers => kind == Kind::Headers,
            Self::Any => true,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  wicketgate diff policy.old.yaml policy.yaml
  git show main:policy.yaml > before.yaml && wicketgate diff before.yaml policy.yaml
  git show main:policy.json | wicketgate diff - policy.json --fail-on opened      in a CI
  wicketgate diff before.yaml after.yaml --fail-on any --json

Exit codes: 0 ok, 1 usage or I/O, 2 with --fail-on: there is such a change, 3 invalid policy";

/// Runs it.
///
/// # Errors
/// If a file can't be read.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    if [&arguments.old, &arguments.new].iter().all(|path| path.as_os_str() == "-") {
        bail!("standard input can be one policy, not both");
    }
    let documents = [Document::open(&arguments.old)?, Document::open(&arguments.new)?];
    let host = arguments.host_kind.into();
    let mut sides = Vec::new();
    for document in &documents {
        match Side::of(document, host) {
            Ok(side) => sides.push(side),
            Err(faults) => {
                if arguments.json {
                    let file = &document.name;
                    print_json(
                        &serde_json::json!({ "valid": false, "file": file, "diagnostics": faults }),
                    )?;
                } else {
                    print(&render(document, &faults))?;
                }
                return Ok(Exit::InvalidPolicy);
            }
        }
    }
    let [before, after] = &*sides else { bail!("a policy is missing") };
    // Whole seconds are easier to read.
    let seconds = |time: Time| Time::from_unix_millis(time.unix_millis() / 1_000 * 1_000);
    let now = arguments.now.unwrap_or_else(|| seconds(time::now()));
    let found = search::run([before, after], now);
    let report = Report::of([before, after], &found, arguments.host_kind, now, arguments.now);
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&text::render(&report, arguments.all))?;
    }
    let fails = |kind: Kind| arguments.fail_on.iter().any(|fail| fail.is(kind));
    let failed = found.classes.iter().any(|class| fails(class.key.kind));
    Ok(if failed { Exit::Deny } else { Exit::Ok })
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(to)
    }
}

impl Kind {
    /// The name, as `--fail-on` has it.
    const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Caller => "caller",
            Self::Answer => "answer",
            Self::Headers => "headers",
        }
    }
}
