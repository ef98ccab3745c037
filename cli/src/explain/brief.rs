//! `wicketgate try`: one request, and what becomes of it for the client, the app and the log.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::report::Report;
use super::{Arguments, answer};
use crate::exit::Exit;
use crate::output::print;
use crate::policy::HostKind;

/// Tries one request on a policy, without a host: what the client gets, what the app gets, and what
/// the log says.
///
/// Secrets come from this shell's environment; an absent one is made up. In a header's value, $NAME
/// stands for the secret that the policy calls NAME, even if the shell does not have it: put it into
/// single quotes to try the right token. `wicketgate explain` shows each step of the same decision.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TryArguments {
    /// The policy, JSON or YAML; `-` for standard input
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// The request target as it is sent: the path, with a query or not
    #[arg(required_unless_present = "curl")]
    target: Option<String>,
    /// The method
    #[arg(long, short = 'X', default_value = "GET")]
    method: String,
    /// A header line, `name: value`; may be repeated
    #[arg(long, short = 'H', value_name = "LINE")]
    header: Vec<String>,
    /// The host that is asked for
    #[arg(long, default_value = "app.example")]
    authority: String,
    /// The address of the connection's other end; `unknown` for none
    #[arg(long, default_value = "127.0.0.1")]
    peer: String,
    /// A line for curl, or `-` to read it from standard input
    #[arg(long, value_name = "LINE", conflicts_with_all = ["target", "header"])]
    curl: Option<String>,
    /// The kind of host that the gate runs on
    #[arg(long, value_enum, default_value_t)]
    host_kind: HostKind,
    /// Answer in JSON, with every step of the decision
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate try policy.yaml /
  wicketgate try policy.yaml /internal/run -X POST
  wicketgate try policy.yaml /internal/run -X POST -H 'x-internal-token: $INTERNAL_JOB_TOKEN'
  wicketgate try policy.yaml --curl 'curl -X POST https://app.example/internal/run'

Exit codes: 0 allowed, or not guarded; 1 usage or I/O; 2 denied; 3 invalid policy";

/// Runs it.
///
/// # Errors
/// If something can't be read, or is no request.
pub fn run(arguments: TryArguments) -> Result<Exit> {
    let TryArguments { policy, target, method, header, authority, peer, curl, host_kind, json } =
        arguments;
    let asked = Arguments {
        policy,
        method,
        target,
        header,
        authority,
        peer,
        curl,
        audit: None,
        jwks: Vec::new(),
        certificate_uri: None,
        certificate_dns: None,
        certificate_subject: None,
        host_kind,
        now: None,
        json,
    };
    answer(&asked, |report| print(&render(report)))
}

/// The result in three parts. Writing to a string does not fail.
fn render(report: &Report) -> String {
    let unknown = || "unknown".to_owned();
    let client = report.client.clone().unwrap_or_else(unknown);
    let mut text = format!("{} {} from {client}\n\nthe client gets\n", report.method, report.path);
    match &report.answer {
        None => text += "  what the app answers\n",
        Some(answer) => {
            _ = writeln!(text, "  {}", answer.status);
            for (name, value) in &answer.headers {
                _ = writeln!(text, "  {name}: {value}");
            }
            if !answer.body.is_empty() {
                _ = writeln!(text, "\n  {}", answer.body);
            }
        }
    }
    text += "\nthe app gets\n";
    match &report.origin_headers {
        None => text += "  nothing: the gate answers by itself\n",
        Some(headers) => {
            _ = writeln!(text, "  {} {}", report.method, report.path);
            for (name, value) in headers {
                match name.strip_prefix(':') {
                    None => _ = writeln!(text, "  {name}: {value}"),
                    // The others are in the first line.
                    Some("authority") => _ = writeln!(text, "  host: {value}"),
                    Some(_) => {}
                }
            }
            if !report.removed_headers.is_empty() {
                _ = writeln!(text, "  without {}", report.removed_headers.join(", "));
            }
        }
    }
    text += "\nthe log says\n";
    match (report.reason, report.meaning) {
        (Some(reason), Some(meaning)) => _ = writeln!(text, "  {reason}: {meaning}"),
        _ if report.decision == "pass" => text += "  nothing: no rule guards this path\n",
        _ => {
            let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "none".to_owned());
            let (rule, caller) = (name(&report.rule), name(&report.caller));
            _ = writeln!(text, "  allowed by rule `{rule}`, caller `{caller}`");
        }
    }
    for line in &report.lines {
        _ = writeln!(text, "  {line}");
    }
    for note in &report.notes {
        _ = writeln!(text, "\nnote: {note}");
    }
    text += "\nwhy, step by step: `wicketgate explain` with the same request";
    if let Some(reason) = report.reason {
        _ = write!(text, "; what to do: `wicketgate reasons {reason}`");
    }
    text + "\n"
}
