//! `wicketgate audit`: what a log of audit lines comes to.

mod summary;
mod text;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use wicketgate_policy::Time;

use crate::exit::Exit;
use crate::output::{print, print_json};
use crate::time;
use summary::{Filter, Summary};

pub use summary::audit_line;

/// Sums up audit lines by decision, rule, caller, reason, address and time.
///
/// It reads whatever holds audit lines among others: Envoy's log, `kubectl logs`, `wrangler tail`.
/// Memory is bounded: of addresses and paths only the most frequent are told apart.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Logs; `-` for standard input
    #[arg(default_value = "-", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only lines from this time on
    #[arg(long, value_parser = time::parse)]
    since: Option<Time>,
    /// Only lines before this time
    #[arg(long, value_parser = time::parse)]
    until: Option<Time>,
    /// Only lines of this rule
    #[arg(long)]
    rule: Option<String>,
    /// Only lines of this caller
    #[arg(long)]
    caller: Option<String>,
    /// Only lines with this reason
    #[arg(long)]
    reason: Option<String>,
    /// How many of each kind are shown
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    top: u16,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate audit envoy.log
  kubectl logs deploy/my-app -c istio-proxy --since 1h | wicketgate audit
  wicketgate audit --since 2026-11-23 --reason credential_unknown envoy.log --json

Exit codes: 0 ok, 1 usage or I/O";

/// A longer line is no audit line: those have at most 2,048 bytes, and a prefix.
const MAX_LINE: u64 = 64 * 1024;

/// Runs it.
///
/// # Errors
/// Where a log can't be read.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let filter = Filter {
        since: arguments.since,
        until: arguments.until,
        rule: arguments.rule.clone(),
        caller: arguments.caller.clone(),
        reason: arguments.reason.clone(),
    };
    let mut summary = Summary::default();
    for path in &arguments.files {
        let shown = path.display();
        let reader: Box<dyn Read> = if path.as_os_str() == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(std::fs::File::open(path).with_context(|| format!("cannot read `{shown}`"))?)
        };
        read(&mut BufReader::new(reader), &filter, &mut summary)
            .with_context(|| format!("cannot read `{shown}`"))?;
    }
    let report = summary.finish(usize::from(arguments.top));
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&text::render(&report))?;
    }
    Ok(Exit::Ok)
}

fn read(reader: &mut dyn BufRead, filter: &Filter, summary: &mut Summary) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut *reader).take(MAX_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        summary.add(&String::from_utf8_lossy(&line), filter);
    }
}
