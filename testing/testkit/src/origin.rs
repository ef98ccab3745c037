//! A running origin of an example.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::example::{Example, Runtime};
use crate::{ports, test_tools};
use anyhow::{Context, Result, bail};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::tail;
use wicketgate_runtime::http::{Client, Request};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;

/// An origin that is installed and can be started.
#[derive(Clone, Debug)]
pub struct Installed {
    folder: PathBuf,
    command: Vec<String>,
    ready: String,
}

/// A running origin.
#[derive(Debug)]
pub struct Origin {
    process: Process,
    address: SocketAddr,
}

impl Installed {
    /// Installs what the origin of `example` needs, outside the checkout.
    pub fn new(cache: &Cache, example: &Example) -> Result<Self> {
        let spec = &example.about.origin;
        let directory = example.folder.join(&spec.directory);
        let (folder, python) = match spec.runtime {
            Runtime::Python => {
                let requirements = spec.requirements.as_deref().unwrap_or_default();
                let requirements = example.folder.join(requirements);
                (directory, Some(test_tools::virtual_environment(cache, &requirements)?))
            }
            Runtime::Node => {
                let name = &example.about.name;
                (test_tools::app_folder(cache, name, &directory, &spec.prepare)?, None)
            }
            Runtime::Machine => {
                let name = &example.about.name;
                (test_tools::copied_folder(cache, name, &directory, &spec.prepare)?, None)
            }
        };
        let python = python.map(|path| path.display().to_string()).unwrap_or_default();
        let command = spec.command.iter().map(|word| word.replace("{python}", &python)).collect();
        Ok(Self { folder, command, ready: spec.ready.clone() })
    }

    /// Starts it, its output in a file in `run`, with `secrets` in its environment; variables
    /// called `hidden` are not passed on from ours.
    pub fn start(
        &self,
        run: &Path,
        secrets: &BTreeMap<String, String>,
        hidden: &[String],
    ) -> Result<Origin> {
        let mut tries = 1;
        loop {
            match self.try_start(run, secrets, hidden) {
                // Somebody took the port between our asking for it and the app's.
                Err(error) if tries < 3 && error.to_string().contains("in use") => tries += 1,
                other => return other,
            }
        }
    }

    fn try_start(
        &self,
        run: &Path,
        secrets: &BTreeMap<String, String>,
        hidden: &[String],
    ) -> Result<Origin> {
        let port = ports::free()?;
        let words = self.command.iter().map(|word| word.replace("{port}", &port.to_string()));
        let words: Vec<String> = words.collect();
        let (program, arguments) = words.split_first().context("an origin without a command")?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder);
        for name in hidden {
            command.env_remove(name);
        }
        // The app may lie in a checkout, which stays as it is.
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUNBUFFERED", "1");
        command.env("NEXT_TELEMETRY_DISABLED", "1").envs(secrets);
        let mut process = Process::start(&mut command, &run.join("origin.log"))?;
        let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
        let client = Client { limit: Duration::from_secs(2), ..Client::new(address) };
        wait_until("the origin", START, || {
            if let Some(status) = process.ended()? {
                let log = tail(&process.output(), 20);
                bail!("the origin ended ({status}); the end of its log:\n{log}");
            }
            let answer = Request::new("GET", &self.ready).and_then(|request| client.ask(&request));
            Ok(answer.ok().filter(|answer| answer.status == 200))
        })
        .with_context(|| format!("cannot start `{}`", words.join(" ")))?;
        Ok(Origin { process, address })
    }
}

impl Origin {
    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its output.
    pub fn output(&self) -> String {
        self.process.output()
    }
}

/// The time limit for an app's start.
const START: Duration = Duration::from_secs(60);
