//! What ships, as users get it, built by whoever tests it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Result, anyhow};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::ships::{self, FILTER, Ships};
use wicketgate_runtime::{filter, progress};
use wicketgate_testkit::cli_build;

/// The bytes of the filter, built from the sources as they are now.
///
/// Cargo runs once per process and does nothing where nothing changed; looking for a file that
/// happens to be there would test the filter of yesterday.
pub fn filter() -> Result<&'static [u8]> {
    static BYTES: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| {
        let path = path(&FILTER).map_err(|error| format!("{error:#}"))?;
        std::fs::read(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
    });
    bytes.as_deref().map_err(|message| anyhow!("{message}"))
}

/// The place of something that ships, built from the sources as they are now: where every other
/// command builds it, because a second build of the same takes a minute.
pub fn path(what: &Ships) -> Result<PathBuf> {
    static PATHS: Mutex<BTreeMap<&str, Result<PathBuf, String>>> = Mutex::new(BTreeMap::new());
    let mut paths = PATHS.lock().unwrap_or_else(PoisonError::into_inner);
    let path = paths.entry(what.name).or_insert_with(|| {
        let cache = cache().map_err(|error| format!("{error:#}"))?;
        let built = what.build(&cache, &workspace(), &target_dir());
        built.map(|built| built.path).map_err(|error| format!("{error:#}"))
    });
    path.clone().map_err(|message| anyhow!("{message}"))
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

/// The path of the native module with faults on demand, which only the fault table runs.
pub fn module_with_faults() -> Result<PathBuf> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let cache = cache().map_err(|error| format!("{error:#}"))?;
        let built = ships::module_with_faults(&cache, &workspace(), &target_dir());
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
