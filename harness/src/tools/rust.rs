//! Parts of the Rust toolchain that rust-toolchain.toml's users may lack.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::cache::Cache;
use crate::command::{ask, run};
use crate::progress::Step;

/// Makes sure that the toolchain of the checkout `root` compiles for `target`.
pub fn target(cache: &Cache, root: &Path, target: &str) -> Result<()> {
    let folder = ask(Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .current_dir(root));
    if folder.is_some_and(|folder| Path::new(folder.trim()).exists()) {
        return Ok(());
    }
    add(cache, root, "target", target)
}

/// Makes sure that the toolchain of the checkout `root` has the component `name`.
pub fn component(cache: &Cache, root: &Path, name: &str) -> Result<()> {
    let installed =
        ask(Command::new("rustup").args(["component", "list", "--installed"]).current_dir(root));
    if installed.is_some_and(|list| list.lines().any(|line| line.starts_with(name))) {
        return Ok(());
    }
    add(cache, root, "component", name)
}

/// Makes sure that there is a nightly compiler, which coverage-guided fuzzing needs.
pub fn nightly(cache: &Cache) -> Result<()> {
    if ask(Command::new("rustup").args(["run", "nightly", "rustc", "--version"])).is_some() {
        return Ok(());
    }
    let mut step = Step::begin("installing a nightly Rust compiler");
    let mut rustup = Command::new("rustup");
    rustup.args(["toolchain", "install", "nightly", "--profile", "minimal"]);
    let advice = "fuzzing needs a nightly compiler, and nothing else does: install one by \
         `rustup toolchain install nightly --profile minimal`";
    run(&mut rustup, &cache.log("rustup"), &mut step, advice)?;
    step.done();
    Ok(())
}

fn add(cache: &Cache, root: &Path, kind: &str, name: &str) -> Result<()> {
    let mut step =
        Step::begin(format!("downloading the Rust {kind} {name}, by rustup from its server"));
    let mut rustup = Command::new("rustup");
    rustup.args([kind, "add", name]).current_dir(root);
    let advice = format!(
        "if Rust does not come from rustup here, install the {kind} `{name}` for the version in \
         rust-toolchain.toml as your distribution does it"
    );
    run(&mut rustup, &cache.log("rustup"), &mut step, &advice)?;
    step.done();
    Ok(())
}
