//! What the requests of a class have in common beside their rule, in words.

use std::collections::BTreeSet;

use wicketgate_policy::Time;

use super::classes::{Class, Dimension, OTHER, Of};

/// The conditions of a class, each as a short phrase; none if it is about every request of its rule.
pub(super) fn of(class: &Class, hosts: &BTreeSet<String>) -> Vec<String> {
    let mut all = Vec::new();
    if class.key.unusual {
        return all;
    }
    if hosts.len() > 1 && !hosts.iter().all(|host| class.hosts.contains(host)) {
        let named: Vec<String> = class.hosts.iter().map(|host| format!("`{host}`")).collect();
        all.push(format!("host {}", listed(&named)));
    }
    for (of, dimension) in &class.dimensions {
        if dimension.is_any() {
            continue;
        }
        let mut values: Vec<String> =
            dimension.hit.iter().filter(|value| !value.is_empty()).cloned().collect();
        match of {
            Of::Method if values == [OTHER] => {
                let named: Vec<&str> =
                    dimension.tried.iter().filter(|v| *v != OTHER).map(String::as_str).collect();
                all.push(format!("any method but {}", named.join(", ")));
            }
            Of::Method => {
                values.sort_by_key(|value| value == OTHER);
                all.push(format!("method {}", listed(&values)));
            }
            Of::Client => all.push(format!("client {}", listed(&values))),
            Of::Credential => all.push(format!("with {}", listed(&least(&values)))),
            Of::Time => all.push(spans(dimension)),
            // It is so without a further header too.
            Of::Header if dimension.hit.contains("") => {}
            Of::Header => all.push(format!("header `{}`", values.join("`, `"))),
        }
    }
    all
}

/// Sets of credentials, without those that add something to another.
fn least(values: &[String]) -> Vec<String> {
    if values.iter().any(|value| value == NONE) {
        let wrong = values.iter().any(|value| value.starts_with("a wrong value"));
        return vec![if wrong { format!("{NONE} or a wrong one") } else { NONE.to_owned() }];
    }
    let parts = |value: &str| -> Vec<String> { value.split(AND).map(str::to_owned).collect() };
    let is_least = |value: &&String| {
        let mine = parts(value);
        mine.len() == 1 || !mine.iter().any(|part| values.contains(part))
    };
    values.iter().filter(is_least).cloned().collect()
}

/// The set of no credential.
pub(super) const NONE: &str = "no credential";
/// Between credentials that come together.
pub(super) const AND: &str = " and ";

/// Values one after the other, at most a few of them.
fn listed(values: &[String]) -> String {
    const MOST: usize = 6;
    let shown: Vec<&str> = values.iter().take(MOST).map(String::as_str).collect();
    let more = values.len().saturating_sub(MOST);
    if more > 0 { format!("{} or {more} more", shown.join(", ")) } else { shown.join(" or ") }
}

/// An interval between moments at which keys begin or end to be valid.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Interval {
    /// Before the first of them.
    Before(Time),
    /// At one of them.
    At(Time),
    /// Between two of them.
    Between(Time, Time),
    /// After the last.
    After(Time),
}

impl Interval {
    /// Returns `true` if a moment is in it.
    #[cfg(test)]
    pub(super) fn contains(self, now: Time) -> bool {
        match self {
            Self::Before(end) => now < end,
            Self::At(at) => now == at,
            Self::Between(start, end) => start < now && now < end,
            Self::After(start) => start < now,
        }
    }

    /// As a value of a dimension.
    pub(super) fn place(self) -> String {
        match self {
            Self::Before(end) => format!("before {end}"),
            Self::At(at) => format!("at {at}"),
            Self::Between(start, end) => format!("between {start} {end}"),
            Self::After(start) => format!("after {start}"),
        }
    }

    fn of_place(place: &str) -> Option<Self> {
        let (kind, rest) = place.split_once(' ')?;
        Some(match kind {
            "before" => Self::Before(Time::parse(rest)?),
            "at" => Self::At(Time::parse(rest)?),
            "after" => Self::After(Time::parse(rest)?),
            _ => {
                let (start, end) = rest.split_once(' ')?;
                Self::Between(Time::parse(start)?, Time::parse(end)?)
            }
        })
    }

    /// The order in time.
    fn order(self) -> (Time, u8) {
        match self {
            Self::Before(end) => (end, 0),
            Self::At(at) => (at, 1),
            Self::Between(start, _) | Self::After(start) => (start, 2),
        }
    }

    fn start(self) -> String {
        match self {
            Self::Before(_) => String::new(),
            Self::At(at) => format!("from {}", short(at)),
            Self::Between(start, _) | Self::After(start) => format!("after {}", short(start)),
        }
    }

    fn end(self) -> String {
        match self {
            Self::Before(end) | Self::Between(_, end) => format!("before {}", short(end)),
            Self::At(at) => format!("until {}", short(at)),
            Self::After(_) => String::new(),
        }
    }
}

/// The intervals at which a class was found, joined where they touch.
fn spans(dimension: &Dimension) -> String {
    let mut all: Vec<Interval> =
        dimension.tried.iter().filter_map(|place| Interval::of_place(place)).collect();
    all.sort_by_key(|interval| interval.order());
    let mut told: Vec<String> = Vec::new();
    let mut run: Option<(Interval, Interval)> = None;
    let mut close = |run: Option<(Interval, Interval)>| {
        if let Some((first, last)) = run {
            let text = match (first, last) {
                (Interval::At(at), Interval::At(same)) if at == same => {
                    format!("at {} exactly", short(at))
                }
                _ => format!("{} {}", first.start(), last.end()).trim().to_owned(),
            };
            told.push(text);
        }
    };
    for interval in all {
        if dimension.hit.contains(&interval.place()) {
            run = Some((run.map_or(interval, |(first, _)| first), interval));
        } else {
            close(run.take());
        }
    }
    close(run);
    told.join(" or ")
}

/// A time without the parts that are zero.
pub(super) fn short(time: Time) -> String {
    let text = time.to_string();
    let text = text.replace(".000Z", "Z");
    text.strip_suffix("T00:00:00Z").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_that_touch_are_one() {
        let [a, b] = ["2027-01-01", "2027-02-01T12:00:00Z"].map(|text| Time::parse(text).unwrap());
        let all = [
            Interval::Before(a),
            Interval::At(a),
            Interval::Between(a, b),
            Interval::At(b),
            Interval::After(b),
        ];
        let told = |hit: &[usize]| {
            let place = |at: &usize| all[*at].place();
            let tried = all.iter().map(|interval| interval.place()).collect();
            spans(&Dimension { hit: hit.iter().map(place).collect(), tried })
        };
        assert_eq!(told(&[0, 1]), "until 2027-01-01");
        assert_eq!(told(&[1, 2]), "from 2027-01-01 before 2027-02-01T12:00:00Z");
        assert_eq!(told(&[2, 3, 4]), "after 2027-01-01");
        assert_eq!(told(&[0, 3]), "before 2027-01-01 or at 2027-02-01T12:00:00Z exactly");
    }

    #[test]
    fn a_credential_alone_says_more_than_with_another() {
        let values = ["A", "A and B", "C and D"].map(str::to_owned);
        assert_eq!(least(&values), ["A", "C and D"]);
        assert_eq!(least(&["A", "no credential"].map(str::to_owned)), ["no credential"]);
    }
}
