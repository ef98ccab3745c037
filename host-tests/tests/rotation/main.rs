//! The secret of every caller of every example is rotated as `docs/rotation.md` says, its commands
//! run as they stand there, while clients call steadily: none of them is refused, the use of the
//! old key shows, and what is over or stolen is dead and seen to be dead.

mod callers;
mod clients;
mod desk;
mod rotate;
mod site;

use callers::{callers, example};
use site::Kind;
use wicketgate_host_tests::built;
use wicketgate_testkit::example::Example;

/// The number of callers with a secret in each example. Other examples have no secrets.
const EXAMPLES: [(&str, usize); 5] = [
    ("billing-services", 5),
    ("job-callbacks", 1),
    ("latest-runs", 2),
    ("signal-jobs", 2),
    ("task-worker", 1),
];

#[test]
fn no_example_and_no_secret_is_left_out() {
    let names = Example::names(&built::workspace()).unwrap();
    assert_eq!(names, EXAMPLES.map(|(name, _)| name));
    for (name, count) in EXAMPLES {
        assert_eq!(callers(&example(name), Kind::Watched.host()).len(), count, "{name}");
    }
}

#[test]
fn the_runbook_has_no_command_that_is_not_run() {
    assert_eq!(desk::shown(), desk::RUN);
}

/// A test for each example, so that they run beside each other and fail apart.
macro_rules! on {
    ($($test:ident: $kind:ident, $example:literal;)*) => {
        $(#[test]
        fn $test() {
            rotate::rotate(Kind::$kind, $example);
        })*
    };
}

on! {
    envoy_billing_services: Watched, "billing-services";
    envoy_job_callbacks: Watched, "job-callbacks";
    envoy_latest_runs: Watched, "latest-runs";
    envoy_signal_jobs: Watched, "signal-jobs";
    envoy_task_worker: Watched, "task-worker";
    envoy_restarted_signal_jobs: Restarted, "signal-jobs";
    worker_billing_services: Worker, "billing-services";
    worker_job_callbacks: Worker, "job-callbacks";
    worker_latest_runs: Worker, "latest-runs";
    worker_signal_jobs: Worker, "signal-jobs";
    worker_task_worker: Worker, "task-worker";
}
