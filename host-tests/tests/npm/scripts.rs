//! Scripts that use the package as its users do.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::json;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::files;
use wicketgate_testkit::test_tools;

use crate::installed::{Installed, run};
use crate::variables::VARIABLES;

/// A script that uses all of the types compiles, and what they must refuse is refused.
pub(crate) fn types(installed: &Installed) -> Result<()> {
    let compiler = test_tools::typescript(&Cache::open()?)?;
    files::write(&installed.project().join("types.ts"), include_str!("types.ts"))?;
    let mut tsc = Command::new("node");
    tsc.arg(compiler).args(["--noEmit", "--strict", "--exactOptionalPropertyTypes"]);
    // Without the types of browsers or Node: the package's own must stand alone.
    tsc.args(["--noUncheckedIndexedAccess", "--module", "nodenext", "--target", "es2022"]);
    tsc.args(["--lib", "es2022", "--types", "", "types.ts"]).current_dir(installed.project());
    run(&mut tsc)?;
    let declared = files::read(&installed.package().join("index.d.ts"))?;
    let any = |line: &&str| !line.trim_start().starts_with('*') && line.contains(": any");
    ensure!(declared.lines().filter(any).count() == 0, "`any` is no type");
    Ok(())
}

/// Arguments that are no policy, no request, or no time.
pub(crate) fn arguments(installed: &Installed) -> Result<()> {
    let said = installed.node("arguments.mjs", include_str!("arguments.mjs"), &[])?;
    ensure!(said.trim() == "all good", "{said}");
    Ok(())
}

/// `check` says what the core's own snapshots say, and `Policy` throws the same.
pub(crate) fn bad_policies(installed: &Installed) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/tests/bad");
    let variables: serde_json::Map<_, _> =
        VARIABLES.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let environment = json!({ "host": "envoy", "variables": variables }).to_string();
    let folder_text = folder.display().to_string();
    let said = installed.node("bad.mjs", include_str!("bad.mjs"), &[&folder_text, &environment])?;
    let said: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&said)?;
    let mut count = 0;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension() != Some("faults".as_ref()) {
            continue;
        }
        count += 1;
        let name = path.file_stem().unwrap_or_default().display().to_string();
        let found = said.get(&name).and_then(|found| found.as_str()).unwrap_or_default();
        let expected = files::read(&path)?;
        ensure!(found == expected, "{name}: expected\n{expected}found\n{found}");
    }
    ensure!(count >= 40 && count == said.len(), "{count} snapshots, {} policies", said.len());
    Ok(())
}
