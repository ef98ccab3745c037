//! Vectors × hosts, as Markdown: the page that git keeps, and the table of single vectors.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::Range;

use wicketgate_policy::Reason;
use wicketgate_runtime::vectors::Vector;

use super::divergences::full_name;
use super::hosts::Skipped;
use super::reasons::Reached;
use super::{Divergences, Subject, Verdict};

/// The result of a vector on a host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cell {
    /// It ran.
    Ran(Verdict),
    /// It did not, and why.
    Skipped(Skipped),
}

/// Everything that was run.
#[derive(Debug, Default)]
pub struct Table {
    cells: BTreeMap<(usize, Subject), Cell>,
    reached: Reached,
}

impl Table {
    /// Enters a cell; `place` is the vector's in the corpus.
    pub fn enter(
        &mut self,
        place: usize,
        vector: &Vector,
        subject: Subject,
        cell: Cell,
        list: &Divergences,
    ) {
        let reason = match &cell {
            Cell::Ran(Verdict::Same) => vector.expect.reason.as_deref(),
            Cell::Ran(Verdict::Listed(numbers)) => list.other_reason(numbers),
            _ => None,
        };
        if let Some(reason) = reason {
            self.reached.add(subject, reason);
        }
        self.cells.insert((place, subject), cell);
    }

    /// The faults of the whole run, beyond single cells.
    pub fn faults(&self, list: &Divergences) -> Vec<String> {
        self.reached.faults(list)
    }

    /// The number of cells that differ in a way that is not listed.
    pub fn differing(&self) -> usize {
        let differs = |cell: &&Cell| matches!(cell, Cell::Ran(Verdict::Differs(_)));
        self.cells.values().filter(differs).count()
    }

    /// The summary: a line for each subject.
    pub fn summary(&self) -> String {
        let mut text = String::from(
            "| subject | | same | listed | skipped | differs |\n|---|---|--:|--:|--:|--:|\n",
        );
        for subject in Subject::ALL {
            let Counts { same, listed, skipped, differs } = self.count(subject, |_| true);
            let _infallible = writeln!(
                text,
                "| {} | {} | {same} | {listed} | {skipped} | {differs} |",
                subject.name(),
                subject.about(),
            );
        }
        text
    }

    /// The page that git keeps: counts for each subject and file, and everything that is listed.
    pub fn page(&self, vectors: &[Vector], list: &Divergences) -> String {
        let mut page = String::from(INTRODUCTION);
        let mut put = |text: &str| page.push_str(text);
        put(&self.summary());
        put("\nSkipped:\n\n");
        for skipped in Skipped::ALL {
            put(&format!("- *{}*: {}.\n", skipped.mark(), skipped.why()));
        }
        put(
            "\n## Files\n\nHow many vectors of each file got the expected answer; `l` marks how many differ as listed below, `s` how many were skipped, `d` how many differ otherwise.\n\n",
        );
        put(&heading("file"));
        for (file, places) in files(vectors) {
            let cells = Subject::ALL
                .map(|subject| self.count(subject, |place| places.contains(&place)).to_string());
            put(&format!("| {} | {} |\n", file.trim_end_matches(".json"), cells.join(" | ")));
        }
        put(
            "\n## Listed divergences\n\nThe hosts cause these themselves. Each must keep happening.\n\n",
        );
        put("| | host | what is seen | because |\n|--:|---|---|---|\n");
        for (number, entry) in (1..).zip(&list.divergences) {
            let (seen, why) = (escaped(&entry.difference), escaped(&entry.because));
            put(&format!("| {number} | {} | {seen} | {why} |\n", entry.host));
        }
        put(
            "\n## Reason codes\n\nHow many vectors reach each, host by host; a dash is explained below.\n\n",
        );
        put(&heading("reason"));
        for reason in Reason::ALL {
            let cells = Subject::ALL.map(|subject| match self.reached.count(subject, *reason) {
                0 => "-".to_owned(),
                count => count.to_string(),
            });
            put(&format!("| `{}` | {} |\n", reason.code(), cells.join(" | ")));
        }
        put("\nOut of reach:\n\n");
        put(&out_of_reach(list));
        page
    }

    /// The verdict on every vector, too long for git.
    pub fn every_vector(&self, vectors: &[Vector]) -> String {
        let mut text = String::from("# Every vector on every host\n");
        for (file, places) in files(vectors) {
            let file = file.trim_end_matches(".json");
            let _infallible = write!(text, "\n## {file}\n\n{}", heading("vector"));
            for place in places {
                let name = vectors.get(place).map(|vector| escaped(&vector.name));
                let cells = Subject::ALL.map(|subject| self.cell(place, subject));
                text += &format!("| {} | {} |\n", name.unwrap_or_default(), cells.join(" | "));
            }
        }
        text
    }

