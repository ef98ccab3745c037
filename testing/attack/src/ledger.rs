//! Which guarded handlers ran, as the origin itself wrote it down.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wicketgate_runtime::files;
use wicketgate_testkit::secret;

/// The file into which handlers write, and the ids that only this run knows.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    read: u64,
    nonce: String,
    given: usize,
}

/// The handlers that ran since the last look.
#[derive(Debug, Default)]
pub struct Ran {
    /// The handler by the number of the request.
    pub by_number: BTreeMap<usize, String>,
    /// Handlers that ran for a request that the origin made to itself, without our header.
    pub unknown: usize,
}

impl Ledger {
    /// An empty one in `folder`.
    pub fn new(folder: &Path) -> Result<Self> {
        let path = folder.join("ran.txt");
        files::write(&path, "")?;
        Ok(Self { path, read: 0, nonce: secret::make()?, given: 0 })
    }

    /// The file, for the origin.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes `count` numbers for requests to come; the first of them.
    pub fn take(&mut self, count: usize) -> usize {
        let first = self.given;
        self.given += count;
        first
    }

    /// The id of the request with a number.
    pub fn id(&self, number: usize) -> String {
        format!("{}.{number}", self.nonce)
    }

    /// The handlers that ran since the last look.
    pub fn look(&mut self) -> Result<Ran> {
        let mut file = File::open(&self.path).context("cannot read what ran")?;
        file.seek(SeekFrom::Start(self.read)).context("cannot read what ran")?;
        let mut new = Vec::new();
        file.read_to_end(&mut new).context("cannot read what ran")?;
        self.read += u64::try_from(new.len()).context("a very long file")?;
        let mut ran = Ran::default();
        for line in String::from_utf8_lossy(&new).lines() {
            let (id, handler) = line.split_once(' ').unwrap_or((line, ""));
            match id.strip_prefix(&self.nonce).and_then(|rest| rest.strip_prefix('.')?.parse().ok())
            {
                Some(number) => _ = ran.by_number.insert(number, handler.to_owned()),
                None => ran.unknown += 1,
            }
        }
        Ok(ran)
    }
}

#[cfg(test)]
mod tests {
    use wicketgate_runtime::files::TempDir;

    use super::*;

    #[test]
    fn reads_only_what_is_new() {
        let folder = TempDir::new().unwrap();
        let mut ledger = Ledger::new(folder.path()).unwrap();
        assert_eq!((ledger.take(5), ledger.take(1)), (0, 5));
        files::write(ledger.path(), format!("{} secret\n- balance\n", ledger.id(3))).unwrap();
        let ran = ledger.look().unwrap();
        assert_eq!(ran.by_number, BTreeMap::from([(3, "secret".to_owned())]));
        assert_eq!(ran.unknown, 1);
        assert!(ledger.look().unwrap().by_number.is_empty());
    }
}
