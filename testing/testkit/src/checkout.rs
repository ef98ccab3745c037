//! The checkout that the commands work on, and the cache beside it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::files;
use wicketgate_runtime::log_reader::LogReader;
use wicketgate_runtime::process::Process;
use wicketgate_runtime::ships::{Built, Ships};
use wicketgate_runtime::wait::wait_until;

/// The checkout and the cache.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// The folder that holds the workspace.
    pub root: PathBuf,
    /// The place of installed tools.
    pub cache: Cache,
}

impl Checkout {
    /// The checkout of the crate that cargo runs.
    pub fn open() -> Result<Self> {
        // At run time, because a target folder may be shared by several checkouts.
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.ancestors().find(|folder| folder.join("Cargo.lock").exists());
        let root = root.context("cannot find the checkout")?.to_owned();
        Ok(Self { root, cache: Cache::open()? })
    }

    /// The text of the shipped Envoy configuration.
    pub fn shipped_envoy_yaml(&self) -> Result<String> {
        files::read(&self.root.join("envoy/envoy.yaml"))
    }

    /// The cargo that runs us, to be run in the checkout.
    pub fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.root);
        command
    }

    /// The directory in which cargo builds.
    pub fn target_dir(&self) -> PathBuf {
        let folder = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        self.root.join(folder)
    }

    /// Builds something that ships.
    pub fn build(&self, what: &Ships) -> Result<Built> {
        what.build(&self.cache, &self.root, &self.target_dir())
    }

    /// Its place and its size, for people.
    pub fn describe(&self, built: &Built) -> String {
        format!("{}: {}", self.relative(&built.path).display(), built.size_of_limit())
    }

    /// A path as one would type it in the checkout.
    pub fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

/// Runs a command and prints what it prints, line by line; says whether it went well.
pub fn show(checkout: &Checkout, command: &mut Command) -> Result<(bool, String)> {
    let folder = checkout.cache.run_folder()?;
    let log = folder.path().join("output.log");
    let mut process = Process::start(command, &log)?;
    let mut reader = LogReader::at_start(&log);
    let status = wait_until("a step", Duration::from_secs(60 * 60), || {
        // Asked first: what it printed before its end is printed here before ours.
        let ended = process.ended()?;
        reader.lines()?.iter().for_each(|line| println!("{line}"));
        Ok(ended)
    })?;
    if !status.success() {
        println!("{status}");
    }
    Ok((status.success(), process.output()))
}
