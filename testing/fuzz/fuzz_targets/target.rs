//! Targets: the core says what the executable specification says.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wicketgate_agreement::compare;
use wicketgate_agreement::gates::{Subject, subjects};

static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(subjects);

fuzz_target!(|input: &[u8]| {
    // The first byte says which policy and which host.
    let Some((choice, target)) = input.split_first() else { return };
    let choice = usize::from(*choice);
    let subject = &SUBJECTS[choice % SUBJECTS.len()];
    let host = subject.hosts[choice / SUBJECTS.len() % subject.hosts.len()];
    if let Err(difference) = compare(subject, host, target) {
        panic!("{difference}");
    }
});
