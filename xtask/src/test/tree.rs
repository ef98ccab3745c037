//! Checks the tracked files: no build output, and nothing large without a reason.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wicketgate_testkit::checkout::Checkout;

use crate::steps::Count;

/// Looks at every tracked file, and prints what should not be among them.
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    let mut git = Command::new("git");
    git.current_dir(&checkout.root).args(["ls-files", "-z"]);
    let output = git.output().context("cannot run `git`")?;
    ensure!(output.status.success(), "`git ls-files` failed: is this a clone?");
    let text = String::from_utf8_lossy(&output.stdout);
    let files: Vec<&str> = text.split('\0').filter(|name| !name.is_empty()).collect();
    ensure!(!files.is_empty(), "no file is tracked");
    let size = |name: &str| size_of(&checkout.root.join(name));
    let mut wrong: Vec<String> = files.iter().filter_map(|name| judge(name, size(name))).collect();
    wrong.extend(
        LARGE
            .iter()
            .filter(|(name, _)| !files.contains(name))
            .map(|(name, _)| format!("{name}: listed as large, and not tracked")),
    );
    wrong.iter().for_each(|line| println!("{line}"));
    println!("{} tracked files, {} that should not be", files.len(), wrong.len());
    Ok(Count { passed: u64::from(wrong.is_empty()), failed: wrong.len() as u64, skipped: 0 })
}

/// Of the file itself, not of what a link leads to; one that was deleted has none.
fn size_of(path: &Path) -> u64 {
    path.symlink_metadata().map_or(0, |data| data.len())
}

/// Larger files must be listed.
const MAX_BYTES: u64 = 1 << 20;

/// Files that may be larger, and why they are tracked.
const LARGE: [(&str, &str); 0] = [];

/// Folders that tools make.
const FOLDERS: [&str; 22] = [
    "target",
    "node_modules",
    "__pycache__",
    ".next",
    ".nuxt",
    ".output",
    ".svelte-kit",
    ".astro",
    ".react-router",
    ".wrangler",
    ".turbo",
    ".cache",
    ".gradle",
    ".venv",
    "venv",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    "dist",
    "pkg",
    "coverage",
    ".tox",
];

/// Folders of such a name that hold something else.
const OTHERS: [(&str, &str); 1] =
    [("testing/fuzz/seeds/target/", "seeds of the fuzz target `target`")];

/// Endings of what compilers and packers write.
const ENDINGS: [&str; 22] = [
    "wasm",
    "o",
    "a",
    "so",
    "dylib",
    "dll",
    "exe",
    "rlib",
    "rmeta",
    "d",
    "pdb",
    "pyc",
    "pyo",
    "class",
    "jar",
    "war",
    "whl",
    "tgz",
    "profraw",
    "profdata",
    "tsbuildinfo",
    "log",
];

/// Why a file should not be tracked.
fn judge(name: &str, bytes: u64) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let (folders, file) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let is_other = OTHERS.iter().any(|(other, _)| name.starts_with(other));
    if let Some(folder) = folders.split('/').find(|folder| FOLDERS.contains(folder) && !is_other) {
        return Some(format!("{name}: build output, in `{folder}`"));
    }
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    if ENDINGS.contains(&ending) {
        return Some(format!("{name}: build output, by its ending `.{ending}`"));
    }
    let is_listed = LARGE.iter().any(|(listed, _)| *listed == name);
    (bytes > MAX_BYTES && !is_listed)
        .then(|| format!("{name}: {bytes} bytes; above {MAX_BYTES} it is listed with a reason in xtask/src/test/tree.rs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_output_and_large_files() {
        for name in [
            "testing/fuzz/target/x86_64/release/build/a/output",
            "target",
            "a/node_modules/b/index.js",
            "app/__pycache__/a.cpython-313.pyc",
            "app/.next/BUILD_ID",
            "edge/Dist/x.js",
            "filter.wasm",
            "a/b.O",
            "libx.rlib",
        ] {
            let is_file = name == "target";
            assert_eq!(judge(name, 10).is_none(), is_file, "{name}");
        }
        for name in [
            "src/target.rs",
            "distance/a.rs",
            "a.wat",
            "testing/fuzz/seeds/target/0",
            "docs/performance/cost.svg",
            ".gitignore",
            "o",
        ] {
            assert_eq!(judge(name, 10), None, "{name}");
        }
        assert_eq!(judge("a.json", MAX_BYTES), None);
        assert!(judge("a.json", MAX_BYTES + 1).unwrap().contains("listed with a reason"));
    }
}
