//! Finds the sources of the gate: the checkout around the working directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::ask;
use wicketgate_runtime::filter;
use wicketgate_runtime::module;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::worker_build;

/// A checkout of wicketgate.
#[derive(Debug)]
pub(super) struct Checkout(PathBuf);

impl Checkout {
    /// The checkout that contains `folder`, if there is one.
    pub(super) fn around(folder: &Path) -> Option<Self> {
        let is_one = |root: &&Path| MARKS.iter().all(|mark| root.join(mark).is_file());
        folder.ancestors().find(is_one).map(|root| Self(root.to_owned()))
    }

    /// The checkout in which the command runs.
    fn here() -> Result<Option<Self>> {
        let here = std::env::current_dir().context("cannot tell the working directory")?;
        Ok(Self::around(&here))
    }

    fn target_dir(&self) -> PathBuf {
        let folder = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        self.0.join(folder)
    }

    /// Announces that the build will download crates, since cargo is quiet here.
    fn say_downloads(&self) {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["metadata", "--offline", "--locked", "--format-version", "1"]);
        if ask(cargo.current_dir(&self.0)).is_none() {
            say(
                "  downloading the crates of Cargo.lock that are not here, by cargo from its registry",
            );
        }
    }
}

/// The source of the gate for Envoy. It is known before anything is downloaded or built.
#[derive(Debug)]
pub(super) enum Built {
    /// A built file.
    Given(PathBuf),
    /// The sources, for the wasm filter.
    Filter(Checkout),
    /// The sources, for the native module.
    Module(Checkout),
}

impl Built {
    /// The filter that `--wasm` names, or else the sources around the working directory.
    pub(super) fn filter(given: Option<&Path>) -> Result<Self> {
        if let Some(path) = given {
            return wasm(path).map(Self::Given);
        }
        match Checkout::here()? {
            Some(checkout) => Ok(Self::Filter(checkout)),
            None => bail!(
                "no filter: name the built module with `--wasm PATH`, or run this in a checkout of \
                 wicketgate, which it is built from"
            ),
        }
    }

    /// The native module that `--module` names, or else the sources around the working directory.
    pub(super) fn module(given: Option<&Path>) -> Result<Self> {
        if let Some(path) = given {
            return native(path).map(Self::Given);
        }
        match Checkout::here()? {
            Some(checkout) => Ok(Self::Module(checkout)),
            None => bail!(
                "no module: name the built one with `--module PATH`, or run this in a checkout of \
                 wicketgate, which it is built from"
            ),
        }
    }

    /// The file, built if need be.
    pub(super) fn path(&self, cache: &Cache) -> Result<PathBuf> {
        match self {
            Self::Given(path) => Ok(path.clone()),
            Self::Filter(checkout) => {
                checkout.say_downloads();
                let built = filter::build(cache, &checkout.0, &checkout.target_dir())?;
                Ok(built.path)
            }
            Self::Module(checkout) => {
                checkout.say_downloads();
                let built = module::build(cache, &checkout.0, &checkout.target_dir())?;
                Ok(built.path)
            }
        }
    }
}

/// The sources of the Worker. No option can name a built one.
pub(super) fn worker_sources() -> Result<Checkout> {
    let here = Checkout::here()?;
    here.context("no Worker: run this in a checkout of wicketgate, which it is built from")
}

/// The folder with the built Worker.
pub(super) fn worker(cache: &Cache, checkout: &Checkout) -> Result<PathBuf> {
    checkout.say_downloads();
    Ok(worker_build::build(cache, &checkout.0, &checkout.target_dir())?.folder)
}

/// Checks that the file is a native module, by what it is and by its name.
fn native(path: &Path) -> Result<PathBuf> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
    if !bytes.starts_with(b"\x7fELF") || path.extension().is_none_or(|ending| ending != "so") {
        bail!("`--module` is `{shown}`, which is no native module: expected a file `….so`");
    }
    // The path must be absolute, because Envoy runs in another folder.
    path.canonicalize().with_context(|| format!("cannot resolve `{shown}`"))
}

/// Checks that the file is a module: of another file Envoy would only say that it can't load it.
fn wasm(path: &Path) -> Result<PathBuf> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{shown}`"))?;
    if !bytes.starts_with(b"\0asm") {
        bail!("`--wasm` is `{shown}`, which is no WebAssembly module");
    }
    // The path must be absolute, because Envoy runs in another folder.
    path.canonicalize().with_context(|| format!("cannot resolve `{shown}`"))
}

/// Files that only a checkout has.
const MARKS: [&str; 3] = ["Cargo.toml", "filter/Cargo.toml", "edge-worker/Cargo.toml"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_checkout_from_within() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let found = Checkout::around(&root.join("examples/signal-jobs")).unwrap();
        assert_eq!(found.0, root);
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(Checkout::around(elsewhere.path()).is_none());
    }
}
