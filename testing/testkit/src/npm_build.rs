//! The core as an npm package, as it is published: built, made a JavaScript module, optimised,
//! and put beside the files that are written by hand.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::cargo_build::Build;
use wicketgate_runtime::files;
use wicketgate_runtime::progress::Step;
use wicketgate_runtime::tools::{self, BINARYEN_VERSION};
use wicketgate_runtime::worker_build::{BINDGEN, FLAGS, TARGET};

/// The name that users import.
pub const NAME: &str = "wicketgate-policy";

/// The most that the module may be, in bytes. A page fetches and compiles it before its own code
/// goes on: what the same core weighs in the filter is what it may weigh here.
pub const LIMIT: u64 = wicketgate_runtime::filter::LIMIT;

/// The built package.
#[derive(Clone, Debug)]
pub struct Package {
    /// The folder with all of its files, and nothing else.
    pub folder: PathBuf,
    /// The size of the wasm module in bytes.
    pub size: u64,
}

impl Package {
    /// Returns `true` if it is small enough.
    pub fn fits(&self) -> bool {
        self.size <= LIMIT
    }
}

/// Builds the package from the sources in `checkout` as they are now, into `npm` in `target_dir`.
/// Cargo decides whether there is anything to do; the rest is done again only when what cargo
/// built or what is written by hand differs.
pub fn build(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<Package> {
    tools::target(cache, checkout, TARGET)?;
    let binaryen = tools::binaryen(cache)?;
    let mut step = Step::begin("building the npm package");
    let compiled = CORE.run(cache, checkout, target_dir, &mut step)?;
    let bindgen = BINDGEN.run(cache, checkout, target_dir, &mut step)?;

    let mut sources = files::sources(&checkout.join("policy-js/package"))?;
    for shared in ["LICENSE-APACHE", "LICENSE-MIT"] {
        sources.insert(shared.into(), checkout.join(shared));
    }
    let mut parts = vec![format!("{BINARYEN_VERSION} {FLAGS:?}").into_bytes()];
    for input in sources.values().chain([&compiled, &bindgen]) {
        parts.push(std::fs::read(input).with_context(|| input.display().to_string())?);
    }
    let (folder, stamp) = (target_dir.join("npm"), target_dir.join("npm.from"));
    let from = files::digest(parts.iter().map(Vec::as_slice));
    if std::fs::read_to_string(&stamp).ok().as_ref() != Some(&from) {
        // Without its stamp a folder that was half filled is not taken for done.
        let _absent = std::fs::remove_file(&stamp);
        files::remove(&folder)?;
        files::copy(&sources, &folder)?;
        let work = cache.run_folder()?;
        let mut command = std::process::Command::new(&bindgen);
        command.args([Path::new("npm"), &compiled, &folder]);
        wicketgate_runtime::command::run(
            &mut command,
            &work.path().join("bindgen.log"),
            &mut step,
            ADVICE,
        )?;
        let (wasm, small) = (folder.join(WASM), work.path().join("small.wasm"));
        binaryen.run("wasm-opt", &FLAGS, &wasm, &small, &mut step)?;
        std::fs::copy(&small, &wasm).with_context(|| wasm.display().to_string())?;
        files::write(&stamp, &from)?;
    }
    let wasm = folder.join(WASM);
    let size = wasm.metadata().with_context(|| wasm.display().to_string())?.len();
    step.done();
    Ok(Package { folder, size })
}

const CORE: Build<'_> = Build {
    package: "wicketgate-policy-js",
    arguments: &["--release", "--target", TARGET],
    extension: "wasm",
};

const WASM: &str = "wicketgate_policy_bg.wasm";

const ADVICE: &str = "the module that cargo built is at fault";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_too_many_does_not_fit() {
        let package = |size| Package { folder: PathBuf::new(), size };
        assert!(package(LIMIT).fits() && !package(LIMIT + 1).fits());
    }
}
