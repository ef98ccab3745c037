//! `wicketgate test`: runs the cases beside a policy, and measures how much of it they cover.

mod cases;
mod coverage;
mod junit;
pub mod sign;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;
use wicketgate_policy::{Host, Time};
use wicketgate_runtime::vectors::{Decides, Native, Observation, Subject, judge};

use crate::document::Document;
use crate::exit::Exit;
use crate::output::{count, print, print_json, say};
use crate::policy::{Secrets, compile, render};
use crate::time;
use cases::Case;
use coverage::Coverage;

/// Runs the cases beside a policy: requests with the expected decision.
///
/// `policy.json` has its cases in `policy.test.yaml` (or .yml, .json), in the words of the
/// project's vectors: name, request, expect. `{{NAME}}` in a header is the secret that the policy
/// calls NAME: one is made up for each, unless the file's `env` gives it. `{{basic:USER:NAME}}` is
/// what follows `Basic ` for that user and that secret, and `{{jwt:CALLER}}` a token that this
/// caller is known by, signed for the test. `tokens: { OTHER: { jwt: CALLER, claims: { sub: x } } }`
/// has one with other claims (`null` for none), which is `{{OTHER}}`. Nothing is fetched: for tokens
/// that you signed yourself, `tokens` has them and `jwks` a key set for each of their callers.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The policy, JSON or YAML
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// A file of cases; may be repeated [default: the one beside the policy]
    #[arg(long, value_name = "FILE")]
    cases: Vec<PathBuf>,
    /// Only cases with this text in their name
    #[arg(long, value_name = "PATTERN")]
    run: Option<String>,
    /// The form of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Fail if less than this is covered, in per cent
    #[arg(long, value_name = "PERCENT", conflicts_with = "run", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,
    /// The time of requests whose file names none [default: the clock]
    #[arg(long, value_parser = time::parse)]
    now: Option<Time>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
enum Format {
    /// For a person
    #[default]
    Pretty,
    /// For a program
    Json,
    /// For a CI that shows JUnit's XML
    Junit,
}

const EXAMPLES: &str = "\
A file of cases:
  cases:
    - name: the job runs with its token
      request: { method: POST, target: /internal/run, headers: [[x-internal-token, \"{{INTERNAL_JOB_TOKEN}}\"]] }
      expect: { decision: allow, rule: internal, caller: cron, origin_lacks: [x-internal-token] }
    - name: and not without
      request: { method: POST, target: /internal/run }
      expect: { decision: deny, reason: credential_missing, status: 403 }

Examples:
  wicketgate test policy.json
  wicketgate test policy.json --run token --format json
  wicketgate test policy.yaml --min-coverage 80 --format junit > report.xml

Exit codes: 0 all as expected, 1 usage or I/O, 2 a case failed or too little is covered,
3 invalid policy";

/// The outcome of a case.
#[derive(Debug, Serialize)]
struct Outcome {
    name: String,
    file: String,
    line: usize,
    passed: bool,
    /// The differences from the expected outcome.
    differences: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Report {
    policy: String,
    passed: usize,
    failed: usize,
    cases: Vec<Outcome>,
    coverage: Coverage,
}

/// Runs it.
///
/// # Errors
/// If a file can't be read, or has no cases.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let document = Document::open(&arguments.policy)?;
    let format = if arguments.json { Format::Json } else { arguments.format };
    if let Err(faults) = compile(&document, Host::Envoy, Secrets::MadeUp) {
        if format == Format::Json {
            print_json(&serde_json::json!({ "valid": false, "diagnostics": faults }))?;
        } else {
            print(&render(&document, &faults))?;
        }
        return Ok(Exit::InvalidPolicy);
    }
    let now = arguments.now.unwrap_or_else(time::now);
    let mut all = Vec::new();
    for file in cases::files(&arguments.policy, &arguments.cases)? {
        all.extend(cases::read(&file, &document, now)?);
    }
    if let Some(pattern) = &arguments.run {
        all.retain(|case| case.vector.name.contains(pattern.as_str()));
        if all.is_empty() {
            bail!("no case has `{}` in its name", pattern.escape_debug());
        }
    }
    let report = judge_all(&document, all);
    match format {
        Format::Pretty => print(&pretty(&report))?,
        Format::Json => print_json(&report)?,
        Format::Junit => print(&junit::render(&report))?,
    }
    let enough = arguments.min_coverage.is_none_or(|least| report.coverage.percent >= least);
    if !enough {
        let least = arguments.min_coverage.unwrap_or_default();
        say(&format!(
            "{} % is covered, and at least {least} % should be\n",
            report.coverage.percent
        ));
    }
    Ok(if report.failed == 0 && enough { Exit::Ok } else { Exit::Deny })
}

fn judge_all(document: &Document, cases: Vec<Case>) -> Report {
    let mut core = Native::default();
    let mut coverage = coverage::Builder::new(document);
    let mut outcomes = Vec::new();
    for Case { vector, file, line } in cases {
        let seen: Observation = core.run(&vector);
        let differences = judge(&vector, &seen);
        // A case that fails covers nothing, because its expectation may be the mistake.
        if differences.is_empty() {
            coverage.saw(&seen, seen.decision == Decides::Allow);
        }
        let name = vector.name;
        outcomes.push(Outcome { name, file, line, passed: differences.is_empty(), differences });
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.passed).count();
    Report {
        policy: document.name.clone(),
        passed: outcomes.len() - failed,
        failed,
        cases: outcomes,
        coverage: coverage.finish(),
    }
}

fn pretty(report: &Report) -> String {
    let mut text = String::new();
    for Outcome { name, file, line, passed, differences } in &report.cases {
        let name = name.escape_debug();
        if *passed {
            text += &format!("ok      {name}\n");
            continue;
        }
        text += &format!("FAILED  {name} ({file}:{line})\n");
        for difference in differences {
            text += &format!("        {}\n", difference.replace('\n', "\n        "));
        }
    }
    let Coverage { percent, covered, missing } = &report.coverage;
    text += &format!("\n{}: {} passed, {} failed\n", report.policy, report.passed, report.failed);
    text += &format!(
        "{percent} % covered: {} of {}\n",
        covered.len(),
        count(covered.len() + missing.len(), "outcome")
    );
    for missing in missing {
        text += &format!("  no case: {missing}\n");
    }
    text
}
