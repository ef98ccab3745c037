//! The table: vectors × hosts, as Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wicketgate_policy::Reason;
use wicketgate_runtime::vectors::Vector;

use super::divergences::full_name;
use super::hosts::Skipped;
use super::reasons::Reached;
use super::{Divergences, Subject, Verdict};

/// What is said of a vector on a host.
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

    /// What is wrong with the whole, beyond single cells.
    pub fn faults(&self, list: &Divergences) -> Vec<String> {
        self.reached.faults(list)
    }

    /// How many cells differ in a way that is not listed.
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
            let of = |wanted: fn(&Cell) -> bool| {
                let mine = self.cells.iter().filter(|((_, other), _)| *other == subject);
                mine.filter(|(_, cell)| wanted(cell)).count()
            };
            let _infallible = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} |",
                subject.name(),
                subject.about(),
                of(|cell| *cell == Cell::Ran(Verdict::Same)),
                of(|cell| matches!(cell, Cell::Ran(Verdict::Listed(_)))),
                of(|cell| matches!(cell, Cell::Skipped(_))),
                of(|cell| matches!(cell, Cell::Ran(Verdict::Differs(_)))),
            );
        }
        text
    }

    /// The whole page.
    pub fn markdown(&self, vectors: &[Vector], list: &Divergences) -> String {
        let mut page = String::from(INTRODUCTION);
        let mut put = |text: &str| page.push_str(text);
        put(&self.summary());
        put("\nSkipped:\n\n");
        for skipped in Skipped::ALL {
            put(&format!("- *{}*: {}.\n", skipped.mark(), skipped.why()));
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
        for entry in &list.unreachable {
            put(&format!("- `{}` on {}: {}\n", entry.reason, entry.host, entry.because));
        }
        put("\n## Vectors\n");
        let mut topic = "";
        for (place, vector) in vectors.iter().enumerate() {
            if vector.file != topic {
                topic = &vector.file;
                put(&format!("\n### {}\n\n{}", topic.trim_end_matches(".json"), heading("vector")));
            }
            let cells = Subject::ALL.map(|subject| self.cell(place, subject));
            put(&format!("| {} | {} |\n", escaped(&vector.name), cells.join(" | ")));
        }
        page
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

const INTRODUCTION: &str = "\
# The same answer from every host

Made by `cargo xtask parity` from a run of the whole corpus in `vectors/`; `cargo xtask test` runs it too and fails
where this page is no longer what comes out.

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
