//! The core against the executable specification: the same verdict, and the same rules.

use std::collections::BTreeMap;

use wicketgate_agreement::gates::{Subject, subjects};
use wicketgate_agreement::generate::{Random, target};
use wicketgate_agreement::{compare, list};
use wicketgate_spec::{Verdict, listed, readings, text};

/// Asks about every target for every host; returns how often each kind of verdict was given.
fn agree(subject: &Subject, targets: &[Vec<u8>]) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    let mut differences = Vec::new();
    for (place, target) in targets.iter().enumerate() {
        let host = subject.hosts[place % subject.hosts.len()];
        match compare(subject, host, target) {
            Ok(verdict) => *kinds.entry(kind(&verdict)).or_default() += 1,
            Err(difference) => differences.push(difference.to_string()),
        }
        if differences.len() >= 20 {
            break;
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    kinds
}

fn kind(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Guarded(_) => "guarded",
        Verdict::Ambiguous(_) => "ambiguous",
        Verdict::TooComplex => "too complex",
    }
}

#[test]
fn on_every_target_of_the_lists() {
    let targets = [list::targets("guarded.txt"), list::targets("lawful.txt")].concat();
    assert!(targets.len() > 2_000, "only {} targets", targets.len());
    each_subject(&|_, subject| _ = agree(subject, &targets));
}

#[test]
fn on_generated_targets() {
    let count = if is_whole() { 16_000 } else { 1_500 };
    each_subject(&|number, subject| {
        let mut random = Random::new(20_261_123 + u64::try_from(number).unwrap_or(0));
        let targets: Vec<_> = (0..count).map(|_| target(&mut random)).collect();
        let kinds = agree(subject, &targets);
        // Else the targets would not ask about what matters.
        let often = kinds.values().filter(|times| **times > count / 100).count();
        assert!(often >= 3 && kinds.len() == 4, "{}: {kinds:?}", subject.name);
        println!("{}: {kinds:?}", subject.name);
    });
}

/// On two threads: half of the policies each.
fn each_subject(ask: &(impl Fn(usize, &Subject) + Sync)) {
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                let subjects = subjects();
                let own = subjects.iter().enumerate().filter(|(number, _)| number % 2 == half);
                own.for_each(|(number, subject)| ask(number, subject));
            });
        }
    });
}

/// `cargo xtask test` sets the variable. Without it `cargo test` asks about fewer generated targets,
/// so that it stays quick.
fn is_whole() -> bool {
    std::env::var_os("WICKETGATE_ALL").is_some()
}

#[test]
fn the_closure_contains_every_listed_combination() {
    let mut random = Random::new(7);
    let count = if is_whole() { 5_000 } else { 1_500 };
    let generated = (0..count).map(|_| target(&mut random));
    for target in list::targets("guarded.txt").into_iter().chain(generated) {
        let target = text(&target);
        let Ok(readings) = readings::readings(readings::path(&target)) else { continue };
        let listed = listed::listed(&target);
        let lacking: Vec<_> = listed.difference(&readings).collect();
        assert!(lacking.is_empty(), "`{}`: {lacking:?}", target.escape_default());
    }
}
