//! Small file helpers: temporary folders, copies without build products, digests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::process;

/// A folder that is removed when it is dropped.
#[derive(Debug)]
pub struct TempDir {
    path: PathBuf,
}

impl TempDir {
    /// A new folder among the system's temporary files.
    pub fn new() -> Result<Self> {
        Self::inside(&std::env::temp_dir())
    }

    /// A new folder inside `parent`.
    pub fn inside(parent: &Path) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("wicketgate-{}-{count}", std::process::id()));
        // An earlier process with the same id may have left this behind when it was killed.
        remove(&path)?;
        fs::create_dir_all(&path)
            .with_context(|| format!("cannot make the folder `{}`", path.display()))?;
        Ok(Self { path })
    }

    /// Removes folders inside `parent` whose process was killed before it could.
    pub fn remove_abandoned(parent: &Path) {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let id =
                name.to_str().and_then(|name| name.strip_prefix("wicketgate-")?.split('-').next());
            if let Some(id) = id.and_then(|id| id.parse().ok())
                && !process::alive(id)
            {
                let _best_effort = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _best_effort = fs::remove_dir_all(&self.path);
    }
}

/// Reads a text file, with an error that names it.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// The readable part of a file, for logs and reports: empty if it does not exist.
pub fn read_lossy(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// Writes a file, with an error that names it.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write `{}`", path.display()))
}

/// Writes a file beside its place and moves it there, so that no reader sees half of it.
/// Envoy's file watches notice nothing but such a move.
pub fn replace(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    write(Path::new(&beside), content)?;
    fs::rename(&beside, path).with_context(|| format!("cannot replace `{}`", path.display()))
}

/// Removes a folder with all that is in it, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}

/// The sources below `root`, by their path relative to it: everything but what tools put there.
pub fn sources(root: &Path) -> Result<BTreeMap<PathBuf, PathBuf>> {
    let mut found = BTreeMap::new();
    collect(root, Path::new(""), &mut found)?;
    Ok(found)
}

/// Copies `sources` to below `target`.
pub fn copy(sources: &BTreeMap<PathBuf, PathBuf>, target: &Path) -> Result<()> {
    for (relative, source) in sources {
        let to = target.join(relative);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot make the folder `{}`", parent.display()))?;
        }
        fs::copy(source, &to).with_context(|| format!("cannot copy `{}`", source.display()))?;
    }
    Ok(())
}

/// A short digest of parts that each count with their length, for the names of cache entries.
pub fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut text = String::new();
    for byte in &hash.finalize()[..8] {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

fn collect(root: &Path, below: &Path, found: &mut BTreeMap<PathBuf, PathBuf>) -> Result<()> {
    let folder = root.join(below);
    let entries =
        fs::read_dir(&folder).with_context(|| format!("cannot list `{}`", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list `{}`", folder.display()))?;
        let relative = below.join(entry.file_name());
        if PRODUCTS.iter().any(|product| entry.file_name() == *product) {
            continue;
        }
        if entry.path().is_dir() {
            collect(root, &relative, found)?;
        } else {
            found.insert(relative, entry.path());
        }
    }
    Ok(())
}

/// Files that package managers, bundlers and interpreters leave beside the sources.
const PRODUCTS: [&str; 11] = [
    "node_modules",
    "build",
    "dist",
    ".next",
    ".nuxt",
    ".output",
    ".astro",
    ".react-router",
    ".svelte-kit",
    "__pycache__",
    ".venv",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_leave_out_products() {
        let folder = TempDir::new().unwrap();
        for path in ["a.js", "lib/b.js", "node_modules/c.js", "lib/__pycache__/d.pyc"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            write(&path, path.display().to_string()).unwrap();
        }
        let copy_to = TempDir::new().unwrap();
        copy(&sources(folder.path()).unwrap(), copy_to.path()).unwrap();
        let copied: Vec<_> = sources(copy_to.path()).unwrap().into_keys().collect();
        assert_eq!(copied, [PathBuf::from("a.js"), PathBuf::from("lib/b.js")]);
    }

    #[test]
    fn a_digest_tells_parts_apart() {
        assert_eq!(digest([b"ab".as_slice()]).len(), 16);
        assert_ne!(digest([b"ab".as_slice()]), digest([b"a".as_slice(), b"b"]));
    }

    #[test]
    fn replacing_leaves_one_file() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("file");
        replace(&path, "old").unwrap();
        replace(&path, "new").unwrap();
        assert_eq!(read(&path).unwrap(), "new");
        assert_eq!(sources(folder.path()).unwrap().len(), 1);
    }

    #[test]
    fn abandoned_folders_go_away() {
        let parent = TempDir::new().unwrap();
        let (ours, other) = (TempDir::inside(parent.path()).unwrap(), parent.path().join("other"));
        // No process has this id: Linux stops at 2^22.
        let abandoned = parent.path().join("wicketgate-2147483647-0");
        fs::create_dir_all(&abandoned).and_then(|()| fs::create_dir_all(&other)).unwrap();
        TempDir::remove_abandoned(parent.path());
        assert!(ours.path().exists() && other.exists() && !abandoned.exists());
    }

    #[test]
    fn a_temporary_folder_goes_away() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_owned();
        write(&path.join("file"), "content").unwrap();
        drop(folder);
        assert!(!path.exists());
    }
}
