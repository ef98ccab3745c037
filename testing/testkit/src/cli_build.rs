//! The command line, for those who run it as people do.

use std::path::{Path, PathBuf};

use anyhow::Result;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::cargo_build::Build;
use wicketgate_runtime::progress::Step;

/// Builds `wicketgate` from the sources in `checkout` as they are now and returns where it is.
pub fn build(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<PathBuf> {
    let mut step = Step::begin("building the command");
    let built = COMMAND.run(cache, checkout, target_dir, &mut step)?;
    step.done();
    Ok(built)
}

const COMMAND: Build<'_> = Build { package: "wicketgate", arguments: &[], extension: "" };
