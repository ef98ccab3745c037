//! An operator's desk: a folder with the policy, and the commands of `docs/rotation.md`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use wicketgate_host_tests::built;
use wicketgate_runtime::files::{self, TempDir};

/// The commands of the runbook that are run here, in its order.
pub(crate) const RUN: [&str; 7] =
    [PLANNED, VERSION, WATCHED, IN_A_VARIABLE, STOLEN, VERSION, REVOKED];

pub(crate) const PLANNED: &str =
    "wicketgate token rotate policy.json --caller cron --id cron-2027-q1 --out cron-token.txt";
pub(crate) const IN_A_VARIABLE: &str = "wicketgate token rotate policy.json --caller cron --id cron-2027-q1 --env CRON_TOKEN_2027_Q1 --out cron-token-2027-q1.txt";
pub(crate) const STOLEN: &str = "wicketgate token rotate policy.json --caller cron --id cron-2027-q1-new --stolen --out cron-new-token.txt";
const VERSION: &str = "wicketgate check policy.json --json";
const WATCHED: &str =
    "wicketgate audit envoy.log --caller cron --since 2027-01-10T12:00:00Z --json";
const REVOKED: &str = "wicketgate audit envoy.log --reason key_revoked --json";

/// The commands that the runbook shows, in its order. Those that write a proxy's files are run on
/// real Envoy by `cli/tests/watch.rs`.
pub(crate) fn shown() -> Vec<String> {
    let page = fs::read_to_string(built::workspace().join("docs/rotation.md")).unwrap();
    let commands = page.lines().filter(|line| line.starts_with("wicketgate "));
    let commands = commands.filter(|line| !line.starts_with("wicketgate render "));
    commands.map(str::to_owned).collect()
}

/// The desk.
#[derive(Debug)]
pub(crate) struct Desk {
    folder: TempDir,
    pub(crate) policy: Value,
}

/// The output of `token rotate`.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) caller: String,
    pub(crate) id: String,
    pub(crate) token: String,
    /// The variable that the host is to have the token in.
    pub(crate) variable: Option<String>,
    /// The keys to paste, step by step.
    pub(crate) pasted: Vec<Value>,
}

impl Desk {
    pub(crate) fn new(policy: &str) -> Self {
        let desk =
            Self { folder: TempDir::new().unwrap(), policy: serde_json::from_str(policy).unwrap() };
        desk.save();
        desk
    }

    /// Runs a command that makes a token, for `caller` in the place of `cron`.
    pub(crate) fn rotate(&self, command: &str, caller: &str) -> Told {
        let variable = caller.to_uppercase().replace('-', "_");
        let command = command.replace("CRON", &variable).replace("cron", caller);
        // Steps are read by people; what they paste is the same.
        let said = self.run(&format!("{command} --json"));
        let out = self.folder.path().join(said["written_to"].as_str().unwrap());
        let token = files::read(&out).unwrap().trim().to_owned();
        fs::remove_file(out).unwrap();
        let steps = said["steps"].as_array().unwrap().iter();
        let pasted = steps.filter(|step| !step["at"].is_null()).map(|step| step["keys"].clone());
        Told {
            caller: caller.to_owned(),
            id: said["key"]["id"].as_str().unwrap().to_owned(),
            token,
            variable: said["key"]["env"].as_str().map(str::to_owned),
            pasted: pasted.collect(),
        }
    }

    /// Puts keys into the policy where the command said.
    pub(crate) fn paste(&mut self, caller: &str, keys: &Value) {
        self.policy["callers"][caller]["token"]["keys"] = keys.clone();
        self.save();
    }

    /// The version that the policy will have.
    pub(crate) fn version(&self) -> String {
        self.run(VERSION)[0]["version"].as_str().unwrap().to_owned()
    }

    /// By which keys a caller was let in since then, in this log.
    pub(crate) fn used(&self, log: &str, caller: &str, since: &str) -> Vec<String> {
        let command = WATCHED.replace("cron", caller).replace("2027-01-10T12:00:00Z", since);
        self.audit(log, &command, "key")
    }

    /// The keys and versions of the lines about revoked keys in this log.
    pub(crate) fn revoked(&self, log: &str) -> [Vec<String>; 2] {
        ["key", "policy version"].map(|field| self.audit(log, REVOKED, field))
    }

    fn audit(&self, log: &str, command: &str, field: &str) -> Vec<String> {
        files::write(&self.folder.path().join("envoy.log"), log).unwrap();
        let said = self.run(command);
        let fields = said["by"].as_array().unwrap();
        let field = fields.iter().find(|by| by["name"] == field);
        let values = field.and_then(|field| field["values"].as_array()).into_iter().flatten();
        values.map(|value| value[0].as_str().unwrap().to_owned()).collect()
    }

    fn save(&self) {
        // As it is rolled out, to the byte: the version is of its bytes.
        files::write(&self.folder.path().join("policy.json"), self.policy.to_string()).unwrap();
    }

    fn run(&self, command: &str) -> Value {
        let program: PathBuf = built::command().unwrap();
        let mut words = command.split(' ');
        assert_eq!(words.next(), Some("wicketgate"));
        let output =
            Command::new(program).args(words).current_dir(self.folder.path()).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`{command}`: {error}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
