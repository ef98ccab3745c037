//! `wicketgate up` as a user runs it: ready line, audit lines, good and bad edits, Ctrl-C.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::http::{Client, Request};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::example::Example;
use wicketgate_testkit::origin::{Installed, Origin};
use wicketgate_testkit::{cli_build, ports, secret};

use crate::steps::Count;

/// Runs the command and checks what it does; each check counts.
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    let command = cli_build::build(&checkout.cache, &checkout.root, &checkout.target_dir())?;
    // It builds the filter from the checkout that it is run in.
    let mut up = Up::start(
        checkout,
        |_| {
            let mut command = Command::new(command);
            command.current_dir(&checkout.root);
            command
        },
        &[],
    )?;
    let mut count = Count::default();
    let said = up.said();
    let mut check = |what: &str, outcome: Result<()>| count.add(told(&said, what, outcome));
    check("it says once that it is ready", up.says_ready());
    check("it refuses a job without a token", up.refuses_with(422));
    check("it lets a job with the token in", up.lets_in());
    check("each audit line is JSON", up.prints_audit_lines());
    check("an edit is in force", up.edit(&up.policy_with_status(451)).and(up.refuses_with(451)));
    check("it says so", up.says("reloaded"));
    check("what is no JSON is refused", up.edit("{").and(up.says("policy.json:1:")));
    check("the old policy stays", up.refuses_with(451));
    check(
        "a fault is said with its place",
        up.edit(&up.policy_with_fault()).and(up.says("version")),
    );
    check("the old policy stays after that too", up.refuses_with(451));
    check("it can be mended", up.edit(&up.policy_with_status(418)).and(up.refuses_with(418)));
    check(
        "a variable that is new is refused",
        up.edit(&up.policy_with_new_variable()).and(up.says("`PATH`")),
    );
    check("Ctrl-C ends it and Envoy", up.interrupt());
    Ok(count)
}

/// Prints how a check went, with what the command wrote into the file `said` if it failed.
pub(super) fn told(said: &Path, what: &str, outcome: Result<()>) -> Count {
    match &outcome {
        Ok(()) => println!("ok: {what}"),
        Err(error) => println!("FAILED: {what}: {error:#}\n{}", files::read_lossy(said)),
    }
    Count::one(outcome.is_ok())
}

/// The command, running, with the example `signal-jobs` behind it.
pub(super) struct Up {
    process: Process,
    address: SocketAddr,
    policy: Value,
    token: String,
    // Ended after the gate before it.
    _origin: Origin,
    folder: TempDir,
}

