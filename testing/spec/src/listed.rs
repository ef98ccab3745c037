//! The combinations of steps that were observed, as a list: what the path rule was first written
//! down as. The closure of [`readings`](crate::readings) has to contain all of it.

use std::collections::BTreeSet;

use crate::{readings, steps};

/// Every reading of a target that the list names.
#[must_use]
pub fn listed(target: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in paths(target) {
        for decodings in 0..=2 {
            decoded(&path, decodings, &mut found);
        }
    }
    found
}

/// Which part of the target is the path.
fn paths(target: &str) -> Vec<String> {
    let whole = readings::path(target).to_owned();
    let mut found = vec![steps::before_hash(&whole), whole.clone()];
    found.extend(steps::after_scheme(&whole).map(|(rest, _)| rest));
    found.extend(steps::authorities(&whole).into_iter().map(|(_, path)| path));
    found.extend(whole.strip_prefix('*').map(str::to_owned));
    if !whole.starts_with('/') {
        found.push(format!("/{whole}"));
        found.extend(whole.find(['/', '\\']).map(|at| whole[at..].to_owned()));
    }
    found
}

/// One path, decoded so many times, with each of the other steps taken or not.
fn decoded(path: &str, decodings: usize, found: &mut BTreeSet<String>) {
    let id: fn(&str) -> String = str::to_owned;
    for early_parameters in [id, steps::no_parameters] {
        for early_backslashes in [id, steps::backslashes] {
            for early_dots in [id, steps::no_dots, steps::no_encoded_dots] {
                let mut path = early_dots(&early_parameters(&early_backslashes(path)));
                for _ in 0..decodings {
                    path = steps::decode_all(&path);
                }
                for late_cut in [id, steps::before_question_mark, steps::before_hash] {
                    for late_backslashes in [id, steps::backslashes] {
                        for late_parameters in [id, steps::no_parameters] {
                            let path = late_parameters(&late_backslashes(&late_cut(&path)));
                            found.insert(steps::no_dots(&path));
                            found.insert(steps::no_dots(&steps::merge(&path)));
                            found.insert(path);
                        }
                    }
                }
            }
        }
    }
}
