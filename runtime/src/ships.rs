//! What ships: a row for each thing that is built and handed to users.
//!
//! `cargo xtask build`, `wicketgate up` and every test build it by its row, so a new thing is a row
//! here and nothing else.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::{filter, worker_build};

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

/// The Worker for Cloudflare.
pub const WORKER: Ships = Ships {
    name: "worker",
    about: "The Worker for Cloudflare",
    make: worker_build::build,
    measured: Some(worker_build::WASM),
    limit: 640 * 1024,
};

/// All that users run. Tests have the npm package beside it, which is for tools.
pub const ALL: [Ships; 2] = [FILTER, WORKER];

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
