//! Counts the outcomes that clients saw.

use std::collections::BTreeMap;
use std::fmt;

/// Whose requests they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A guarded target without credentials.
    Without,
    /// A guarded target with credentials.
    With,
    /// A public target.
    Public,
    /// The requests that cause the fault, if any do.
    Striking,
}

impl Kind {
    /// Those of the request loop.
    pub const LOOP: [Self; 3] = [Self::Without, Self::With, Self::Public];

    /// All of them, in the order of the table's columns.
    pub const ALL: [Self; 4] = [Self::Without, Self::With, Self::Public, Self::Striking];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Without => "without",
            Self::With => "with",
            Self::Public => "public",
            Self::Striking => "striking",
        }
    }

    /// The outcome that a client sees when nothing is wrong.
    pub fn healthy(self) -> Outcome {
        Outcome::Status(if self == Self::Without { 403 } else { 200 })
    }
}

/// The outcome of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A response with this status.
    Status(u16),
    /// Nobody listened.
    Refused,
    /// The connection was closed without a whole response.
    Closed,
    /// No response within the client's patience.
    Silence,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Refused => f.write_str("refused"),
            Self::Closed => f.write_str("closed"),
            Self::Silence => f.write_str("silence"),
        }
    }
}

/// The count of each outcome, for each kind of client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    counts: BTreeMap<(Kind, Outcome), u64>,
}

impl Ledger {
    /// Enters one.
    pub fn enter(&mut self, kind: Kind, outcome: Outcome) {
        *self.counts.entry((kind, outcome)).or_default() += 1;
    }

    /// The outcomes that a kind of client saw.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = (Outcome, u64)> {
        let counts = self.counts.iter().filter(move |((given, _), _)| *given == kind);
        counts.map(|((_, outcome), count)| (*outcome, *count))
    }

    /// As the table shows it: `403 x 12, closed x 1`.
    pub fn show(&self, kind: Kind) -> String {
        let cells: Vec<_> =
            self.of(kind).map(|(outcome, count)| format!("{outcome} x {count}")).collect();
        if cells.is_empty() { "-".to_owned() } else { cells.join(", ") }
    }
}
