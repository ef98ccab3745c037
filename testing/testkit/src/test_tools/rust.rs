//! Parts of Rust that only checks need.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::{ask, run};
use wicketgate_runtime::progress::Step;
use wicketgate_runtime::tools::add_to_toolchain;

/// Makes sure that the toolchain of the checkout `root` has the component `name`.
pub fn component(cache: &Cache, root: &Path, name: &str) -> Result<()> {
    let installed =
        ask(Command::new("rustup").args(["component", "list", "--installed"]).current_dir(root));
    if installed.is_some_and(|list| list.lines().any(|line| line.starts_with(name))) {
        return Ok(());
    }
    add_to_toolchain(cache, root, "component", name)
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
