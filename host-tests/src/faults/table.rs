//! The table: fault by host, what clients saw, what reached the origin, how it ended.

use std::fmt;

use super::{End, Kind, Row};

/// Rows in the order of the list of faults.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Enters a row.
    pub fn enter(&mut self, row: Row) {
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| host | fault | without credentials | with | public | what caused it | at the origin: with, public | unauthorised | right again |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|")?;
        for Row { fault, seen, reached, recovered, lasted: _ } in &self.rows {
            let [without, with, public, striking] = Kind::ALL.map(|kind| seen.show(kind));
            let recovered = match fault.ends {
                End::ByItself(_) => format!("by itself, {} ms", recovered.as_millis()),
                End::Restarted(_) => format!("{} ms after a good start", recovered.as_millis()),
            };
            writeln!(
                f,
                "| {} | {} | {without} | {with} | {public} | {striking} | {}, {} | {} | {recovered} |",
                fault.host.name(),
                fault.name.replace('_', " "),
                reached.with,
                reached.public,
                reached.unauthorised,
            )?;
        }
        Ok(())
    }
}
