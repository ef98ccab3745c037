//! wrangler, with which users deploy Workers and try them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::run;

/// The script to run with `node`, from the npm registry.
pub fn wrangler(cache: &Cache) -> Result<PathBuf> {
    let entry = format!("wrangler-{VERSION}");
    let folder =
        cache.install(&entry, &format!("installing wrangler {VERSION}"), |folder, step| {
            let mut npm = Command::new("npm");
            npm.args(["install", "--no-audit", "--no-fund", "--no-save"]);
            npm.arg(format!("wrangler@{VERSION}")).arg("--prefix").arg(folder);
            npm.current_dir(folder);
            run(&mut npm, &cache.log("wrangler"), step, ADVICE)
        })?;
    Ok(folder.join("node_modules/wrangler/bin/wrangler.js"))
}

/// The last one for Node 20.
const VERSION: &str = "4.85.0";

const ADVICE: &str = "Node 20 or newer with npm is needed, and npm must reach a package registry, \
     directly or as its own configuration says";
