//! `wicketgate check`: finds the faults of a policy, and warns of unwise parts.

mod code;
mod hosts;
mod identity;
mod internal;
mod keys;
mod never;
mod public;
mod warnings;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use wicketgate_policy::{Host, Policy, Time};

use crate::diagnostics::{Diagnostic, Severity};
use crate::document::Document;
use crate::exit::Exit;
use crate::output::{count, print, print_json};
use crate::policy::{Secrets, compile, render};
use crate::time;

pub use code::Code;

/// Finds the faults of a policy, each with its place, and warns of unwise parts.
///
/// The document is judged by itself, without the secrets of a host, unless you say `--secrets`.
/// Values that may be secrets are shown as `*`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Policies, JSON or YAML; `-` for standard input
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,
    /// Judge the secrets in this shell's environment too
    #[arg(long)]
    secrets: bool,
    /// Take warnings for faults (notes are none)
    #[arg(long)]
    deny_warnings: bool,
    /// Don't warn of this; may be repeated
    #[arg(long, value_name = "CODE", value_enum)]
    accept: Vec<Code>,
    /// The time at which keys are judged [default: the clock]
    #[arg(long, value_parser = time::parse)]
    now: Option<Time>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate check policy.yaml
  wicketgate check --deny-warnings --accept no-proof policy.json   the origin is closed by a tunnel
  wicketgate check --now 2027-02-01 policy.json                    which keys are old by then?
  wicketgate check --secrets policy.json                           are this shell's secrets good?

Exit codes: 0 no fault, 1 usage or I/O, 3 a fault (or a warning with --deny-warnings)";

/// The messages about one document.
#[derive(Debug, Serialize)]
struct Report {
    file: String,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The version that audit lines and metrics give for this document.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The variables that the host has to hand over.
    variables: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// Runs it.
///
/// # Errors
/// If a file can't be read.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let now = arguments.now.unwrap_or_else(time::now);
    let mut exit = Exit::Ok;
    let mut reports = Vec::new();
    for path in &arguments.policies {
        let document = Document::open(path)?;
        let report = check(&document, arguments, now);
        if !report.valid || arguments.deny_warnings && report.count(Severity::Warning) > 0 {
            exit = Exit::InvalidPolicy;
        }
        if !arguments.json {
            print(&(render(&document, &report.diagnostics) + &summary(&report)))?;
        }
        reports.push(report);
    }
    if arguments.json {
        print_json(&reports)?;
    }
    Ok(exit)
}

fn check(document: &Document, arguments: &Arguments, now: Time) -> Report {
    let secrets = if arguments.secrets { Secrets::Real } else { Secrets::MadeUp };
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut policy: Option<Policy> = None;
    // The source of the client's address differs between hosts, so judge both.
    for host in Host::ALL {
        match compile(document, host, secrets) {
            Ok(compiled) => policy = Some(compiled),
            Err(faults) => {
                let is_new = |fault: &Diagnostic| {
                    !diagnostics.iter().any(|d| d.path == fault.path && d.found == fault.found)
                };
                let new: Vec<_> = faults.into_iter().filter(is_new).collect();
                diagnostics.extend(new);
            }
        }
    }
    let policy = policy.filter(|_| diagnostics.is_empty());
    if let (Some(policy), Some(tree)) = (&policy, &document.tree) {
        let mut found = warnings::all(policy, tree, document, now);
        if arguments.secrets {
            found.extend(keys::wrapped(tree, &document.source));
        }
        let kept = |warning: &Diagnostic| {
            !arguments.accept.iter().any(|code| warning.code == Some(code.name()))
        };
        diagnostics.extend(found.into_iter().filter(kept));
    }
    diagnostics
        .sort_by_key(|diagnostic| (diagnostic.severity != Severity::Error, diagnostic.span.start));
    let core = wicketgate_policy::Document::parse(&document.json).ok();
    let variables = core.iter().flat_map(wicketgate_policy::Document::variables);
    Report {
        file: document.name.clone(),
        valid: policy.is_some(),
        name: policy.as_ref().map(|policy| policy.name().to_owned()),
        version: policy.as_ref().map(|policy| policy.version().to_owned()),
        variables: variables.map(|variable| variable.name.clone()).collect(),
        diagnostics,
    }
}

fn summary(report: &Report) -> String {
    let file = &report.file;
    let faults = report.count(Severity::Error);
    if !report.valid {
        return format!("{file}: {}\n", count(faults, "fault"));
    }
    let (name, version) = (report.name.as_deref(), report.version.as_deref());
    let (name, version) = (name.unwrap_or_default(), version.unwrap_or_default());
    let warnings = match report.count(Severity::Warning) {
        0 => String::new(),
        warnings => format!(", {}", count(warnings, "warning")),
    };
    let variables = report.variables.join(", ");
    format!(
        "{file}: policy `{name}`, version {version}, is valid{warnings}\nit reads {variables}\n"
    )
}
