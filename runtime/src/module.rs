//! The native module for Envoy as it is shipped.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::cargo_build::Build;
use crate::files;
use crate::progress::Step;

/// The built module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its path.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

/// Builds the module from the sources in `checkout` as they are now. Its name tells what is in it,
/// because Envoy does not load a file anew whose name it has in use.
pub fn build(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<Module> {
    build_with(cache, checkout, target_dir, &["--profile", "module"])
}

/// Builds the module with panics that a request's header can cause. Not for use.
pub fn build_with_faults(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<Module> {
    let arguments = ["--profile", "module", "--features", "wicketgate-envoy-module/faults"];
    build_with(cache, checkout, target_dir, &arguments)
}

/// Returns `true` if the module has none of the faults that tests ask for.
pub fn ships(module: &Module) -> Result<bool> {
    let bytes = std::fs::read(&module.path).with_context(|| module.path.display().to_string())?;
    Ok(!bytes.windows(FAULT.len()).any(|window| window == FAULT))
}

/// The header by which a request asks for a panic (`envoy-module/src/fault.rs`).
const FAULT: &[u8] = b"wicketgate-test-panic";

fn build_with(
    cache: &Cache,
    checkout: &Path,
    target_dir: &Path,
    arguments: &[&str],
) -> Result<Module> {
    let mut step = Step::begin("building the module");
    let build = Build { package: "wicketgate-envoy-module", arguments, extension: "so" };
    let compiled = build.run(cache, checkout, target_dir, &mut step)?;
    let bytes = std::fs::read(&compiled).with_context(|| compiled.display().to_string())?;
    let digest = files::digest([bytes.as_slice()]);
    let name = format!("wicketgate-{}-{digest}.so", env!("CARGO_PKG_VERSION"));
    let path = compiled.with_file_name(name);
    if !path.exists() {
        files::replace(&path, bytes)?;
    }
    let size = path.metadata().with_context(|| path.display().to_string())?.len();
    step.done();
    Ok(Module { path, size })
}
