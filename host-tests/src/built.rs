//! The filter as Envoy gets it, built by whoever tests it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::{filter, module, progress, worker_build};
use wicketgate_testkit::{cli_build, npm_build};

/// The bytes of the filter, built from the sources as they are now.
///
/// Cargo runs once per process and does nothing where nothing changed; looking for a file that
/// happens to be there would test the filter of yesterday.
pub fn filter() -> Result<&'static [u8]> {
    static BYTES: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| {
        let path = filter_path().map_err(|error| format!("{error:#}"))?;
        std::fs::read(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
    });
    bytes.as_deref().map_err(|message| anyhow!("{message}"))
}

/// The path at which [`filter`] leaves the file, for tests that give it to Envoy: where every other
/// command builds it, because a second build of the same takes a minute.
pub fn filter_path() -> Result<PathBuf> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let cache = cache().map_err(|error| format!("{error:#}"))?;
        let built = filter::build(&cache, &workspace(), &target_dir());
        built.map(|filter| filter.path).map_err(|error| format!("{error:#}"))
    });
    path.clone().map_err(|message| anyhow!("{message}"))
}

/// The native module, for tests that give it to Envoy.
pub fn module_path() -> Result<PathBuf> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let cache = Cache::open().map_err(|error| format!("{error:#}"))?;
        let built = module::build(&cache, &workspace(), &target_dir().join("host-tests-module"));
        built.map(|module| module.path).map_err(|error| format!("{error:#}"))
    });
    path.clone().map_err(|message| anyhow!("{message}"))
}

/// The folder with the built Worker, from where every other command builds it, too.
pub fn worker() -> Result<PathBuf> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let cache = cache().map_err(|error| format!("{error:#}"))?;
        let built = worker_build::build(&cache, &workspace(), &target_dir());
        built.map(|worker| worker.folder).map_err(|error| format!("{error:#}"))
    });
    folder.clone().map_err(|message| anyhow!("{message}"))
}

/// The command `wicketgate`, for tests of what people do with it.
pub fn command() -> Result<PathBuf> {
    static COMMAND: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let command = COMMAND.get_or_init(|| {
        let cache = cache().map_err(|error| format!("{error:#}"))?;
        let built = cli_build::build(&cache, &workspace(), &target_dir());
        built.map_err(|error| format!("{error:#}"))
    });
    command.clone().map_err(|message| anyhow!("{message}"))
}

/// The folder of the npm package, built from the sources as they are now.
pub fn npm_package() -> Result<PathBuf> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let cache = cache().map_err(|error| format!("{error:#}"))?;
        let built = npm_build::build(&cache, &workspace(), &target_dir());
        built.map(|package| package.folder).map_err(|error| format!("{error:#}"))
    });
    folder.clone().map_err(|message| anyhow!("{message}"))
}

/// The filter with a comparison that ends at the first wrong byte: what a test of constant time has
/// to catch.
pub fn filter_with_early_exit() -> Result<Vec<u8>> {
    let folder = target_dir().join("host-tests-wasm-early-exit");
    let path = filter::build_with_early_exit(&cache()?, &workspace(), &folder)?;
    Ok(std::fs::read(path)?)
}

/// The path of the filter with faults on demand, which only the fault table runs.
pub fn filter_with_faults() -> Result<PathBuf> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let folder = target_dir().join("host-tests-wasm-faults");
        let cache = cache().map_err(|error| format!("{error:#}"))?;
        let built = filter::build_with_faults(&cache, &workspace(), &folder);
        built.map_err(|error| format!("{error:#}"))
    });
    path.clone().map_err(|message| anyhow!("{message}"))
}

fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => workspace().join(directory),
        None => workspace().join("target"),
    }
}

/// The cache. Builds take minutes, so their progress is shown.
fn cache() -> Result<Cache> {
    progress::show();
    Cache::open()
}

/// The root of the checkout.
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}
