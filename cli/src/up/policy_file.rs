//! Watches the policy file.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::document::Document;

/// A file, and its content when it was last taken.
#[derive(Debug)]
pub(super) struct PolicyFile {
    path: PathBuf,
    document: Document,
    changes: Changes,
    looked: Instant,
}

impl PolicyFile {
    /// The file as it is now.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let document = Document::open(path)?;
        let changes = Changes::of(&document.source);
        Ok(Self { path: path.to_owned(), document, changes, looked: Instant::now() })
    }

    /// The file as it was opened.
    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    /// The new document, once, if the file has changed and then stayed the same between two looks,
    /// since an editor may be in the middle of writing it. A file that is missing for a moment has
    /// not changed.
    pub(super) fn changed(&mut self) -> Option<Document> {
        if self.looked.elapsed() < BETWEEN {
            return None;
        }
        self.looked = Instant::now();
        let now = Document::open(&self.path).ok()?;
        self.changes.settle(&now.source).then_some(now)
    }
}

/// The content of a file when it was last taken, and when it was last looked at.
#[derive(Debug)]
struct Changes {
    taken: String,
    seen: String,
}

impl Changes {
    fn of(text: &str) -> Self {
        Self { taken: text.to_owned(), seen: text.to_owned() }
    }

    /// Returns `true` if the content `now` should be taken.
    fn settle(&mut self, now: &str) -> bool {
        let settled = now == self.seen;
        now.clone_into(&mut self.seen);
        let is_new = settled && self.seen != self.taken;
        if is_new {
            self.taken.clone_from(&self.seen);
        }
        is_new
    }
}

const BETWEEN: Duration = Duration::from_millis(150);

#[cfg(test)]
mod tests {
    use super::*;

    fn taken<'t>(changes: &mut Changes, texts: &[&'t str]) -> Vec<&'t str> {
        texts.iter().copied().filter(|text| changes.settle(text)).collect()
    }

    #[test]
    fn takes_each_change_once() {
        let mut changes = Changes::of("one");
        assert_eq!(taken(&mut changes, &["one", "one"]), [""; 0]);
        assert_eq!(taken(&mut changes, &["two", "two", "two"]), ["two"]);
        assert_eq!(taken(&mut changes, &["one", "one"]), ["one"]);
    }

    #[test]
    fn waits_until_a_text_stays() {
        assert_eq!(taken(&mut Changes::of("one"), &["t", "tw", "two", "two"]), ["two"]);
        assert_eq!(taken(&mut Changes::of("one"), &["two", "one", "one"]), [""; 0]);
    }
}
