//! The npm package in Node, or in a browser, as a subject: one process that answers line by line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use wicketgate_policy::Time;

use crate::site_build::Site;
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::vectors::{
    Answer, Decides, Explanation, Forwarded, Observation, Subject, Vector,
};

/// The npm package, loaded by a Node process that ends with this, or by a browser that it drives.
#[derive(Debug)]
pub struct Node {
    // Before the process, so that it is closed first and Node ends by itself.
    input: ChildStdin,
    lines: Receiver<String>,
    process: Process,
    _folder: TempDir,
}

impl Node {
    /// Starts Node with the built package in `package`.
    pub fn start(package: &Path) -> Result<Self> {
        Self::begin(|answer| {
            let script = answer.with_file_name("node.mjs");
            files::write(&script, SCRIPT)?;
            let mut command = Command::new("node");
            command.arg(&script).arg(package);
            Ok(command)
        })
    }

    /// Starts the browser `chromium` on the built site, whose package it asks.
    pub fn in_browser(site: &Site, chromium: &Path) -> Result<Self> {
        Self::begin(|answer| {
            let mut command = Command::new("node");
            command.arg("tests/vectors.mjs").arg(std::path::absolute(&site.folder)?).arg(answer);
            command.current_dir(&site.playground).env("CHROMIUM_BIN", chromium);
            Ok(command)
        })
    }

    /// Starts the command that is made for the place of the script that asks the package.
    fn begin(command: impl FnOnce(&Path) -> Result<Command>) -> Result<Self> {
        let folder = TempDir::new()?;
        let answer = folder.path().join("answer.mjs");
        files::write(&answer, ANSWER)?;
        let mut command = command(&answer)?;
        let mut process = Process::start_with_pipes(&mut command, &folder.path().join("errors"))
            .context("Node 20 or newer is needed")?;
        let input = process.child().stdin.take().context("no standard input")?;
        let output = process.child().stdout.take().context("no standard output")?;
        let (sender, lines) = channel();
        // Ends with the process, whose output it reads. A pipe can't be read with a deadline.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { input, lines, process, _folder: folder })
    }

    fn observe(&mut self, vector: &Vector) -> Result<Observation> {
        let line = serde_json::to_string(&case(vector)?)?;
        writeln!(self.input, "{line}").with_context(|| self.process.output())?;
        let Ok(answer) = self.lines.recv_timeout(PATIENCE) else {
            bail!("Node gives no answer: {}", self.process.output())
        };
        let said: Said = serde_json::from_str(&answer).with_context(|| answer.clone())?;
        match said {
            Said::Failed { failure } => bail!("{failure}"),
            Said::Decided(decision) => Ok(decision.observed(vector)),
        }
    }
}

impl Subject for Node {
    fn name(&self) -> &str {
        "node"
    }

    fn run(&mut self, vector: &Vector) -> Observation {
        self.observe(vector).unwrap_or_else(|error| Observation::failed(format!("{error:#}")))
    }
}

/// Longer than any decision takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

const SCRIPT: &str = include_str!("node.mjs");

/// What asks the package, wherever it runs.
const ANSWER: &str = include_str!("answer.mjs");

fn case(vector: &Vector) -> Result<Value> {
    let request = &vector.request;
    let now = Time::parse(&vector.now).with_context(|| format!("`{}` is no time", vector.now))?;
    let variables: serde_json::Map<String, Value> =
        vector.env.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    Ok(json!({
        "policy": vector.policy,
        "environment": { "host": vector.host.as_deref().unwrap_or("envoy"), "variables": variables },
        "now": now.unix_millis(),
        "request": {
            "method": request.method,
            "target": request.target,
            "scheme": request.scheme,
            "authority": request.authority,
            "headers": request.headers,
            "trailers": request.trailers,
            "peer": request.peer,
        },
    }))
}

/// A line from Node.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Said {
    Failed { failure: String },
    Decided(Box<Decision>),
}

/// A decision as the package gives it; the body is a character for each byte.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Decision {
    decision: Decides,
    reason: Option<String>,
    rule: Option<String>,
    caller: Option<String>,
    answer: Option<Replied>,
    #[serde(default)]
    edits: Vec<Edit>,
    #[serde(default)]
    trailer_edits: Vec<Edit>,
    audit: Option<String>,
    shadow: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replied {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "op")]
enum Edit {
    Remove { name: String },
    Set { name: String, value: String },
}

impl Decision {
    fn observed(self, vector: &Vector) -> Observation {
        let request = &vector.request;
        let forwarded = (self.decision != Decides::Deny).then(|| Forwarded {
            target: request.target.clone().unwrap_or_default(),
            headers: edited(&request.headers, &self.edits),
            trailers: Some(edited(&request.trailers, &self.trailer_edits)),
        });
        let answer = self.answer.map(|Replied { status, headers, body }| Answer {
            status,
            headers,
            body: Some(body),
        });
        let lines = self.audit.into_iter().chain(self.shadow).collect();
        Observation {
            explanation: Some(Explanation {
                reason: self.reason,
                rule: self.rule,
                caller: self.caller,
            }),
            answer,
            ..Observation::of(self.decision, forwarded, lines)
        }
    }
}

/// Headers changed as a host changes them.
fn edited(headers: &[(String, String)], edits: &[Edit]) -> Vec<(String, String)> {
    let mut headers = headers.to_vec();
    for edit in edits {
        let (Edit::Remove { name } | Edit::Set { name, .. }) = edit;
        headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        if let Edit::Set { name, value } = edit {
            headers.push((name.clone(), value.clone()));
        }
    }
    headers
}
