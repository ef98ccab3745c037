//! The attack's table: origin by host.

use wicketgate_attack::finding::Row;

use crate::steps::Count;
use crate::terminal::Paint;

/// Rows as they come, and their sum.
#[derive(Debug)]
pub(super) struct Table {
    paint: Paint,
    sum: Row,
    count: Count,
}

impl Table {
    /// The head of the columns.
    pub(super) const HEAD: &'static str = "origin                  gate             \
        targets     live without  bypasses  false denials  seconds";

    pub(super) fn new(paint: Paint) -> Self {
        Self { paint, sum: Row::default(), count: Count::default() }
    }

    /// A row as a line.
    pub(super) fn row(&mut self, row: &Row) -> String {
        let false_denials = row.false_denials.unwrap_or(0);
        self.sum.targets += row.targets;
        self.sum.bypasses += row.bypasses;
        self.sum.seconds += row.seconds;
        self.sum.false_denials = Some(self.sum.false_denials.unwrap_or(0) + false_denials);
        let good = row.bypasses == 0 && false_denials == 0;
        // A row in which nothing was live has shown nothing.
        self.count.add(Count::one(good && row.live > 0));
        let text = line(row);
        if good { text } else { self.paint.bad(&text) }
    }

    /// The sum of all results.
    pub(super) fn sum(&self, lawful: usize) -> String {
        let Row { targets, bypasses, seconds, .. } = self.sum;
        let false_denials = self.sum.false_denials.unwrap_or(0);
        let text = format!(
            "{targets} requests judged or sent, {bypasses} bypasses; {lawful} lawful URLs, \
             {false_denials} false denials; {seconds:.0} s"
        );
        if bypasses + false_denials == 0 { text } else { self.paint.bad(&text) }
    }

    /// Each row counts.
    pub(super) fn count(&self) -> Count {
        self.count
    }
}

fn line(row: &Row) -> String {
    let Row { origin, host, targets, live, bypasses, false_denials, seconds } = row;
    let denials = false_denials.map_or_else(|| "-".to_owned(), |count| count.to_string());
    format!(
        "{origin:<23} {host:<15} {targets:>8} {live:>16} {bypasses:>9} {denials:>14} {seconds:>8.1}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_their_heads() {
        let row = Row {
            origin: "o".to_owned(),
            host: "h".to_owned(),
            targets: 1,
            live: 2,
            ..Row::default()
        };
        assert_eq!(line(&row).len(), Table::HEAD.len());
    }

    #[test]
    fn counts_what_is_wrong_and_what_shows_nothing() {
        let mut table = Table::new(Paint::for_stdout());
        for (live, bypasses, false_denials) in
            [(1, 0, Some(0)), (0, 0, None), (1, 1, None), (1, 0, Some(1))]
        {
            table.row(&Row { live, bypasses, false_denials, ..Row::default() });
        }
        assert_eq!(table.count(), Count { passed: 1, failed: 3, skipped: 0 });
        assert!(table.sum(5).contains("1 bypasses; 5 lawful URLs, 1 false denials"));
    }
}
