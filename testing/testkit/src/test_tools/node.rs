//! Node apps, installed and built in a copy outside the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::{ask, run};
use wicketgate_runtime::files;

use super::machine::copied;

/// A copy of the app in `folder` with its packages installed and the commands `prepare` run in
/// it. Copies with the same sources are shared; those that nobody used for a week go.
pub fn app_folder(
    cache: &Cache,
    name: &str,
    folder: &Path,
    prepare: &[Vec<String>],
) -> Result<PathBuf> {
    copied(cache, name, folder, prepare, &version()?, |app, log, step| {
        let lock = files::read(&app.join("package-lock.json"))?;
        // Not `npm ci`, which refuses a lock file that lacks optional packages for platforms
        // that a registry did not carry when it was written. It installs what the lock file says
        // all the same, and adds what is carried now:
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund"]).current_dir(app);
        run(&mut npm, log, step, ADVICE)?;
        if !keeps(&lock, &files::read(&app.join("package-lock.json"))?)? {
            bail!("package-lock.json does not fit package.json: run `npm install` in the app");
        }
        Ok(())
    })
}

/// Returns `true` if every locked package is still locked as it was, and all new ones are optional,
/// for another platform.
fn keeps(before: &str, after: &str) -> Result<bool> {
    let packages = |lock: &str| -> Result<Map<String, Value>> {
        let mut lock: Value = serde_json::from_str(lock).context("package-lock.json")?;
        match lock.get_mut("packages").map(Value::take) {
            Some(Value::Object(packages)) => Ok(packages),
            _ => bail!("package-lock.json has no `packages`"),
        }
    };
    let (before, after) = (packages(before)?, packages(after)?);
    let is_optional = |package: &Value| package.get("optional") == Some(&Value::Bool(true));
    let kept = before.iter().all(|(path, package)| after.get(path) == Some(package));
    let added =
        |(path, package): (&String, &Value)| before.contains_key(path) || is_optional(package);
    Ok(kept && after.iter().all(added))
}

fn version() -> Result<String> {
    match ask(Command::new("node").arg("--version")) {
        Some(version) => Ok(version.trim().to_owned()),
        None => bail!("no `node` on the path: install Node 20 or newer with npm"),
    }
}

const ADVICE: &str = "try the same command by hand: npm must reach a package registry, directly \
     or as its own configuration says";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_may_gain_optional_packages_and_nothing_else() {
        let lock =
            |packages: &str| format!(r#"{{ "lockfileVersion": 3, "packages": {packages} }}"#);
        let one = lock(r#"{ "node_modules/a": { "version": "1.0.0" } }"#);
        for (after, good) in [
            (r#"{ "node_modules/a": { "version": "1.0.0" } }"#, true),
            (
                r#"{ "node_modules/a": { "version": "1.0.0" },
                    "node_modules/b": { "version": "1.0.0", "optional": true } }"#,
                true,
            ),
            (
                r#"{ "node_modules/a": { "version": "1.0.0" },
                    "node_modules/b": { "version": "1.0.0" } }"#,
                false,
            ),
            (r#"{ "node_modules/a": { "version": "1.0.1" } }"#, false),
            ("{}", false),
        ] {
            assert_eq!(keeps(&one, &lock(after)).unwrap(), good, "{after}");
        }
        assert!(keeps("{}", &one).is_err());
    }
}
