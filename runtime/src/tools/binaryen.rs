//! Binaryen, which makes a wasm module smaller than a compiler leaves it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::cache::Cache;
use crate::command::run;
use crate::progress::Step;

/// Binaryen's programs, JavaScript that Node runs.
#[derive(Clone, Debug)]
pub struct Binaryen {
    programs: PathBuf,
}

/// Changes what is built: the filter's stamp contains it.
pub const BINARYEN_VERSION: &str = "132.0.0";

/// Binaryen from the npm registry, of exactly the pinned version.
pub fn binaryen(cache: &Cache) -> Result<Binaryen> {
    let entry = format!("binaryen-{BINARYEN_VERSION}");
    let what = format!("downloading binaryen {BINARYEN_VERSION}, by npm from its package registry");
    let folder = cache.install(&entry, &what, |folder, step| {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"]);
        npm.arg(format!("binaryen@{BINARYEN_VERSION}")).arg("--prefix").arg(folder);
        npm.current_dir(folder);
        run(&mut npm, &cache.log("binaryen"), step, ADVICE)
    })?;
    Ok(Binaryen { programs: folder.join("node_modules/binaryen/bin") })
}

impl Binaryen {
    /// The folder with the programs, for a `PATH`.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// Runs one of the programs to its end.
    pub fn run(
        &self,
        program: &str,
        arguments: &[&str],
        from: &Path,
        to: &Path,
        step: &mut Step,
    ) -> Result<()> {
        let mut node = Command::new("node");
        node.arg(self.programs.join(program)).args(arguments).arg(from).arg("-o").arg(to);
        run(&mut node, &to.with_extension("log"), step, "the module that cargo built is at fault")
    }
}

const ADVICE: &str = "Node 20 or newer with npm is needed, and npm must reach a package registry, \
     directly or as its own configuration says";
