//! The gate as an installed command carries it: the built filter and the built Worker, as files.
//!
//! The command's build script has them built, and embeds what it finds in the folder.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::cache::Cache;
use crate::{files, filter, worker_build};

/// The filter, in the folder.
pub const FILTER: &str = "wicketgate.wasm";

/// The folder with the Worker's modules, in the folder.
pub const WORKER: &str = "worker";

/// Lines about the gate for `--version`, in the folder.
pub const ABOUT: &str = "about.txt";

/// Builds both from the sources in `checkout` and puts them into `folder`.
pub fn build(cache: &Cache, checkout: &Path, target_dir: &Path, folder: &Path) -> Result<()> {
    let filter = filter::build(cache, checkout, target_dir)?;
    let worker = worker_build::build(cache, checkout, target_dir)?;
    files::remove(folder)?;
    files::copy(&files::sources(&worker)?, &folder.join(WORKER))?;
    let about = format!(
        "the filter that it carries: {}\nthe Worker that it carries: {}",
        described(&filter)?,
        described(&worker.join(worker_build::WASM))?,
    );
    files::copy(&[(FILTER.into(), filter)].into(), folder)?;
    files::write(&folder.join(ABOUT), about)
}

/// The version of a module, which is this crate's too, and the digest that `sha256sum` prints.
fn described(module: &Path) -> Result<String> {
    let bytes = std::fs::read(module).with_context(|| module.display().to_string())?;
    let mut text = format!("{}, sha256 ", env!("CARGO_PKG_VERSION"));
    for byte in Sha256::digest(&bytes) {
        let _infallible = write!(text, "{byte:02x}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::TempDir;

    #[test]
    fn a_module_is_told_by_its_digest() {
        let folder = TempDir::new().unwrap();
        let module = folder.path().join("module.wasm");
        files::write(&module, "abc").unwrap();
        // FIPS 180-4's first example.
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(described(&module).unwrap(), format!("{version}, sha256 {digest}"));
    }
}
