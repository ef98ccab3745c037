//! The summary as text for a terminal.

use std::fmt::Write as _;

use super::summary::{Field, Report};
use crate::output::count;

/// The whole summary. Writing to a string does not fail.
pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    let audited = usize::try_from(report.audit_lines).unwrap_or(usize::MAX);
    _ = writeln!(text, "{} among {} of the log", count(audited, "audit line"), report.lines);
    if report.found > report.audit_lines {
        _ = writeln!(text, "the log has {}; the filters leave the others out", report.found);
    }
    if let (Some(first), Some(last)) = (&report.first, &report.last) {
        _ = writeln!(text, "from {first} to {last}");
    }
    for Field { name, values, others } in &report.by {
        _ = writeln!(text, "\nby {name}");
        let most = values.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
        let width = values.iter().map(|(value, _)| value.len().min(WIDTH)).max().unwrap_or(0);
        for (value, count) in values {
            let shown: String = if value.len() > WIDTH {
                value.chars().take(WIDTH - 3).chain("...".chars()).collect()
            } else {
                value.clone()
            };
            // At least one mark, at most twenty.
            let marks = usize::try_from(count.saturating_mul(20).div_ceil(most)).unwrap_or(20);
            _ = writeln!(text, "  {shown:<width$}  {count:>8}  {}", "#".repeat(marks.min(20)));
        }
        if *others > 0 {
            _ = writeln!(text, "  {:<width$}  {others:>8}", "others");
        }
    }
    text
}

const WIDTH: usize = 48;
