//! Counting, in bounded memory.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use wicketgate_policy::Time;

use super::find::Audit;

/// The lines to count.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) since: Option<Time>,
    pub(super) until: Option<Time>,
    pub(super) rule: Option<String>,
    /// By the policy's name.
    pub(super) caller: Option<String>,
    /// The name in a signed token or a certificate.
    pub(super) subject: Option<String>,
    pub(super) key: Option<String>,
    pub(super) reason: Option<String>,
}

/// The counts so far.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// All lines.
    lines: u64,
    /// Audit lines.
    found: u64,
    /// Lines that mention a decision and could not be read.
    unread: u64,
    /// Audit lines that the filter let through.
    counted: u64,
    first: Option<Time>,
    last: Option<Time>,
    counts: BTreeMap<&'static str, Counts>,
}

/// The count of each value of one field.
#[derive(Debug, Default)]
struct Counts {
    known: BTreeMap<String, u64>,
    /// The count of values that came when the table was full.
    others: u64,
}

/// The most values of one field that are counted one by one. Clients choose paths and addresses, so
/// there must be a bound.
const MAX_VALUES: usize = 10_000;

/// The finished summary.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) lines: u64,
    /// Those that the filters let through.
    pub(super) audit_lines: u64,
    /// All of them.
    pub(super) found: u64,
    /// Lines that mention a decision and could not be read.
    pub(super) unread: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    /// For each field its values with their counts, the most frequent first.
    pub(super) by: Vec<Field>,
}

#[derive(Debug, Serialize)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) values: Vec<(String, u64)>,
    /// The count of all other values together.
    pub(super) others: u64,
}

/// These are not fields of a line, but made from several: the caller, and its name in a token or a
/// certificate.
const CALLER: &str = "caller";
const SUBJECT: &str = "subject";

/// The fields that are counted, in the order in which they are told.
const FIELDS: [(&str, &str); 10] = [
    ("decision", "wicketgate.decision"),
    ("rule", "rule.id"),
    ("reason", "error.type"),
    ("caller", CALLER),
    ("subject", SUBJECT),
    ("key", "wicketgate.credential.key_id"),
    ("key state", "wicketgate.credential.state"),
    ("address", "client.address"),
    ("path", "url.path"),
    ("policy version", "rule.version"),
];

impl Summary {
    /// A line of a log was read.
    pub(super) fn line(&mut self) {
        self.lines += 1;
    }

    /// Lines of anything so far, and audit lines among them.
    pub(super) fn seen(&self) -> (u64, u64) {
        (self.lines, self.found)
    }

    /// So many lines could not be read.
    pub(super) fn unread(&mut self, lines: u64) {
        self.unread += lines;
    }

    /// Takes in an audit line.
    pub(super) fn add(&mut self, audit: &Audit, filter: &Filter) {
        self.found += 1;
        let plain = |name: &str| audit.get(name).and_then(Value::as_str).map(str::to_owned);
        let text = |name: &str| match name {
            CALLER => caller(plain),
            SUBJECT => plain("wicketgate.caller").and_then(|_| plain("user.id")),
            name => plain(name),
        };
        let at = text("@timestamp").as_deref().and_then(Time::parse);
        let is = |wanted: &Option<String>, name: &str| wanted.is_none() || *wanted == text(name);
        let counts = filter.since.is_none_or(|since| at.is_some_and(|at| at >= since))
            && filter.until.is_none_or(|until| at.is_some_and(|at| at < until))
            && is(&filter.rule, "rule.id")
            && is(&filter.caller, CALLER)
            && is(&filter.subject, SUBJECT)
            && is(&filter.key, "wicketgate.credential.key_id")
            && is(&filter.reason, "error.type");
        if !counts {
            return;
        }
        self.counted += 1;
        if let Some(at) = at {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
            let hour = at.to_string().split(':').next().unwrap_or_default().to_owned();
            self.count("hour", hour + ":00Z");
        }
        // Skip rules in shadow mode, which decide nothing.
        let shadow = text("wicketgate.mode").as_deref() == Some("shadow");
        for (name, field) in FIELDS {
            let Some(value) = text(field) else { continue };
            // People will read text from clients here: leave out line breaks and invisible
            // characters.
            let mut value: String =
                value.chars().take(256).flat_map(char::escape_default).collect();
            if shadow && name == "decision" {
                value += " (shadow)";
            }
            self.count(name, value);
        }
    }

    fn count(&mut self, name: &'static str, value: String) {
        let counts = self.counts.entry(name).or_default();
        if counts.known.len() >= MAX_VALUES && !counts.known.contains_key(&value) {
            counts.others += 1;
            return;
        }
        *counts.known.entry(value).or_default() += 1;
    }

    /// The most frequent values of each field.
    pub(super) fn finish(mut self, top: usize) -> Report {
        let names = FIELDS.iter().map(|(name, _)| *name).chain(["hour"]);
        let fields = names.filter_map(|name| {
            let Counts { known, others } = self.counts.remove(name)?;
            let mut values: Vec<(String, u64)> = known.into_iter().collect();
            // Show the last hours, in their order.
            if name == "hour" {
                values.reverse();
            } else {
                values.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.cmp(b)));
            }
            let rest: u64 = values.iter().skip(top).map(|(_, count)| count).sum();
            values.truncate(top);
            if name == "hour" {
                values.reverse();
            }
            Some(Field { name, values, others: others + rest })
        });
        Report {
            lines: self.lines,
            audit_lines: self.counted,
            found: self.found,
            unread: self.unread,
            first: self.first.map(|time| time.to_string()),
            last: self.last.map(|time| time.to_string()),
            by: fields.collect(),
        }
    }
}

/// The caller's name in the policy. For signed tokens and certificates, `user.id` is the name in
/// them, and another field has the caller's.
pub fn caller(text: impl Fn(&str) -> Option<String>) -> Option<String> {
    text("wicketgate.caller").or_else(|| text("user.id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_choose_does_not_grow_memory() {
        let mut summary = Summary::default();
        for number in 0..MAX_VALUES + 500 {
            let line =
                format!("x {{\"wicketgate.decision\":\"deny\",\"url.path\":\"/{number:05}\"}} y");
            let found = super::super::find::search(&line);
            found.iter().for_each(|audit| summary.add(audit, &Filter::default()));
        }
        let report = summary.finish(2);
        let paths = report.by.iter().find(|field| field.name == "path").unwrap();
        assert_eq!(paths.values, [("/00000".to_owned(), 1), ("/00001".to_owned(), 1)]);
        assert_eq!(paths.others, (MAX_VALUES + 500 - 2) as u64);
        let decisions = &report.by[0];
        assert_eq!((decisions.name, decisions.values[0].1), ("decision", 10_500));
    }
}
