//! The TypeScript compiler, which checks the npm package's types.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::run;

/// The script that Node runs as `tsc`, of exactly the pinned version.
pub fn typescript(cache: &Cache) -> Result<PathBuf> {
    let entry = format!("typescript-{VERSION}");
    let what = format!("installing TypeScript {VERSION}");
    let folder = cache.install(&entry, &what, |folder, step| {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"]);
        npm.arg(format!("typescript@{VERSION}")).arg("--prefix").arg(folder);
        npm.current_dir(folder);
        run(&mut npm, &cache.log("typescript"), step, ADVICE)
    })?;
    Ok(folder.join("node_modules/typescript/bin/tsc"))
}

const VERSION: &str = "7.0.2";

const ADVICE: &str = "Node 20 or newer with npm is needed, and npm must reach a package registry, \
     directly or as its own configuration says";