impl Up {
    /// Starts the `command` that is made for the folder with the policy, with `more` arguments.
    pub(super) fn start(
        checkout: &Checkout,
        command: impl FnOnce(&Path) -> Command,
        more: &[&str],
    ) -> Result<Self> {
        let example = Example::load(&checkout.root, "signal-jobs")?;
        let policy = serde_json::from_str(&example.policy).context("the example's policy")?;
        let folder = TempDir::new()?;
        files::write(&policy_file(&folder), &example.policy)?;
        let installed = Installed::new(&checkout.cache, &example)?;
        let origin = installed.start(folder.path(), &BTreeMap::new(), &example.about.secrets)?;
        let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), ports::free()?);
        let mut command = command(folder.path());
        command.args(["up", "--policy"]).arg(policy_file(&folder));
        command.args(["--upstream", &format!("http://{}", origin.address())]);
        command.args(["--listen", &address.to_string()]).args(more);
        for name in &example.about.secrets {
            command.env(name, secret::make()?);
        }
        let token = secret::make()?;
        command.env("INTERNAL_JOB_TOKEN", &token).envs(&example.about.environment);
        let output = |name| File::create(folder.path().join(name)).context("cannot write a log");
        command.stdout(Stdio::from(output("out")?)).stderr(Stdio::from(output("err")?));
        let process = Process::start_with_outputs(&mut command, &folder.path().join("out"))?;
        Ok(Self { process, address, policy, token, _origin: origin, folder })
    }

    /// The file with what it writes to standard error.
    pub(super) fn said(&self) -> PathBuf {
        self.folder.path().join("err")
    }

    pub(super) fn says_ready(&mut self) -> Result<()> {
        let process = &mut self.process;
        wait_until("the ready line", Duration::from_secs(15 * 60), || {
            if let Some(status) = process.ended()? {
                bail!("it ended ({status})");
            }
            Ok(process.output().contains("\"ready\"").then_some(()))
        })?;
        let output = self.process.output();
        let expected = format!("\"ready\":\"http://{}\"", self.address);
        if output.matches("ready").count() != 1 || !output.contains(&expected) {
            bail!("it says `{output}`");
        }
        Ok(())
    }

    /// Asks until the status is this one: an edit takes a moment to be seen.
    pub(super) fn refuses_with(&self, status: u16) -> Result<()> {
        let request = Request::new("POST", "/internal/run_scan")?;
        wait_until(&format!("a {status}"), Duration::from_secs(10), || {
            let response = Client::new(self.address).ask(&request)?;
            if response.status == 200 {
                bail!("a job ran without a token");
            }
            Ok((response.status == status).then_some(()))
        })
    }

    pub(super) fn lets_in(&self) -> Result<()> {
        let request = Request::new("POST", "/internal/run_scan")?
            .with_header("X-Internal-Token", &self.token)?;
        match Client::new(self.address).ask(&request)?.status {
            200 => Ok(()),
            status => bail!("the status is {status}"),
        }
    }

    pub(super) fn prints_audit_lines(&self) -> Result<()> {
        wait_until("two audit lines", Duration::from_secs(5), || {
            let output = self.process.output();
            let lines = output.lines().skip(1).map(serde_json::from_str::<Value>);
            let lines = lines.collect::<Result<Vec<_>, _>>().context("a line is not JSON")?;
            let with = |decision: &str| {
                lines.iter().any(|line| line["wicketgate.decision"] == json!(decision))
            };
            Ok((with("allow") && with("deny")).then_some(()))
        })
    }

    /// Waits for `text` among what it says on standard error after the last edit.
    fn says(&self, text: &str) -> Result<()> {
        wait_until(&format!("`{text}`"), Duration::from_secs(10), || {
            let said = files::read_lossy(&self.said());
            Ok(said.contains(text).then_some(()))
        })
    }

    fn edit(&self, policy: &str) -> Result<()> {
        // In place, as many an editor does.
        files::write(&policy_file(&self.folder), policy)
    }

    fn policy_with_status(&self, status: u16) -> String {
        let mut policy = self.policy.clone();
        for rule in policy["rules"].as_array_mut().into_iter().flatten() {
            rule["deny"] = json!({ "status": status, "json": {} });
        }
        policy.to_string()
    }

    fn policy_with_fault(&self) -> String {
        let mut policy = self.policy.clone();
        policy["version"] = json!(2);
        policy.to_string()
    }

    /// Every process has a `PATH`; Envoy got none at its start.
    fn policy_with_new_variable(&self) -> String {
        let mut policy = self.policy.clone();
        policy["forward"]["proof"] = json!({ "header": "x-proof", "env": "PATH" });
        policy.to_string()
    }

    pub(super) fn interrupt(&mut self) -> Result<()> {
        self.process.interrupt();
        let process = &mut self.process;
        let status = wait_until("its end", Duration::from_secs(15), || process.ended())?;
        if !status.success() {
            bail!("it ended with {status}");
        }
        if TcpStream::connect(self.address).is_ok() {
            bail!("somebody still listens on {}", self.address);
        }
        Ok(())
    }
}

fn policy_file(folder: &TempDir) -> PathBuf {
    folder.path().join("policy.json")
}
