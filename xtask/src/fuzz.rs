//! `cargo xtask fuzz`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::files;
use wicketgate_runtime::process::Process;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::checkout::{Checkout, show};
use wicketgate_testkit::test_tools::{self, CargoTool};

use crate::exit_code;
use crate::terminal::Paint;

/// Fuzz the core, coverage-guided, for a while each target.
///
/// Needs a nightly compiler, which is installed if rustup can. Runs every target for the given
/// time, each from the small corpus in `testing/fuzz/seeds` and what earlier runs added to it in the target
/// folder. An input that panics, takes longer than five seconds, or takes more than 2 GB is a
/// finding: it is kept, its file named, and the command exits with 1.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The number of seconds that each target runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Run only this target; may be given more than once
    #[arg(long, value_name = "NAME", value_parser = TARGETS)]
    target: Vec<String>,
}

const TARGETS: [&str; 8] =
    ["policy", "target", "headers", "address", "token", "keys", "request", "header_map"];

const EXAMPLES: &str = "\
Examples:
  cargo xtask fuzz --seconds 60
  cargo xtask fuzz --seconds 600 --target target";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let paint = Paint::for_stdout();
    let built = build(checkout)?;
    let chosen = |target: &&str| {
        arguments.target.is_empty() || arguments.target.iter().any(|name| name == target)
    };
    println!("{}", paint.strong(&line("target", "executions", "a second", "corpus", "findings")));
    let mut findings = Vec::new();
    for target in TARGETS.into_iter().filter(chosen) {
        let done = fuzz(checkout, &built, target, arguments.seconds)?;
        let each = done.executions / arguments.seconds.max(1);
        let numbers = [done.executions, each, done.corpus].map(|number| number.to_string());
        let [executions, each, corpus] = numbers.each_ref().map(String::as_str);
        let count = done.findings.len().to_string();
        let text = line(target, executions, each, corpus, &count);
        println!("{}", if done.findings.is_empty() { text } else { paint.bad(&text) });
        findings.extend(done.findings);
    }
    for (file, why) in &findings {
        println!("\n{}\n{why}", checkout.relative(file).display());
    }
    println!("\n{} findings", findings.len());
    Ok(exit_code(findings.is_empty()))
}

fn line(target: &str, executions: &str, each: &str, corpus: &str, findings: &str) -> String {
    format!("{target:<10} {executions:>12} {each:>10} {corpus:>8} {findings:>9}")
}

/// Builds all targets, and returns the folder with their binaries.
fn build(checkout: &Checkout) -> Result<PathBuf> {
    test_tools::nightly(&checkout.cache)?;
    let tool = test_tools::cargo_tool(&checkout.cache, CargoTool::FUZZ)?;
    let folder = checkout.target_dir().join("fuzz");
    let mut command = Command::new(tool);
    // Without a sanitizer: the code has no unsafe part of its own, and runs several times faster.
    command.args(["fuzz", "build", "--sanitizer", "none", "--fuzz-dir", "testing/fuzz"]);
    command.arg("--target-dir").arg(&folder);
    // The cargo that runs us is the product's; this one is nightly's.
    command.current_dir(&checkout.root).env("RUSTUP_TOOLCHAIN", "nightly").env_remove("CARGO");
    for name in ["RUSTC", "RUSTDOC", "CARGO_TARGET_DIR"] {
        command.env_remove(name);
    }
    say("building the fuzz targets, which takes minutes the first time");
    if !show(checkout, &mut command)?.0 {
        bail!("the fuzz targets don't build");
    }
    let entries = fs::read_dir(&folder).context("cannot list the fuzz targets")?;
    let release = entries.flatten().map(|entry| entry.path().join("release"));
    let mut built = release.filter(|release| release.join(TARGETS[0]).exists());
    built.next().context("cargo-fuzz built no binary")
}

struct Done {
    executions: u64,
    corpus: u64,
    /// The file with each input, and what came of it.
    findings: Vec<(PathBuf, String)>,
}

fn fuzz(checkout: &Checkout, built: &Path, target: &str, seconds: u64) -> Result<Done> {
    let work = checkout.target_dir().join("fuzz-work").join(target);
    let (corpus, found) = (work.join("corpus"), work.join("findings"));
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make `{}`", folder.display()))?;
    }
    let before = files_in(&found)?;
    let mut command = Command::new(built.join(target));
    command.arg(&corpus).arg(checkout.root.join("testing/fuzz/seeds").join(target));
    command.arg(format!("-dict={}", checkout.root.join("testing/fuzz/words.dict").display()));
    command.arg(format!("-artifact_prefix={}/", found.display()));
    command.arg(format!("-max_total_time={seconds}"));
    // An input that takes five seconds here would hold up a worker of Envoy for as long.
    command.args(["-print_final_stats=1", "-timeout=5", "-rss_limit_mb=2048"]);
    // The specification is slow, and what it differs on is short.
    command.arg(if target == "target" { "-max_len=300" } else { "-max_len=4096" });
    let mut process = Process::start(&mut command, &work.join("output.log"))?;
    let limit = Duration::from_secs(seconds + 60);
    let status = wait_until(&format!("the fuzz target {target}"), limit, || process.ended())?;
    let output = process.output();
    let new: Vec<PathBuf> =
        files_in(&found)?.into_iter().filter(|file| !before.contains(file)).collect();
    let mut findings: Vec<(PathBuf, String)> =
        new.into_iter().map(|file| (file, reason(&output))).collect();
    if !status.success() && findings.is_empty() {
        findings.push((work.join("output.log"), reason(&output)));
    }
    let corpus = u64::try_from(files_in(&corpus)?.len()).unwrap_or(0);
    Ok(Done { executions: executions(&output), corpus, findings })
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(files::sources(folder)?.into_values().collect())
}

/// libFuzzer's count, at its end or in the last line before a finding.
fn executions(output: &str) -> u64 {
    let last =
        |line: &str| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok();
    let line = |line: &str| line.strip_prefix('#')?.split_whitespace().next()?.parse().ok();
    output.lines().find_map(last).or_else(|| output.lines().rev().find_map(line)).unwrap_or(0)
}

/// The lines of an output that say what went wrong.
fn reason(output: &str) -> String {
    let told = |line: &str| line.contains("panicked at") || line.contains("ERROR: libFuzzer");
    let lines: Vec<&str> = output.lines().collect();
    let first = lines.iter().position(|line| told(line)).unwrap_or(lines.len().saturating_sub(8));
    lines[first..].iter().take(4).map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_libfuzzer_counted() {
        assert_eq!(executions("#8\tNEW cov: 1\nstat::number_of_executed_units: 4711\n"), 4_711);
        assert_eq!(executions("#2\tINITED cov: 3\n#4096\tpulse  cov: 3\nthread panicked\n"), 4_096);
        assert_eq!(executions(""), 0);
    }

    #[test]
    fn tells_why() {
        let output =
            "#1\nthread '<unnamed>' panicked at a.rs:1:\nlet in\nnote\n==1== ERROR: x\nmore\n";
        assert!(
            reason(output).starts_with("    thread '<unnamed>' panicked at a.rs:1:\n    let in")
        );
    }
}
