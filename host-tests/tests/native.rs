//! The cost of a decision natively, compared with a written table: instructions, counted by
//! callgrind, and allocations from a request's headers to its verdict.
//!
//! Valgrind shows a program no instructions for SHA-256, so the digest is made by software whatever
//! the processor has, and it is told to leave wide vectors out: the figures are of no one machine.
//! Without valgrind only allocations are compared.
//!
//! `WICKETGATE_UPDATE=1 cargo test -p wicketgate-host-tests --test native` writes the figures anew.

use std::io::Write as _;
use std::process::Command;

use wicketgate_host_tests::costs::{Costs, Row};
use wicketgate_load::policies::{self, ONE};
use wicketgate_policy::{
    Environment, Gate, Header, Host, MemoryCounts, Peer, Policy, Step, Time, Verdict,
};
use wicketgate_testkit::checkout::{Checkout, show};
use wicketgate_testkit::test_tools::valgrind;

const KINDS: [&str; 3] = ["public", "allowed", "denied"];

#[test]
fn no_decision_costs_another_amount_than_is_written_down() {
    let instructions = match valgrind() {
        Ok(()) => counted().map(Some),
        Err(missing) => {
            let line = format!("skipped: instructions of a decision ({missing})\n");
            _ = std::io::stderr().write_all(line.as_bytes());
            [None; 3]
        }
    };
    let rows = KINDS.iter().zip(instructions);
    let rows =
        rows.map(|(kind, work)| Row { name: (*kind).to_owned(), work, count: allocations(kind) });
    COSTS.hold(&rows.collect::<Vec<_>>());
}

/// The instructions of each kind of request, by the difference of two counts.
fn counted() -> [u64; 3] {
    let checkout = Checkout::open().unwrap();
    let mut build = checkout.cargo();
    build.args(["build", "--quiet", "--profile", "measure", "--package", PACKAGE]);
    assert!(show(&checkout, &mut build).unwrap().0, "`{PACKAGE}` does not build");
    let program = checkout.target_dir().join("measure").join(PACKAGE);
    let all = |kind: &str, count: u64| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(&program);
        valgrind.args(["decide", "1", "1", "1", kind, &count.to_string()]);
        valgrind
            .env("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-ERMS,-FSRM");
        let output = valgrind.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
        let line = told.lines().find(|line| line.contains("Collected :")).expect("a count");
        line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    };
    KINDS.map(|kind| (all(kind, FEW + MANY) - all(kind, FEW)) / MANY)
}

/// The allocations from a request's headers to its verdict, and to the line if there is one.
fn allocations(kind: &str) -> u64 {
    let policy = policies::token(ONE, false);
    let environment = Environment::new(Host::Envoy).with(policies::TOKEN_VARIABLE, SECRET);
    let policy = Policy::load(policy.as_bytes(), &environment).unwrap();
    let gate = Gate::new(policy, MemoryCounts::default());
    let path = if kind == "public" { "/public/page" } else { "/internal/run" };
    let wrong = SECRET.replace('q', "r");
    let headers = [
        (":method", "GET"),
        (":path", path),
        (":authority", "app.example"),
        (":scheme", "http"),
        ("user-agent", "bench/1.0"),
        ("x-internal-token", if kind == "denied" { &wrong } else { SECRET }),
    ];
    let headers =
        headers.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    let mut verdict = "";
    let counted = allocation_counter::measure(|| {
        let mut session = gate.session(&headers);
        let decision = loop {
            match session.step() {
                Step::Peer => session.peer(Peer::Address(b"127.0.0.1:40000")),
                Step::Now => session.now(Time::BUILD),
                Step::Verdict(decision) => break decision,
                other => panic!("{other:?}"),
            }
        };
        verdict = match &decision.verdict {
            Verdict::Allow(_) => "allowed",
            Verdict::Deny(_) => "denied",
            Verdict::Pass { .. } => "public",
        };
        decision.audit.as_ref().map(|event| event.to_line());
    });
    assert_eq!(verdict, kind);
    counted.count_total
}

const PACKAGE: &str = "wicketgate-tokens";
const FEW: u64 = 100;
const MANY: u64 = 1_000;
const SECRET: &str = "tV3xq8Zr1LmNcB7yHs5dKfG2wPoJ9aEu4iRkXzQ6vM0";
const COSTS: Costs = Costs {
    file: "native.txt",
    head: "\
# What a decision costs natively, SHA-256 in software: instructions, and allocations.
# Made by `WICKETGATE_UPDATE=1 cargo test -p wicketgate-host-tests --test native`.",
    columns: ["request", "instructions", "allocations"],
};
