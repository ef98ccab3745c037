//! The policy file, looked at again and again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use wicketgate_harness::files;

/// A file and what was last made of it.
#[derive(Debug)]
pub(super) struct PolicyFile {
    path: PathBuf,
    text: String,
    seen: String,
    looked: Instant,
}

impl PolicyFile {
    /// The file as it is now.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let text = files::read(path)?;
        Ok(Self { path: path.to_owned(), seen: text.clone(), text, looked: Instant::now() })
    }

    /// What was last given out.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The new text, once, if the file has changed and stayed the same between two looks: an
    /// editor may be in the middle of writing it. A file that is away for a moment has not
    /// changed.
    pub(super) fn changed(&mut self) -> Option<String> {
        if self.looked.elapsed() < BETWEEN {
            return None;
        }
        self.looked = Instant::now();
        let now = files::read(&self.path).ok()?;
        let settled = now == self.seen;
        self.seen = now;
        if !settled || self.seen == self.text {
            return None;
        }
        self.text.clone_from(&self.seen);
        Some(self.text.clone())
    }
}

const BETWEEN: Duration = Duration::from_millis(150);

#[cfg(test)]
mod tests {
    use wicketgate_harness::files::TempDir;
    use wicketgate_harness::wait::poll;

    use super::*;

    #[test]
    fn gives_out_each_change_once() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("policy.json");
        files::write(&path, "one").unwrap();
        let mut file = PolicyFile::open(&path).unwrap();
        let mut next = |limit| poll(Duration::from_millis(limit), || file.changed());
        assert_eq!(next(400), None);
        files::write(&path, "two").unwrap();
        assert_eq!(next(10_000).as_deref(), Some("two"));
        assert_eq!(next(400), None);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(next(400), None);
        files::write(&path, "one").unwrap();
        assert_eq!(next(10_000).as_deref(), Some("one"));
    }
}
