//! The site: the pages of `docs/` as a book, and the playground, built from the checkout.

mod links;
mod pages;

pub use links::{Checked, check};

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wicketgate_runtime::progress::Step;
use wicketgate_runtime::{command, files};

use crate::checkout::Checkout;
use crate::npm_build::PACKAGE;
use crate::test_tools::{CargoTool, app_folder, cargo_tool};

/// The built site.
#[derive(Clone, Debug)]
pub struct Site {
    /// The folder that a server of static files hands out.
    pub folder: PathBuf,
    /// The playground's sources with the packages that they need, its tests among them.
    pub playground: PathBuf,
}

/// Builds the site into `target/site`.
///
/// # Errors
/// If a tool can't be installed, or a page can't be built.
pub fn build(checkout: &Checkout) -> Result<Site> {
    let cache = &checkout.cache;
    let package = checkout.build(&PACKAGE)?;
    let mdbook = cargo_tool(cache, CargoTool::MDBOOK)?;
    let sources = checkout.root.join("docs/playground");
    let playground = app_folder(cache, "playground", &sources, &[])?;
    let mut step = Step::begin("building the site");
    let (folder, work) = (checkout.target_dir().join("site"), cache.run_folder()?);
    files::remove(&folder)?;
    let book = work.path().join("book");
    pages::stage(&checkout.root, &book)?;
    let mut build = Command::new(mdbook);
    build.arg("build").arg(&book).arg("--dest-dir").arg(absolute(&folder)?);
    command::run(&mut build, &work.path().join("mdbook.log"), &mut step, "see what it says above")?;
    let mut bundle = Command::new("node");
    bundle.arg("build.mjs").args([&checkout.root, &package.path]);
    bundle.arg(absolute(&folder.join("playground"))?).current_dir(&playground);
    command::run(
        &mut bundle,
        &work.path().join("bundle.log"),
        &mut step,
        "see what it says above",
    )?;
    step.done();
    Ok(Site { folder, playground })
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| path.display().to_string())
}
