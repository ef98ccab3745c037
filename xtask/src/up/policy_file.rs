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
        self.settle(now)
    }

    fn settle(&mut self, now: String) -> Option<String> {
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
    use super::*;

    fn file() -> PolicyFile {
        let (text, seen) = ("one".to_owned(), "one".to_owned());
        PolicyFile { path: PathBuf::new(), text, seen, looked: Instant::now() }
    }

    fn given_out(file: &mut PolicyFile, texts: &[&str]) -> Vec<String> {
        texts.iter().filter_map(|text| file.settle((*text).to_owned())).collect()
    }

    #[test]
    fn gives_out_each_change_once() {
        let mut file = file();
        assert_eq!(given_out(&mut file, &["one", "one"]), [""; 0]);
        assert_eq!(given_out(&mut file, &["two", "two", "two"]), ["two"]);
        assert_eq!(file.text(), "two");
        assert_eq!(given_out(&mut file, &["one", "one"]), ["one"]);
    }

    #[test]
    fn waits_until_a_text_stays() {
        assert_eq!(given_out(&mut file(), &["t", "tw", "two", "two"]), ["two"]);
        assert_eq!(given_out(&mut file(), &["two", "one", "one"]), [""; 0]);
    }
}
