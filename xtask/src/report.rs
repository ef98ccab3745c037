//! Prints the rows of a request table.

use wicketgate_runtime::audit::printable;
use wicketgate_testkit::gate::Host;
use wicketgate_testkit::runner::RowResult;
use wicketgate_testkit::table::{Decision, Expect, Row, Table};

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
    pub(crate) fn new(paint: Paint, width: usize, host: Host, table: &Table) -> Self {
        let longest = |length: &dyn Fn(&Row) -> usize| {
            table.rows.iter().map(length).max().unwrap_or_default()
        };
        let handler = |expect: Option<Expect>| {
            expect.and_then(|expect| expect.handler).map_or(0, |handler| handler.len())
        };
        let handler = longest(&|row| handler(row.expect(host).ok())).max("origin ran".len());
        let name = longest(&|row| row.name.chars().count());
        let request =
            longest(&|row| row.request.method.len() + 1 + row.request.target.chars().count());
        // The width that the two long columns share. On a narrow terminal the name stands for the
        // request.
        let room = width.saturating_sub(FIXED + handler);
        let (name, request) = if room < 40 {
            (name.min(room).max(20), 0)
        } else {
            let name = name.min(room - request.min(room * 2 / 5));
            (name, request.min(room - name).max("request".len()))
        };
        Self { paint, name, request, handler }
    }

    /// The line over the rows.
    pub(crate) fn heading(&self) -> String {
        let first = if self.request == 0 { "request" } else { "row" };
        let names = [first, "request", "expected", "status", "reason", "origin ran", "us"];
        format!("  {}", self.paint.strong(&self.line(names)))
    }

    /// A row, with what is not as expected below it.
    pub(crate) fn row(&self, result: &RowResult) -> String {
        let handlers = match result.handlers.as_slice() {
            [] => "-".to_owned(),
            handlers => handlers.join(","),
        };
        let status = result.status.map_or("closed".to_owned(), |status| status.to_string());
        let line = self.line([
            &printable(&result.name),
            &printable(&result.request),
            &expected(result),
            &status,
            result.reason().unwrap_or("-"),
            &printable(&handlers),
            &result.took.as_micros().to_string(),
        ]);
        if result.passed() {
            return format!("{} {line}", self.paint.good("✓"));
        }
        let faults = result.faults.iter().map(|fault| format!("\n      {}", printable(fault)));
        format!("{} {line}{}", self.paint.bad("✗"), self.paint.bad(&faults.collect::<String>()))
    }

    fn line(&self, cells: [&str; 7]) -> String {
        let [name, request, expected, status, reason, handlers, took] = cells;
        let request = match self.request {
            0 => String::new(),
            width => format!("  {}", cell(request, width)),
        };
        format!(
            "{}{request}  {expected:<9}  {status:<6}  {}  {}  {took:>6}",
            cell(name, self.name),
            cell(reason, REASON),
            cell(handlers, self.handler),
        )
    }
}

/// The result of a table.
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

/// The longest reason code.
const REASON: usize = 23;

/// The columns that have the same width in every table, and the gaps.
const FIXED: usize = 2 + 2 + 2 + 9 + 2 + 6 + 2 + REASON + 2 + 2 + 6;
