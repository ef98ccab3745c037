//! Which reason codes the corpus reaches on which host.

use std::collections::{BTreeMap, BTreeSet};

use wicketgate_policy::Reason;

use super::{Divergences, Subject};

/// The number of vectors that reach a reason code on a host.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached(BTreeMap<(Subject, String), usize>);

impl Reached {
    /// Counts a denial whose reason was as expected.
    pub(super) fn add(&mut self, subject: Subject, reason: &str) {
        *self.0.entry((subject, reason.to_owned())).or_default() += 1;
    }

    /// The number.
    pub(super) fn count(&self, subject: Subject, reason: Reason) -> usize {
        self.0.get(&(subject, reason.code().to_owned())).copied().unwrap_or(0)
    }

    /// The faults: a code that no vector reaches and that is not listed as out of reach, a code
    /// that is listed but reached, or a list entry about nothing.
    pub(super) fn faults(&self, list: &Divergences) -> Vec<String> {
        let mut faults = Vec::new();
        let listed: BTreeSet<(&str, &str)> =
            list.unreachable.iter().map(|entry| (&*entry.host, &*entry.reason)).collect();
        let mut unknown = listed.clone();
        for subject in Subject::ALL {
            for reason in Reason::ALL {
                let (host, code) = (subject.name(), reason.code());
                let entry = (subject.listed_as(), code);
                unknown.remove(&entry);
                match (self.count(subject, *reason), listed.contains(&entry)) {
                    (0, false) => faults.push(format!("no vector reaches `{code}` on {host}")),
                    (1.., true) => faults.push(format!(
                        "`{code}` is listed as out of reach on {host}, but is reached"
                    )),
                    _ => {}
                }
            }
        }
        faults.extend(unknown.into_iter().map(|(host, code)| {
            format!("`{code}` on `{host}` is listed as out of reach: no such reason or host")
        }));
        faults
    }
}
