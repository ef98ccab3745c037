//! How the rows of a request table are shown.

use wicketgate_harness::audit::printable;
use wicketgate_harness::runner::RowResult;
use wicketgate_harness::table::{Decision, Table};

use crate::terminal::{Paint, cell};

/// The columns of one table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    paint: Paint,
    name: usize,
    request: usize,
    handler: usize,
}

impl Columns {
    /// Columns for `table` in a terminal of `width`.
    pub(crate) fn new(paint: Paint, width: usize, table: &Table) -> Self {
        let longest = |length: &dyn Fn(usize) -> usize| {
            (0..table.rows.len()).map(length).max().unwrap_or_default()
        };
        let row = |index: usize| &table.rows[index];
        let name = longest(&|index| row(index).name.chars().count());
        let request = longest(&|index| {
            let request = &row(index).request;
            request.method.len() + 1 + request.target.chars().count()
        });
        // What the two variable columns share: the rest is fixed.
        let room = width.saturating_sub(FIXED).max(36);
        let name = name.min(room - (room / 2).min(request));
        let request = request.min(room - name).max(7);
        Self { paint, name, request, handler: HANDLER }
    }

    /// The line over the rows.
    pub(crate) fn heading(&self) -> String {
        self.paint.strong(
            format!(
                "  {}  {}  {:<10}  {:<6}  {:<22}  {}  {:>6}",
                cell("row", self.name),
                cell("request", self.request),
                "expected",
                "status",
                "reason",
                cell("origin ran", self.handler),
                "us",
            )
            .trim_end(),
        )
    }

    /// A row, with what is not as expected below it.
    pub(crate) fn row(&self, result: &RowResult) -> String {
        let handlers = match result.handlers.as_slice() {
            [] => "-".to_owned(),
            handlers => handlers.join(","),
        };
        let line = format!(
            "{}  {}  {:<10}  {:<6}  {}  {}  {:>6}",
            cell(&printable(&result.name), self.name),
            cell(&printable(&result.request), self.request),
            expected(result),
            result.status.map_or("closed".to_owned(), |status| status.to_string()),
            cell(result.reason().unwrap_or("-"), 22),
            cell(&printable(&handlers), self.handler),
            result.took.as_micros(),
        );
        if result.passed() {
            return format!("{} {line}", self.paint.good("✓"));
        }
        let faults = result.faults.iter().map(|fault| format!("\n      {}", printable(fault)));
        format!("{} {line}{}", self.paint.bad("✗"), self.paint.bad(&faults.collect::<String>()))
    }
}

/// What a table came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    pub(crate) rows: usize,
    pub(crate) as_expected: usize,
    refused: usize,
    refused_but_ran: usize,
}

impl Sum {
    pub(crate) fn add(&mut self, result: &RowResult) {
        self.rows += 1;
        self.as_expected += usize::from(result.passed());
        if result.was_to_be_refused() {
            self.refused += 1;
            self.refused_but_ran += usize::from(!result.handlers.is_empty());
        }
    }

    pub(crate) fn good(&self) -> bool {
        self.rows > 0 && self.as_expected == self.rows
    }

    /// The verdict in words.
    pub(crate) fn verdict(&self, paint: Paint) -> String {
        let Self { rows, as_expected, refused, refused_but_ran } = self;
        let ran = match refused_but_ran {
            0 => "none of them ran a handler".to_owned(),
            count => format!("{count} of them RAN A HANDLER"),
        };
        let text = format!(
            "{as_expected} of {rows} rows as expected; {refused} requests had to be refused: {ran}"
        );
        if self.good() { paint.good(&text) } else { paint.bad(&text) }
    }
}

fn expected(result: &RowResult) -> String {
    let status = result.expect.status;
    match result.expect.decision {
        Decision::Allow => format!("allow {status}"),
        Decision::Deny => format!("deny {status}"),
        Decision::Pass => format!("pass {status}"),
        Decision::None if status == 0 => "envoy 4xx".to_owned(),
        Decision::None => format!("envoy {status}"),
    }
}

const HANDLER: usize = 16;

/// The columns that have the same width in every table, and the gaps.
const FIXED: usize = 2 + 2 + 2 + 10 + 2 + 6 + 2 + 22 + 2 + HANDLER + 2 + 6;
