//! workerd, the runtime of Cloudflare's Workers.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::cache::Cache;
use crate::command::{ask, run};

/// The runtime to run: `WORKERD_BIN` if it is set, else one from the npm registry.
pub fn workerd(cache: &Cache) -> Result<PathBuf> {
    if let Some(binary) = std::env::var_os("WORKERD_BIN").map(PathBuf::from) {
        if ask(Command::new(&binary).arg("--version")).is_none() {
            bail!("`WORKERD_BIN` is `{}`, which does not run as workerd", binary.display());
        }
        return Ok(binary);
    }
    let entry = format!("workerd-{VERSION}");
    let folder = cache.install(
        &entry,
        &format!("downloading workerd {VERSION}, by npm from its package registry"),
        |folder, step| {
            let mut npm = Command::new("npm");
            // Without its script, which only puts the binary of this platform in another place.
            npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"]);
            npm.arg(format!("workerd@{VERSION}")).arg("--prefix").arg(folder);
            npm.current_dir(folder);
            run(&mut npm, &cache.log("workerd"), step, ADVICE)
        },
    )?;
    let packages = folder.join("node_modules/@cloudflare");
    for package in
        ["workerd-linux-64", "workerd-linux-arm64", "workerd-darwin-arm64", "workerd-darwin-64"]
    {
        let binary = packages.join(package).join("bin/workerd");
        if binary.exists() {
            return Ok(binary);
        }
    }
    bail!("npm has no workerd for this platform")
}

/// The runtime of 2026-11-17.
const VERSION: &str = "1.20261117.1";

const ADVICE: &str = "Node 20 or newer with npm is needed, and npm must reach a package registry, \
     directly or as its own configuration says";
