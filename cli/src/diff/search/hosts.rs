//! Hosts by which rules can be told apart.

use std::collections::BTreeSet;

use wicketgate_policy::explain::Choosing;

use super::chosen;
use crate::diff::shot::AUTHORITY;
use crate::diff::side::Side;

/// Hosts that either policy names, and one that neither does.
pub(super) struct Hosts {
    pub(super) named: Vec<String>,
    pub(super) unnamed: String,
}

impl Hosts {
    pub(super) fn new(sides: [&Side; 2]) -> Self {
        let written: BTreeSet<String> =
            sides.iter().flat_map(|side| &side.rules).flat_map(|rule| rule.hosts.clone()).collect();
        let is_named = |host: &str| written.iter().any(|name| covers(name, host));
        let named = written.iter().map(|name| example(name)).collect();
        let unnamed = [AUTHORITY, "other.example", "wicketgate.invalid"];
        let unnamed = unnamed.iter().find(|host| !is_named(host)).unwrap_or(&"unnamed.invalid");
        Self { named, unnamed: (*unnamed).to_owned() }
    }

    /// The hosts by which the rules can be told apart that are chosen for the host that none names,
    /// for which all of them apply: theirs, and one more that some rule names.
    pub(super) fn of(&self, sides: [&Side; 2], choices: &[Choosing<'_>; 2]) -> Vec<String> {
        if self.named.is_empty() {
            return Vec::new();
        }
        let of = |side: &Side, choosing: &Choosing<'_>| -> BTreeSet<String> {
            let ids = chosen(&choosing.chosen);
            ids.iter().filter_map(|id| side.rule(id)).flat_map(|rule| rule.hosts.clone()).collect()
        };
        let [before, after] = sides;
        let [chosen_before, chosen_after] = choices;
        let mut hosts = Vec::new();
        let written: BTreeSet<String> =
            of(before, chosen_before).union(&of(after, chosen_after)).cloned().collect();
        let mine: BTreeSet<String> = written.iter().map(|name| example(name)).collect();
        hosts.extend(mine.iter().cloned());
        // A host under a wildcard may have a name of its own.
        let nested = self.named.iter().filter(|host| written.iter().any(|name| covers(name, host)));
        hosts.extend(nested.cloned());
        hosts.extend(self.named.iter().find(|host| !hosts.contains(host)).cloned());
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

/// A host of a name with a `*`.
fn example(name: &str) -> String {
    name.to_ascii_lowercase().replace('*', "any-label")
}

fn covers(name: &str, host: &str) -> bool {
    let rest = |text: &str| text.split_once('.').map(|(_, rest)| rest.to_owned());
    name == host || name.starts_with('*') && rest(name) == rest(host)
}
