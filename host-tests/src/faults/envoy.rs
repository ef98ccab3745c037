//! Faults on Envoy.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::workerd::TRAP_HEADER;

use super::Outcome::{Closed, Refused, Silence, Status};
use super::bench::{Bench, Host, TOKEN, policy};
use super::clock::Clock;
use super::origin::Manner;
use super::sink::Sink;
use super::worst::{heavy_policy, heavy_targets};
use super::{End, Fault, Kind, Outcome};
use crate::envoy::edit;

/// Nothing changes for the loop, and at once.
const UNHARMED: Fault = Fault {
    host: Host::Envoy,
    name: "",
    sees: &[],
    shows: &[],
    ends: End::ByItself(Duration::from_secs(1)),
    ready: Bench::start,
    cause: |_| Ok(()),
};

/// The host is away, and must be started again.
const AWAY: Fault = Fault {
    sees: &[(Kind::Without, GONE), (Kind::With, GONE), (Kind::Public, GONE)],
    shows: &[(Kind::Without, Refused), (Kind::With, Refused), (Kind::Public, Refused)],
    ends: End::Restarted(Duration::from_secs(2)),
    ..UNHARMED
};

/// The gate is not able to decide: 503 for everybody, until it is again.
const UNABLE: Fault = Fault {
    sees: &[
        (Kind::Without, &[Status(503)]),
        (Kind::With, &[Status(503)]),
        (Kind::Public, &[Status(503)]),
        (Kind::Striking, &[Status(503), Status(403)]),
    ],
    // Envoy waits a second, and some, between two fresh instances.
    ends: End::ByItself(Duration::from_secs(5)),
    ready: |bench| {
        bench.plan.faulty = true;
        bench.start()
    },
    ..UNHARMED
};

/// The origin is not what it should be: denials are as ever.
const ORIGIN: Fault = Fault {
    sees: &[(Kind::With, &[Status(503)]), (Kind::Public, &[Status(503)])],
    shows: &[(Kind::With, Status(503)), (Kind::Public, Status(503)), (Kind::Without, Status(403))],
    ends: End::ByItself(Duration::from_secs(3)),
    ..UNHARMED
};

const GONE: &[Outcome] = &[Refused, Closed];

