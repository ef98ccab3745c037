//! Finds the gate: a module that an option names, the sources around the working directory, or what
//! the command carries.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::ask;
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::progress::say;
use wicketgate_runtime::{carry, filter, worker_build};

use super::carried;

/// The command's version, and what it carries.
pub(crate) static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{}\n{}", env!("CARGO_PKG_VERSION"), carried::ABOUT));

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

/// The filter to run. It is known before anything is downloaded or built.
#[derive(Debug)]
pub(super) enum Wasm {
    /// A built module.
    Given(PathBuf),
    /// The sources.
    Sources(Checkout),
    /// What the command carries.
    Carried(&'static [u8]),
}

impl Wasm {
    /// The module that `--wasm` names, or else the sources around the working directory, or else
    /// what the command carries.
    pub(super) fn choose(given: Option<&Path>) -> Result<Self> {
        if let Some(path) = given {
            return module(path).map(Self::Given);
        }
        match (Checkout::here()?, carried::FILTER) {
            (Some(checkout), _) => Ok(Self::Sources(checkout)),
            (None, Some(module)) => Ok(Self::Carried(module)),
            (None, None) => bail!(
                "no filter: name the built module with `--wasm PATH`, or run this in a checkout of \
                 wicketgate, which it is built from; this command was built to carry none"
            ),
        }
    }

    /// The module, built if need be, or written into the folder of this run.
    pub(super) fn path(&self, cache: &Cache, run: &TempDir) -> Result<PathBuf> {
        match self {
            Self::Given(path) => Ok(path.clone()),
            Self::Sources(checkout) => {
                checkout.say_downloads();
                filter::build(cache, &checkout.0, &checkout.target_dir())
            }
            Self::Carried(module) => {
                let path = run.path().join(carry::FILTER);
                files::write(&path, module)?;
                Ok(path)
            }
        }
    }
}

/// The Worker to run; no option can name a built one.
#[derive(Debug)]
pub(super) enum Worker {
    /// The sources.
    Sources(Checkout),
    /// The modules that the command carries, each with its name.
    Carried(&'static [(&'static str, &'static [u8])]),
}

impl Worker {
    /// The sources around the working directory, or else what the command carries.
    pub(super) fn choose() -> Result<Self> {
        match (Checkout::here()?, carried::WORKER) {
            (Some(checkout), _) => Ok(Self::Sources(checkout)),
            (None, []) => bail!(
                "no Worker: run this in a checkout of wicketgate, which it is built from; this \
                 command was built to carry none"
            ),
            (None, modules) => Ok(Self::Carried(modules)),
        }
    }

    /// The folder with its modules, built if need be, or written into the folder of this run.
    pub(super) fn folder(&self, cache: &Cache, run: &TempDir) -> Result<PathBuf> {
        match self {
            Self::Sources(checkout) => {
                checkout.say_downloads();
                worker_build::build(cache, &checkout.0, &checkout.target_dir())
            }
            Self::Carried(modules) => {
                let folder = run.path().join(carry::WORKER);
                std::fs::create_dir_all(&folder).context("cannot make a folder for the Worker")?;
                for (name, module) in *modules {
                    files::write(&folder.join(name), module)?;
                }
                Ok(folder)
            }
        }
    }
}

/// Checks that the file is a module: of another file Envoy would only say that it can't load it.
fn module(path: &Path) -> Result<PathBuf> {
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
