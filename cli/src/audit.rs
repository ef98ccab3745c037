//! `wicketgate audit`: sums up a log of audit lines.

mod find;
mod summary;
mod text;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use wicketgate_policy::Time;

use crate::exit::Exit;
use crate::output::{count, print, print_json, say};
use crate::time;
use summary::{Filter, Summary};

pub use find::Finder;
pub use summary::caller;

/// Sums up audit lines by decision, rule, caller, reason, address and time.
///
/// It finds audit lines in all kinds of logs: Envoy's log as text or as JSON, `kubectl logs`, files
/// of container runtimes, `wrangler tail`, the output of log collectors. A log without any audit
/// line is a failure, because it says nothing about who calls. Memory is bounded: of addresses and
/// paths only the most frequent are counted one by one.
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
    /// Only lines of this caller, by the policy's name
    #[arg(long)]
    caller: Option<String>,
    /// Only lines with this subject of a signed token, or name in a certificate
    #[arg(long)]
    subject: Option<String>,
    /// Only lines with this id of a key
    #[arg(long)]
    key: Option<String>,
    /// Only lines with this reason
    #[arg(long)]
    reason: Option<String>,
    /// The number of values shown for each field
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
  wicketgate audit envoy.log --caller cron --key 2026-q4

Exit codes: 0 ok, 1 usage or I/O, 2 no audit line in a log that is not empty";

/// An audit line has at most 2,048 bytes; a wrapper may have many in one line.
const MAX_LINE: u64 = 8 << 20;

/// Runs it.
///
/// # Errors
/// If a log can't be read.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let filter = Filter {
        since: arguments.since,
        until: arguments.until,
        rule: arguments.rule.clone(),
        caller: arguments.caller.clone(),
        subject: arguments.subject.clone(),
        key: arguments.key.clone(),
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
        let before = summary.seen();
        read(&mut BufReader::new(reader), &filter, &mut summary)
            .with_context(|| format!("cannot read `{shown}`"))?;
        let after = summary.seen();
        // Among several logs, a wrong one would go unnoticed, so report it.
        if arguments.files.len() > 1 && after.0 > before.0 && after.1 == before.1 {
            let name = shown.to_string();
            say(&format!("warning: no audit line in `{}`\n", name.escape_debug()));
        }
    }
    let report = summary.finish(usize::from(arguments.top));
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&text::render(&report))?;
    }
    if report.unread > 0 {
        let lines = count(usize::try_from(report.unread).unwrap_or(usize::MAX), "line");
        say(&format!(
            "warning: {lines} with `wicketgate.decision` could not be read, and count nowhere\n"
        ));
    }
    if report.found == 0 && report.lines > 0 {
        say(
            "error: no audit line in this log: that is no sign that nobody called. One is a JSON object with `wicketgate.decision`; is it the gate's log, at level `warn` or lower?\n",
        );
        return Ok(Exit::Deny);
    }
    Ok(Exit::Ok)
}

/// Why the bytes that a log begins with can't be read as text: not found would be taken for nobody.
pub fn packed(start: &[u8]) -> Option<&'static str> {
    Some(match start {
        [0x1F, 0x8B, ..] => "compressed by gzip: unpack it first, `zcat FILE | wicketgate audit`",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => {
            "compressed by zstd: unpack it first, `zstdcat FILE | wicketgate audit`"
        }
        [0xFD, b'7', b'z', b'X', b'Z', ..] | [b'B', b'Z', b'h', b'1'..=b'9', ..] => {
            "compressed: unpack it first"
        }
        [b'P', b'K', 3, 4, ..] => "a zip archive: unpack it first",
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            "UTF-16, as PowerShell writes files: convert it to UTF-8 first"
        }
        _ => return None,
    })
}

fn read(reader: &mut dyn BufRead, filter: &Filter, summary: &mut Summary) -> std::io::Result<()> {
    if let Some(packed) = packed(reader.fill_buf()?) {
        return Err(std::io::Error::other(format!("it is {packed}")));
    }
    let mut finder = Finder::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut *reader).take(MAX_LINE).read_until(b'\n', &mut line)?;
        let found =
            if read == 0 { finder.end() } else { finder.line(&String::from_utf8_lossy(&line)) };
        found.iter().for_each(|audit| summary.add(audit, filter));
        if read == 0 {
            summary.unread(finder.unread);
            return Ok(());
        }
        summary.line();
    }
}
