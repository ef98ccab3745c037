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
    add_to_toolchain(cache, root, "target", target)
}

/// Adds a part of this kind (`target`, `component`) to the toolchain of the checkout `root`, by rustup.
pub fn add_to_toolchain(cache: &Cache, root: &Path, kind: &str, name: &str) -> Result<()> {
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
