//! The command as `cargo install` leaves it, run where there is no checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_testkit::checkout::{Checkout, show};

use super::up_check::{Up, told};
use crate::steps::Count;

/// Installs the command into a folder of its own, and checks what it does in an empty folder; each
/// check counts.
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    let root = TempDir::new()?;
    let mut install = checkout.cargo();
    install.args(["install", "--quiet", "--locked", "--path", "cli", "--root"]).arg(root.path());
    // Its target folder is the checkout's, so that little is compiled twice.
    install.env("CARGO_TARGET_DIR", checkout.target_dir());
    let mut count = Count::one(show(checkout, &mut install)?.0);
    if count.failed > 0 {
        return Ok(count);
    }
    let installed = root.path().join("bin/wicketgate");
    let nothing = root.path().join("nothing-was-said");
    count.add(told(&nothing, "it tells what it carries", tells_version(&installed)));
    count.add(told(&nothing, "it runs the cases beside a policy", runs_cases(&installed, &root)));
    for host in ["envoy", "worker"] {
        let mut up = Up::start(
            checkout,
            |folder| {
                let mut command = alone(&installed, folder);
                // What was downloaded once need not be again.
                command.env("WICKETGATE_CACHE", checkout.cache.root());
                for binary in ["ENVOY_BIN", "WORKERD_BIN"] {
                    command.envs(std::env::var_os(binary).map(|value| (binary, value)));
                }
                command
            },
            &["--host", host],
        )?;
        let said = up.said();
        let mut check = |what: &str, outcome: Result<()>| {
            count.add(told(&said, &format!("{what} ({host})"), outcome));
        };
        check("it is ready", up.says_ready());
        check("it builds nothing", builds_nothing(&said));
        check("it refuses a job without a token", up.refuses_with(422));
        check("it lets a job with the token in", up.lets_in());
        check("each audit line is JSON", up.prints_audit_lines());
        check("Ctrl-C ends it and its host", up.interrupt());
    }
    Ok(count)
}

/// The command in `folder`, with nothing of our environment.
fn alone(installed: &Path, folder: &Path) -> Command {
    let mut command = Command::new(installed);
    command.current_dir(folder).env_clear();
    command
}

fn tells_version(installed: &Path) -> Result<()> {
    let output = Command::new(installed).env_clear().arg("--version").output()?;
    let said = String::from_utf8(output.stdout).context("it is not UTF-8")?;
    let lines: Vec<&str> = said.lines().collect();
    let [command, filter, worker] = lines.as_slice() else { bail!("it says `{said}`") };
    let version = env!("CARGO_PKG_VERSION");
    ensure!(*command == format!("wicketgate {version}"), "it says `{said}`");
    for (line, what) in [(filter, "filter"), (worker, "Worker")] {
        let digest = line.strip_prefix(&format!("the {what} that it carries: {version}, sha256 "));
        let is_one = |digest: &str| {
            digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        ensure!(digest.is_some_and(is_one), "it says `{line}`");
    }
    Ok(())
}

fn runs_cases(installed: &Path, folder: &TempDir) -> Result<()> {
    let file = |name: &str| -> PathBuf { folder.path().join(name) };
    files::write(&file("policy.json"), POLICY)?;
    files::write(&file("policy.test.yaml"), CASES)?;
    let mut command = alone(installed, folder.path());
    let output = command.args(["test", "policy.json"]).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success() && said.contains("2 passed, 0 failed"), "it says `{said}`");
    Ok(())
}

fn builds_nothing(said: &Path) -> Result<()> {
    let said = files::read_lossy(said);
    ensure!(!said.contains("building"), "it builds");
    Ok(())
}

const POLICY: &str = r#"{
    "version": 1, "name": "runs", "environment": "production", "unmatched": "deny",
    "callers": { "cron": { "token": { "header": "x-token", "keys": [{ "id": "a", "env": "TOKEN" }] } } },
    "rules": [{ "id": "runs", "paths": ["/runs"], "allow": [{ "methods": ["POST"], "caller": "cron" }] }],
    "forward": { "credential": "remove" }
}"#;

const CASES: &str = r#"
cases:
  - name: a run with the token
    request: { method: POST, target: /runs, headers: [[x-token, "{{TOKEN}}"]] }
    expect: { decision: allow, rule: runs, caller: cron }
  - name: a run without
    request: { method: POST, target: /runs }
    expect: { decision: deny, reason: credential_missing }
"#;
