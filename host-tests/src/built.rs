//! The filter as Envoy gets it, built by whoever tests it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use wicketgate_harness::cache::Cache;
use wicketgate_harness::filter::{Edition, build};

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

/// The bytes of the filter that knows signed tokens.
pub fn filter_with_jwt() -> Result<Vec<u8>> {
    let built = build(&Cache::open()?, &workspace(), &target_dir(), Edition::Jwt)?;
    std::fs::read(&built.path).map_err(|error| anyhow!("cannot read the filter: {error}"))
}

/// Where [`filter`] leaves the file, for those who give it to Envoy.
pub fn filter_path() -> Result<PathBuf> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let cache = Cache::open().map_err(|error| format!("{error:#}"))?;
        let built = build(&cache, &workspace(), &target_dir(), Edition::Small);
        built.map(|filter| filter.path).map_err(|error| format!("{error:#}"))
    });
    path.clone().map_err(|message| anyhow!("{message}"))
}

/// A directory of its own: a build that runs while another holds the lock would wait for it.
fn target_dir() -> PathBuf {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => workspace().join(directory),
        None => workspace().join("target"),
    };
    target.join("host-tests-wasm")
}

fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}
