//! Differences between hosts that the hosts themselves cause: each is listed with its reason, and
//! must keep happening.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use wicketgate_runtime::vectors::Vector;

use super::Subject;

/// The list in `vectors/hosts/divergences.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divergences {
    #[expect(dead_code, reason = "for the reader of the file, who must not forget it")]
    about: String,
    pub(super) divergences: Vec<Divergence>,
    pub(super) unreachable: Vec<Unreachable>,
}

/// A difference of a host, and the vectors that show it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Divergence {
    pub(super) host: String,
    pub(super) because: String,
    /// The difference, word for word.
    pub(super) difference: String,
    /// `file::name`, the file without `.json`.
    vectors: BTreeSet<String>,
}

/// A reason code that no request can bring about on a host.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unreachable {
    pub(super) host: String,
    pub(super) reason: String,
    pub(super) because: String,
}

/// The verdict on a vector on a host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The result is the expected one.
    Same,
    /// It differs as the list says: the numbers of its entries, from 1.
    Listed(Vec<usize>),
    /// It differs otherwise, or does not differ as the list says: each in words.
    Differs(Vec<String>),
}

impl Divergences {
    /// Reads the list; every entry must name vectors that there are and that its host runs.
    pub fn load(path: &Path, vectors: &[Vector]) -> Result<Self> {
        let unreadable = || format!("cannot read `{}`", path.display());
        let text = std::fs::read_to_string(path).with_context(unreadable)?;
        let list: Self = serde_json::from_str(&text).with_context(unreadable)?;
        for (number, entry) in (1..).zip(&list.divergences) {
            let subjects =
                || Subject::ALL.into_iter().filter(|subject| subject.listed_as() == entry.host);
            ensure!(subjects().count() > 0, "entry {number}: `{}` is no host", entry.host);
            for name in &entry.vectors {
                let runs = vectors.iter().any(|vector| {
                    let runs = || subjects().all(|subject| subject.skips(vector).is_none());
                    full_name(vector) == *name && runs()
                });
                ensure!(runs, "entry {number}: `{}` runs no vector `{name}`", entry.host);
            }
        }
        Ok(list)
    }

    /// The reason code that these entries say is found in place of the one expected.
    pub(super) fn other_reason(&self, numbers: &[usize]) -> Option<&str> {
        let entries = numbers.iter().filter_map(|number| self.divergences.get(number - 1));
        let differences = entries.map(|entry| entry.difference.as_str());
        let mut found = differences.filter_map(|difference| {
            difference.strip_prefix("reason: ")?.split_once("found `")?.1.strip_suffix('`')
        });
        found.next()
    }

    /// Compares the differences that were seen with those that are listed.
    pub fn judge(&self, subject: Subject, vector: &Vector, seen: &[String]) -> Verdict {
        let name = full_name(vector);
        let listed = || {
            let numbered = (1..).zip(&self.divergences);
            numbered.filter(|(_, e)| e.host == subject.listed_as() && e.vectors.contains(&name))
        };
        let new = seen.iter().filter(|seen| listed().all(|(_, e)| e.difference != **seen));
        let gone = listed().filter(|(_, entry)| !seen.contains(&entry.difference));
        let gone = gone.map(|(number, entry)| {
            format!("listed as divergence {number}, but no longer so: {}", entry.difference)
        });
        let wrong: Vec<String> = new.cloned().chain(gone).collect();
        if !wrong.is_empty() {
            return Verdict::Differs(wrong);
        }
        match listed().map(|(number, _)| number).collect::<Vec<_>>() {
            none if none.is_empty() => Verdict::Same,
            numbers => Verdict::Listed(numbers),
        }
    }
}

/// `file::name`, the file without `.json`.
pub(super) fn full_name(vector: &Vector) -> String {
    format!("{}::{}", vector.file.trim_end_matches(".json"), vector.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wicketgate_runtime::vectors;

    fn list() -> (Divergences, Vec<Vector>) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
        let vectors = vectors::load(&folder).unwrap();
        let entry = Divergence {
            host: "worker".to_owned(),
            because: "x".to_owned(),
            difference: "d".to_owned(),
            vectors: BTreeSet::from([full_name(&vectors[0])]),
        };
        let list =
            Divergences { about: String::new(), divergences: vec![entry], unreachable: Vec::new() };
        (list, vectors)
    }

    #[test]
    fn a_listed_difference_must_keep_happening_and_no_other_may() {
        let (list, vectors) = list();
        let judge = |subject, vector: usize, seen: &[&str]| {
            let seen: Vec<String> = seen.iter().map(|seen| (*seen).to_owned()).collect();
            list.judge(subject, &vectors[vector], &seen)
        };
        assert_eq!(judge(Subject::Worker, 0, &["d"]), Verdict::Listed(vec![1]));
        assert_eq!(judge(Subject::Worker, 1, &[]), Verdict::Same);
        for (subject, vector, seen) in [
            (Subject::Worker, 0, &[][..]),
            (Subject::Worker, 0, &["d", "e"]),
            (Subject::Worker, 1, &["d"]),
            (Subject::Envoy, 0, &["d"]),
        ] {
            assert!(matches!(judge(subject, vector, seen), Verdict::Differs(_)), "{seen:?}");
        }
    }
}
