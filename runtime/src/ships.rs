//! What ships: a row for each thing that is built and handed to users.
//!
//! `cargo xtask build`, `wicketgate up` and every test build it by its row, so a new thing is a row
//! here and nothing else.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::cargo_build::Build;
use crate::progress::Step;
use crate::{files, filter, worker_build};

/// A thing that ships.
#[derive(Clone, Copy, Debug)]
pub struct Ships {
    /// Its name as an option.
    pub name: &'static str,
    /// A description for people.
    pub about: &'static str,
    /// Builds it from a checkout (second) in a target directory (third), and returns where it is.
    pub make: fn(&Cache, &Path, &Path) -> Result<PathBuf>,
    /// The file of which the size counts, if a folder is built.
    pub measured: Option<&'static str>,
    /// The most bytes that it may have.
    pub limit: u64,
}

/// The filter for Envoy. For wasm32-wasip1, because that is the target whose `std::env` reads the
/// secrets that Envoy hands over.
pub const FILTER: Ships = Ships {
    name: "envoy",
    about: "The filter for Envoy",
    make: filter::build,
    measured: None,
    limit: 640 * 1024,
};

/// The native module for Envoy.
pub const MODULE: Ships = Ships {
    name: "module",
    about: "The native module for Envoy",
    make: |cache, checkout, target_dir| library(LIBRARY, cache, checkout, target_dir),
    measured: None,
    limit: 4 * 1024 * 1024,
};

/// The Worker for Cloudflare.
pub const WORKER: Ships = Ships {
    name: "worker",
    about: "The Worker for Cloudflare",
    make: worker_build::build,
    measured: Some(worker_build::WASM),
    limit: 640 * 1024,
};

/// All that users run. Tests have the npm package beside it, which is for tools.
pub const ALL: [Ships; 3] = [FILTER, MODULE, WORKER];

const LIBRARY: Build<'static> = Build {
    package: "wicketgate-envoy-module",
    arguments: &["--profile", "module"],
    extension: "so",
};

/// Builds the native module with panics that a request's header can cause. Not for use.
pub fn module_with_faults(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<PathBuf> {
    let arguments = [LIBRARY.arguments, &["--features", "faults"]].concat();
    library(Build { arguments: &arguments, ..LIBRARY }, cache, checkout, target_dir)
}

/// Builds a library that a program loads. Its name tells what is in it, because Envoy does not load a
/// file anew whose name it has in use.
fn library(build: Build<'_>, cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<PathBuf> {
    let mut step = Step::begin("building the module");
    let compiled = build.run(cache, checkout, target_dir, &mut step)?;
    let bytes = std::fs::read(&compiled).with_context(|| compiled.display().to_string())?;
    let digest = files::digest([bytes.as_slice()]);
    let name = format!("wicketgate-{}-{digest}.so", env!("CARGO_PKG_VERSION"));
    let path = compiled.with_file_name(name);
    if !path.exists() {
        files::replace(&path, bytes)?;
    }
    step.done();
    Ok(path)
}

/// A built thing.
#[derive(Clone, Debug)]
pub struct Built {
    /// The file, or the folder with all of its files and nothing else.
    pub path: PathBuf,
    /// The size in bytes of what counts.
    pub size: u64,
    /// The most that it may be.
    pub limit: u64,
}

impl Ships {
    /// Builds it from the sources in `checkout` as they are now. Cargo decides whether there is
    /// anything to do.
    pub fn build(&self, cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<Built> {
        let path = (self.make)(cache, checkout, target_dir)?;
        let counts = self.measured.map_or_else(|| path.clone(), |name| path.join(name));
        let size = counts.metadata().with_context(|| counts.display().to_string())?.len();
        Ok(Built { path, size, limit: self.limit })
    }
}

impl Built {
    /// Returns `true` if it is small enough.
    pub fn fits(&self) -> bool {
        self.size <= self.limit
    }

    /// Its size, for people.
    pub fn size_of_limit(&self) -> String {
        format!("{:.1} KB of at most {} KB", self.size as f64 / 1024.0, self.limit / 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_too_many_does_not_fit() {
        let built = |size| Built { path: PathBuf::new(), size, limit: 1024 };
        assert!(built(1024).fits() && !built(1025).fits());
        assert_eq!(built(512).size_of_limit(), "0.5 KB of at most 1 KB");
    }
}
