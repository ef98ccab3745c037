//! Logs of running processes, read as they grow.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::audit::{AuditLine, contract};

/// Reads a growing log, whole lines only.
#[derive(Debug)]
pub struct LogReader {
    path: PathBuf,
    position: u64,
}

impl LogReader {
    /// A reader that begins with what is logged from now on.
    pub fn at_end(path: &Path) -> Result<Self> {
        let position = path.metadata().with_context(|| unreadable(path))?.len();
        Ok(Self { path: path.to_owned(), position })
    }

    /// A reader that begins with the first line.
    pub fn at_start(path: &Path) -> Self {
        Self { path: path.to_owned(), position: 0 }
    }

    /// The lines that were finished since the last call.
    pub fn lines(&mut self) -> Result<Vec<String>> {
        let mut bytes = Vec::new();
        let mut file = File::open(&self.path).with_context(|| unreadable(&self.path))?;
        file.seek(SeekFrom::Start(self.position))
            .and_then(|_| file.read_to_end(&mut bytes))
            .with_context(|| unreadable(&self.path))?;
        let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(Vec::new());
        };
        self.position += end as u64 + 1;
        Ok(String::from_utf8_lossy(&bytes[..end]).lines().map(str::to_owned).collect())
    }

    /// The audit events that were logged since the last call, each held to the contract.
    pub fn events(&mut self) -> Result<Vec<AuditLine>> {
        let events: Vec<AuditLine> =
            self.lines()?.iter().filter_map(|line| AuditLine::find(line)).collect();
        for event in &events {
            let faults = contract::faults(event.json());
            if !faults.is_empty() {
                bail!(
                    "no audit line by docs/audit.schema.json: {}: {}",
                    faults.join(", "),
                    event.json()
                );
            }
        }
        Ok(events)
    }
}

fn unreadable(path: &Path) -> String {
    format!("cannot read the log `{}`", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{self, TempDir};

    #[test]
    fn a_reader_gives_each_whole_line_once() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("log");
        files::write(&path, "one\ntwo\nthr").unwrap();
        let mut reader = LogReader::at_start(&path);
        assert_eq!(reader.lines().unwrap(), ["one", "two"]);
        assert!(reader.lines().unwrap().is_empty());
        files::write(&path, "one\ntwo\nthree\n").unwrap();
        assert_eq!(reader.lines().unwrap(), ["three"]);
        assert!(LogReader::at_end(&path).unwrap().lines().unwrap().is_empty());
    }
}
