//! Results that are kept outside the checkout, by commit: what a commit has done is not done again.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wicketgate_attack::campaign::{Plan, Report};
use wicketgate_attack::finding::Row;
use wicketgate_attack::origins::Origin;
use wicketgate_runtime::command::ask;
use wicketgate_runtime::files;

use wicketgate_testkit::checkout::Checkout;

/// The result for an origin at one place.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Done {
    pub(super) origin: String,
    place: String,
    /// Other things on which it depends.
    with: String,
    pub(super) rows: Vec<Row>,
    /// Findings and lost URLs, for people.
    pub(super) lines: Vec<String>,
    /// Findings as vectors.
    pub(super) vectors: Vec<Value>,
}

/// The work that was done, now and before.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// None where nothing is kept.
    file: Option<PathBuf>,
    done: Vec<Done>,
}

impl Kept {
    /// Reads the results that are kept for `commit`, except torn ones and those of another version.
    /// With `fresh` they are deleted first. Without a commit nothing is kept.
    pub(super) fn open(checkout: &Checkout, commit: Option<&str>, fresh: bool) -> Result<Self> {
        let Some(commit) = commit else { return Ok(Self::default()) };
        let folder = checkout.cache.root().join("attack");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Self::at(&folder.join(format!("{commit}.jsonl")), fresh)
    }

    fn at(file: &Path, fresh: bool) -> Result<Self> {
        if fresh {
            files::write(file, "")?;
        }
        let text = files::read_lossy(file);
        // A line that was cut off, when the machine went down, is done again.
        let done = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok(Self { file: Some(file.to_owned()), done })
    }

    /// The result for an origin at a place, if it is known.
    pub(super) fn get(&self, plan: &Plan, origin: &Origin, place: &str) -> Option<&Done> {
        let with = with(plan, origin);
        self.done
            .iter()
            .find(|done| done.origin == origin.name && done.place == place && done.with == with)
    }

    /// The places at which an origin was attacked already.
    pub(super) fn places(&self, plan: &Plan, origin: &Origin) -> Vec<&'static str> {
        plan.places().filter(|place| self.get(plan, origin, place).is_some()).collect()
    }

    /// Keeps what has come of a place, on disk too before anything else is done.
    pub(super) fn add(
        &mut self,
        plan: &Plan,
        origin: &Origin,
        place: &str,
        report: Report,
        lines: Vec<String>,
    ) -> Result<&Done> {
        let vectors = report.findings.iter().map(|finding| finding.vector()).collect();
        let done = Done {
            origin: origin.name.to_owned(),
            place: place.to_owned(),
            with: with(plan, origin),
            rows: report.rows,
            lines,
            vectors,
        };
        self.put(done)
    }

    fn put(&mut self, done: Done) -> Result<&Done> {
        if let Some(path) = &self.file {
            let mut file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .with_context(|| path.display().to_string())?;
            // Begun on a new line, so that one that was cut off before spoils none of ours.
            let line = format!("\n{}\n", serde_json::to_string(&done)?);
            file.write_all(line.as_bytes()).with_context(|| path.display().to_string())?;
        }
        self.done.push(done);
        self.done.last().context("just added")
    }

    /// The time for each target, of all known results.
    pub(super) fn pace(&self) -> Option<f32> {
        let rows = self.done.iter().flat_map(|done| &done.rows);
        let (mut seconds, mut targets) = (0.0, 0);
        for row in rows {
            seconds += row.seconds;
            targets += row.targets;
        }
        (targets > 0).then(|| seconds / targets as f32)
    }
}

/// All that decides what an origin is sent, and what is then sent to it.
fn with(plan: &Plan, origin: &Origin) -> String {
    let targets = plan.targets(origin);
    format!(
        "seed {}, {targets} targets, {} dead, {} lawful, {} lists",
        plan.seed,
        plan.dead.min(targets * 2),
        if plan.everywhere { plan.lawful.len() } else { 0 },
        // Collected lists lie beside the checkout: there or not.
        plan.lists.middles.len() + plan.lists.ends.len() + plan.lists.headers.len(),
    )
}

/// The commit that is checked out, none where the tree differs from it.
pub(super) fn commit(checkout: &Checkout) -> Option<String> {
    let git = |words: &[&str]| ask(Command::new("git").current_dir(&checkout.root).args(words));
    let changes = git(&["status", "--porcelain"])?;
    let commit = git(&["rev-parse", "HEAD"])?;
    changes.trim().is_empty().then(|| commit.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use wicketgate_runtime::files::TempDir;

    use super::*;

    fn done(origin: &str) -> Done {
        let row = Row { targets: 10, seconds: 5.0, ..Row::default() };
        let text = String::new;
        let (lines, vectors) = (Vec::new(), Vec::new());
        Done {
            origin: origin.to_owned(),
            place: text(),
            with: text(),
            rows: vec![row],
            lines,
            vectors,
        }
    }

    #[test]
    fn what_is_done_is_known_again() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x.jsonl");
        let mut kept = Kept::at(&path, false).unwrap();
        kept.put(done("a")).unwrap();
        let torn = files::read(&path).unwrap() + "{\"origin\":\"b\",\"pla";
        files::write(&path, torn).unwrap();
        let mut kept = Kept::at(&path, false).unwrap();
        assert_eq!(kept.done, [done("a")]);
        kept.put(done("c")).unwrap();
        assert_eq!(Kept::at(&path, false).unwrap().done, [done("a"), done("c")]);
        assert_eq!(kept.pace(), Some(0.5));
        assert!(Kept::at(&path, true).unwrap().done.is_empty());
    }
}