    /// Counts the verdicts of a subject on some of the vectors.
    fn count(&self, subject: Subject, wanted: impl Fn(usize) -> bool) -> Counts {
        let mut counts = Counts::default();
        for ((place, other), cell) in &self.cells {
            if *other == subject && wanted(*place) {
                *match cell {
                    Cell::Ran(Verdict::Same) => &mut counts.same,
                    Cell::Ran(Verdict::Listed(_)) => &mut counts.listed,
                    Cell::Skipped(_) => &mut counts.skipped,
                    Cell::Ran(Verdict::Differs(_)) => &mut counts.differs,
                } += 1;
            }
        }
        counts
    }

    /// The differences that are not listed, one a line.
    pub fn differences(&self, vectors: &[Vector]) -> Vec<String> {
        let lines = self.cells.iter().filter_map(|((place, subject), cell)| {
            let Cell::Ran(Verdict::Differs(wrong)) = cell else { return None };
            let name = vectors.get(*place).map(full_name)?;
            Some(format!("{}::{name}: {}", subject.name(), wrong.join("; ")))
        });
        lines.collect()
    }

    fn cell(&self, place: usize, subject: Subject) -> String {
        match self.cells.get(&(place, subject)) {
            None => "**did not run**".to_owned(),
            Some(Cell::Skipped(skipped)) => format!("*{}*", skipped.mark()),
            Some(Cell::Ran(Verdict::Same)) => "same".to_owned(),
            Some(Cell::Ran(Verdict::Differs(_))) => "**differs**".to_owned(),
            Some(Cell::Ran(Verdict::Listed(numbers))) => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                format!("listed {}", numbers.join(", "))
            }
        }
    }
}

/// The count of each verdict.
#[derive(Debug, Default)]
struct Counts {
    same: usize,
    listed: usize,
    skipped: usize,
    differs: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.same)?;
        for (count, letter) in [(self.listed, 'l'), (self.skipped, 's'), (self.differs, 'd')] {
            if count > 0 {
                write!(to, " + {count}{letter}")?;
            }
        }
        Ok(())
    }
}

/// The reasons that no vector reaches, a line for each cause.
fn out_of_reach(list: &Divergences) -> String {
    let mut hosts: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for entry in &list.unreachable {
        hosts.entry((&entry.because, &entry.reason)).or_default().push(&entry.host);
    }
    let mut reasons: BTreeMap<(&str, Vec<&str>), Vec<String>> = BTreeMap::new();
    for ((because, reason), mut hosts) in hosts {
        hosts.sort_unstable();
        reasons.entry((because, hosts)).or_default().push(format!("`{reason}`"));
    }
    let lines = reasons.iter().map(|((because, hosts), reasons)| {
        format!("- {} on {}: {because}\n", reasons.join(", "), hosts.join(", "))
    });
    lines.collect()
}

/// The files of the corpus in its order, each with the places of its vectors.
fn files(vectors: &[Vector]) -> Vec<(&str, Range<usize>)> {
    let mut files: Vec<(&str, Range<usize>)> = Vec::new();
    for (place, vector) in vectors.iter().enumerate() {
        match files.last_mut().filter(|(file, _)| *file == vector.file) {
            Some((_, places)) => places.end = place + 1,
            None => files.push((&vector.file, place..place + 1)),
        }
    }
    files
}

const INTRODUCTION: &str = "\
# The same answer from every host

`cargo xtask parity` makes this page from a run of the whole corpus in `vectors/`, and writes the verdict on every single vector to `target/parity.md`. `cargo xtask test` runs the corpus too, and fails where this page is no longer what comes out.

";

fn heading(first: &str) -> String {
    let names = Subject::ALL.map(Subject::name);
    format!("| {first} | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()))
}

/// Text that a table's cell can hold.
fn escaped(text: &str) -> String {
    let (mut safe, mut code) = (String::new(), false);
    for letter in text.chars() {
        code ^= letter == '`';
        match letter {
            '|' => safe.push_str("\\|"),
            '\\' | '<' | '>' | '*' | '_' | '[' | ']' if !code => safe.extend(['\\', letter]),
            ' '..='~' => safe.push(letter),
            other => safe.extend(other.escape_unicode()),
        }
    }
    safe
}
