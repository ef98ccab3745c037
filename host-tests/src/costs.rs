//! Written tables of what a request costs: one figure that may be half a percent off, and one that
//! must be the same.

use std::fmt::Write as _;
use std::path::PathBuf;

/// What one request costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The request.
    pub name: String,
    /// Fuel, or instructions; `None` if they could not be counted.
    pub work: Option<u64>,
    /// Calls to the host, or allocations.
    pub count: u64,
}

/// A table in the folder `benches`.
pub struct Costs {
    /// The file.
    pub file: &'static str,
    /// The lines above the table: comments, and what the columns are.
    pub head: &'static str,
    /// The names of the three columns.
    pub columns: [&'static str; 3],
}

/// The allowed difference from the table, in thousandths.
const TOLERANCE: u64 = 5;

impl Costs {
    /// Holds the rows to the table, or writes it anew if `WICKETGATE_UPDATE` is set.
    ///
    /// # Panics
    /// If a row differs from the table.
    pub fn hold(&self, rows: &[Row]) {
        let table = self.render(rows);
        println!("{table}");
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches").join(self.file);
        if std::env::var_os("WICKETGATE_UPDATE").is_some() {
            assert!(rows.iter().all(|row| row.work.is_some()), "not all of it was counted");
            std::fs::write(&path, &table).unwrap();
        }
        let written = parse(&std::fs::read_to_string(&path).unwrap());
        let names = |rows: &[Row]| rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
        let file = self.file;
        assert_eq!(names(rows), names(&written), "the rows have changed: update benches/{file}");
        let faults: Vec<String> = rows.iter().zip(&written).filter_map(differs).collect();
        assert!(
            faults.is_empty(),
            "update benches/{file} if this is meant:\n{}",
            faults.join("\n")
        );
    }

    fn render(&self, rows: &[Row]) -> String {
        let [name, work, count] = self.columns;
        let width = |column: &str| column.len().max(8) + 2;
        let (works, counts) = (width(work), width(count));
        let mut text = format!("{}\n{name:<48}{work:>works$}{count:>counts$}\n", self.head);
        for Row { name, work, count } in rows {
            let work = work.map_or("-".to_owned(), |work| work.to_string());
            writeln!(text, "{name:<48}{work:>works$}{count:>counts$}").unwrap();
        }
        text
    }
}

fn differs((measured, written): (&Row, &Row)) -> Option<String> {
    let off =
        |measured: u64, written: u64| measured.abs_diff(written) * 1_000 > written * TOLERANCE;
    let is_off = measured.work.zip(written.work).is_some_and(|(one, other)| off(one, other));
    let says = || format!("{}: {measured:?}, written down is {written:?}", measured.name);
    (is_off || measured.count != written.count).then(says)
}

fn parse(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let (rest, count) = line.rsplit_once(' ')?;
        let (name, work) = rest.trim_end().rsplit_once(' ')?;
        let (work, count) = (Some(work.parse().ok()?), count.parse().ok()?);
        Some(Row { name: name.trim_end().to_owned(), work, count })
    };
    text.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_amount_is_seen() {
        let row = |work, count| Row { name: "x".to_owned(), work: Some(work), count };
        let differs = |measured, written| differs((&measured, &written)).is_some();
        assert!(!differs(row(1_005, 9), row(1_000, 9)));
        assert!(differs(row(1_006, 9), row(1_000, 9)));
        assert!(differs(row(994, 9), row(1_000, 9)));
        assert!(differs(row(1_000, 10), row(1_000, 9)));
        let uncounted = Row { work: None, ..row(0, 9) };
        assert!(!differs(uncounted.clone(), row(1_000, 9)));
        assert!(differs(uncounted, row(1_000, 10)));
        let rows = [row(1, 2), row(30, 4)];
        let costs = Costs { file: "x", head: "# a table", columns: ["a", "b", "c"] };
        assert_eq!(parse(&costs.render(&rows)), rows);
    }
}