/// All of them.
pub const FAULTS: &[Fault] = &[
    Fault {
        name: "trap",
        shows: &[(Kind::Striking, Status(503))],
        cause: |bench| {
            for place in ["before", "after", "response"] {
                for (target, token) in [("/internal/without/x", ""), ("/internal/with/x", TOKEN)] {
                    bench.strike(target, &[(TRAP_HEADER, place), ("x-internal-token", token)]);
                    // Or the next would find no instance that could trap.
                    bench.load.healthy(PATIENCE)?;
                }
            }
            // At once, as an attacker would who had found a way to make it trap.
            for _ in 0..20 {
                bench.strike("/internal/without/x", &[(TRAP_HEADER, "before")]);
            }
            Ok(())
        },
        ..UNABLE
    },
    Fault {
        name: "memory_limit",
        shows: &[(Kind::Striking, Status(503))],
        cause: |bench| {
            for place in ["before", "after"] {
                for (target, token) in [("/internal/without/x", ""), ("/internal/with/x", TOKEN)] {
                    let asked = ("wicketgate-test-exhaust", place);
                    bench.strike(target, &[asked, ("x-internal-token", token)]);
                    bench.load.healthy(PATIENCE)?;
                }
            }
            Ok(())
        },
        ..UNABLE
    },
    Fault {
        name: "bad_policy_at_start",
        cause: |bench| {
            bench.stop();
            "{".clone_into(&mut bench.plan.policy);
            let log = bench.refused()?;
            ensure!(log.contains("the policy is refused"), "{log}");
            bench.load.rounds(10)?;
            bench.plan.policy = policy().to_string();
            bench.start()
        },
        ..AWAY
    },
    Fault {
        name: "bad_policy_at_start_in_watched_file",
        sees: &[
            (Kind::Without, &[Refused, Closed, Status(500)]),
            (Kind::With, &[Refused, Closed, Status(500)]),
            (Kind::Public, &[Refused, Closed, Status(500)]),
        ],
        shows: &[(Kind::Public, Status(500))],
        ends: End::ByItself(Duration::from_secs(2)),
        ready: watched,
        cause: |bench| {
            bench.stop();
            "{".clone_into(&mut bench.plan.policy);
            bench.start()?;
            bench.load.rounds(20)?;
            ensure!(bench.update(&policy().to_string())?, "the good policy was refused");
            Ok(())
        },
        ..UNHARMED
    },
    Fault {
        name: "bad_policy_by_update",
        ready: watched,
        cause: |bench| {
            let mut open = policy();
            open["rules"] = json!([]);
            open["surprise"] = json!(true);
            let mut nobodys_secret = policy();
            nobodys_secret["callers"]["cron"]["token"]["keys"][0]["env"] = json!("NOBODY_SET_THIS");
            for bad in [open, nobodys_secret, json!({}), json!([])] {
                ensure!(!bench.update(&bad.to_string())?, "`{bad}` was taken");
                bench.load.rounds(20)?;
            }
            Ok(())
        },
        ..UNHARMED
    },
    Fault {
        name: "policy_replaced_100_times",
        ready: watched,
        cause: |bench| {
            for turn in 0..100 {
                let mut next = policy();
                next["name"] = json!(format!("turn-{turn}"));
                next["rules"][0]["id"] = json!(if turn % 2 == 0 { "even" } else { "odd" });
                ensure!(bench.update(&next.to_string())?, "turn {turn} was refused");
                bench.load.rounds(1)?;
            }
            let log = bench.log();
            let in_force = |turn: u32| log.contains(&format!(r#""rule.ruleset":"turn-{turn}""#));
            ensure!((0..100).all(in_force), "not every policy decided something");
            Ok(())
        },
        ..UNHARMED
    },
    Fault {
        name: "drained_and_restarted",
        ready: |bench| {
            // The shipped configuration lets the admin port change nothing.
            bench.plan.edit = Some(Box::new(|config| {
                config["admin"].as_object_mut().map(|admin| admin.remove("allow_paths"));
            }));
            bench.start()
        },
        cause: |bench| {
            bench.proxy()?.admin("POST", "/drain_listeners")?;
            bench.load.rounds(10)?;
            bench.stop();
            bench.load.rounds(10)?;
            bench.start()
        },
        ..AWAY
    },
    Fault {
        name: "origin_down",
        cause: |bench| {
            bench.origin.down();
            bench.load.rounds(50)?;
            bench.origin.up()
        },
        ..ORIGIN
    },
    Fault {
        name: "origin_slow",
        sees: &[(Kind::With, &[Status(504)]), (Kind::Public, &[Status(504)])],
        shows: &[
            (Kind::With, Status(504)),
            (Kind::Public, Status(504)),
            (Kind::Without, Status(403)),
        ],
        ready: |bench| {
            bench.plan.edit = Some(Box::new(|config| {
                for route in edit::routes(config) {
                    // In place of a minute, which nobody waits for here.
                    route["route"]["timeout"] = json!("0.2s");
                }
            }));
            bench.start()
        },
        cause: |bench| {
            bench.origin.behave(Manner::Slow(Duration::from_secs(30)));
            bench.load.rounds(8)?;
            bench.origin.behave(Manner::Answers);
            Ok(())
        },
        ..ORIGIN
    },
    Fault {
        name: "origin_resetting",
        cause: |bench| {
            bench.origin.behave(Manner::Resets);
            bench.load.rounds(50)?;
            bench.origin.behave(Manner::Answers);
            Ok(())
        },
        ..ORIGIN
    },
    Fault {
        name: "secret_removed",
        cause: |bench| {
            bench.stop();
            let secret = bench.plan.secrets.remove("CRON_TOKEN").context("no secret")?;
            let log = bench.refused()?;
            ensure!(log.contains("CRON_TOKEN") && !log.contains(&secret), "{log}");
            bench.load.rounds(10)?;
            bench.plan.secrets.insert("CRON_TOKEN".to_owned(), secret);
            bench.start()
        },
        ..AWAY
    },
    Fault {
        name: "clock_set_back",
        sees: &[(Kind::With, &[Status(403)])],
        shows: &[(Kind::With, Status(403)), (Kind::Public, Status(200))],
        ready: |bench| {
            let clock = Clock::build(bench.folder())?;
            bench.plan.secrets.extend(clock.environment());
            let mut bounded = policy();
            bounded["callers"]["cron"]["token"]["keys"][0]["not_after"] =
                json!("2090-01-01T00:00:00Z");
            bench.plan.policy = bounded.to_string();
            bench.clock = Some(clock);
            bench.start()
        },
        cause: |bench| {
            let clock = bench.clock.clone().context("no clock")?;
            clock.differ(-30 * 365 * 24 * 60 * 60)?;
            bench.load.rounds(50)?;
            clock.differ(0)
        },
        ..UNHARMED
    },
    Fault {
        name: "log_sink_blocked",
        sees: &[
            (Kind::Without, &[Silence, Closed]),
            (Kind::With, &[Silence, Closed]),
            (Kind::Public, &[Silence, Closed]),
        ],
        shows: &[(Kind::Without, Silence), (Kind::With, Silence), (Kind::Public, Silence)],
        ready: |bench| {
            let sink = Sink::start(bench.folder())?;
            bench.plan.log = Some(sink.path().to_owned());
            bench.sink = Some(sink);
            bench.start()
        },
        cause: |bench| {
            bench.sink.as_ref().context("no sink")?.block();
            wait_until("a full pipe", Duration::from_secs(60), || {
                let silent = |kind| bench.load.has_seen(kind, Silence);
                Ok(Kind::LOOP.into_iter().all(silent).then_some(()))
            })?;
            bench.sink.as_ref().context("no sink")?.unblock();
            Ok(())
        },
        ends: End::ByItself(Duration::from_secs(3)),
        ..UNHARMED
    },
    Fault {
        name: "cpu_heavy_input",
        // 400 is Envoy's own, for `%2F` and its like in the hardened configuration.
        sees: &[(Kind::Striking, &[Status(403), Status(400)])],
        shows: &[(Kind::Striking, Status(403))],
        ready: |bench| {
            bench.plan.policy = heavy_policy().to_string();
            bench.start()
        },
        cause: |bench| {
            // As long as the shipped configuration lets through.
            for target in heavy_targets(30_000) {
                bench.strike(&target, &[]);
            }
            Ok(())
        },
        ..UNHARMED
    },
];

/// The filter switched off by its own traps, which the shipped configuration forbids: what the
/// table has to see, or it sees nothing.
pub const OPEN: Fault = Fault {
    name: "open_after_a_trap",
    ready: |bench| {
        bench.plan.faulty = true;
        bench.plan.edit = Some(Box::new(|config| {
            let filters = &mut edit::manager(config)["http_filters"];
            filters[1]["typed_config"]["config"]["failure_policy"] = json!("FAIL_OPEN");
        }));
        bench.start()
    },
    cause: |bench| {
        bench.strike("/internal/without/x", &[(TRAP_HEADER, "before")]);
        bench.load.rounds(20)?;
        // There is no way back from there but this.
        bench.stop();
        bench.start()
    },
    ..UNHARMED
};

fn watched(bench: &mut Bench) -> Result<()> {
    bench.plan.watched = true;
    bench.start()?;
    // Counted a little after it is in force; a later look must not take it for the next.
    wait_until("the first policy", PATIENCE, || Ok((bench.answers()?.0 > 0).then_some(())))
}

const PATIENCE: Duration = Duration::from_secs(30);
