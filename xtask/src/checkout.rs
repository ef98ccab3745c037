//! The checkout that the commands work on, and the cache beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wicketgate_harness::cache::Cache;
use wicketgate_harness::files;

/// The checkout and the cache.
#[derive(Clone, Debug)]
pub(crate) struct Checkout {
    pub(crate) root: PathBuf,
    pub(crate) cache: Cache,
}

impl Checkout {
    pub(crate) fn open() -> Result<Self> {
        // At run time, because a target folder may be shared by several checkouts.
        let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = xtask.join("..").canonicalize().context("cannot find the checkout")?;
        Ok(Self { root, cache: Cache::open()? })
    }

    /// The text of the shipped Envoy configuration.
    pub(crate) fn shipped_envoy_yaml(&self) -> Result<String> {
        files::read(&self.root.join("envoy/envoy.yaml"))
    }

    /// The cargo that runs us, to be run in the checkout.
    pub(crate) fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.root);
        command
    }

    /// Where cargo builds.
    pub(crate) fn target_dir(&self) -> PathBuf {
        let folder = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        self.root.join(folder)
    }

    /// A path as one would type it in the checkout.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}
