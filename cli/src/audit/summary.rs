//! Counting, in bounded memory.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use wicketgate_policy::Time;

/// Which lines count.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) since: Option<Time>,
    pub(super) until: Option<Time>,
    pub(super) rule: Option<String>,
    pub(super) caller: Option<String>,
    pub(super) reason: Option<String>,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// Lines of anything.
    lines: u64,
    /// Audit lines that the filter let through.
    counted: u64,
    first: Option<Time>,
    last: Option<Time>,
    counts: BTreeMap<&'static str, Counts>,
}

/// How often each value of one field was seen.
#[derive(Debug, Default)]
struct Counts {
    known: BTreeMap<String, u64>,
    /// Of values that came when there were too many already.
    others: u64,
}

/// Values of one field that are told apart. A client chooses paths and addresses.
const MAX_VALUES: usize = 10_000;

/// What it comes to.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) lines: u64,
    pub(super) audit_lines: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    /// By field: values and how often each was seen, the most frequent first.
    pub(super) by: Vec<Field>,
}

#[derive(Debug, Serialize)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) values: Vec<(String, u64)>,
    /// Of all other values together.
    pub(super) others: u64,
}

/// The fields that are counted, in the order in which they are told.
const FIELDS: [(&str, &str); 9] = [
    ("decision", "wicketgate.decision"),
    ("rule", "rule.id"),
    ("reason", "error.type"),
    ("caller", "user.id"),
    ("key", "wicketgate.credential.key_id"),
    ("key state", "wicketgate.credential.state"),
    ("address", "client.address"),
    ("path", "url.path"),
    ("policy version", "rule.version"),
];

impl Summary {
    /// Takes in a line of a log.
    pub(super) fn add(&mut self, line: &str, filter: &Filter) {
        self.lines += 1;
        let Some(audit) = audit_line(line) else { return };
        let text = |name: &str| audit.get(name).and_then(Value::as_str);
        let at = text("@timestamp").and_then(Time::parse);
        let is = |wanted: &Option<String>, name: &str| {
            wanted.as_deref().is_none_or(|wanted| text(name) == Some(wanted))
        };
        let counts = filter.since.is_none_or(|since| at.is_some_and(|at| at >= since))
            && filter.until.is_none_or(|until| at.is_some_and(|at| at < until))
            && is(&filter.rule, "rule.id")
            && is(&filter.caller, "user.id")
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
        // A rule in shadow mode decides nothing.
        let shadow = text("wicketgate.mode") == Some("shadow");
        for (name, field) in FIELDS {
            let Some(value) = text(field) else { continue };
            // What a client sent is for the eye: no line breaks, no signs that can't be seen.
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
            // Hours come in their order, the last ones of them.
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
            first: self.first.map(|time| time.to_string()),
            last: self.last.map(|time| time.to_string()),
            by: fields.collect(),
        }
    }
}

/// The JSON object in a line of a log, where it is one of ours.
pub fn audit_line(line: &str) -> Option<Map<String, Value>> {
    let json = line.get(line.find('{')?..)?;
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<Map<String, Value>>();
    let object = values.next()?.ok()?;
    object.contains_key("wicketgate.decision").then_some(object)
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
            summary.add(&line, &Filter::default());
        }
        let report = summary.finish(2);
        let paths = report.by.iter().find(|field| field.name == "path").unwrap();
        assert_eq!(paths.values, [("/00000".to_owned(), 1), ("/00001".to_owned(), 1)]);
        assert_eq!(paths.others, (MAX_VALUES + 500 - 2) as u64);
        let decisions = &report.by[0];
        assert_eq!((decisions.name, decisions.values[0].1), ("decision", 10_500));
    }
}
