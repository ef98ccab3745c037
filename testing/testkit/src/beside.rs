//! Collections by others, in `shared` beside the checkout. They are no part of the project. Tests
//! of them report that they were skipped if the folder does not exist, and fail if it exists and
//! lacks a file.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

/// A file of `shared`, or a line on standard error that says what is skipped: past the test runner,
/// which shows nothing of a test that passes. `cargo xtask test` counts these lines.
///
/// # Errors
/// If the folder is there and the file is not.
pub fn file(root: &Path, name: &str, skipped: &str) -> Result<Option<PathBuf>> {
    let found = look(root, name)?;
    if found.is_none() {
        let line = format!("skipped: {skipped} (no ../shared beside the checkout)\n");
        _ = std::io::stderr().write_all(line.as_bytes());
    }
    Ok(found)
}

/// The file; none where the folder is not there.
fn look(root: &Path, name: &str) -> Result<Option<PathBuf>> {
    let shared = root.join("../shared");
    if !shared.is_dir() {
        return Ok(None);
    }
    let file = shared.join(name);
    ensure!(file.is_file(), "../shared is there, and `{name}` in it is not");
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use wicketgate_runtime::cache::Cache;

    #[test]
    fn a_file_that_should_be_there_is_no_skip() {
        let folder = Cache::open().unwrap().run_folder().unwrap();
        let root = folder.path().join("checkout");
        fs::create_dir(&root).unwrap();
        assert_eq!(look(&root, "x/list").unwrap(), None);
        fs::create_dir_all(folder.path().join("shared/x")).unwrap();
        assert!(look(&root, "x/list").is_err());
        fs::write(folder.path().join("shared/x/list"), "").unwrap();
        assert!(look(&root, "x/list").unwrap().is_some());
    }
}
