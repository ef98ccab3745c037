//! Faults on the Worker, on real workerd.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use wicketgate_runtime::workerd::TRAP_HEADER;

use super::Outcome::{Closed, Refused, Status};
use super::bench::{Bench, Host, TOKEN, policy};
use super::origin::Manner;
use super::worst::{heavy_policy, heavy_targets};
use super::{End, Fault, Kind, Outcome};

/// The loop is not harmed, and at once.
const UNHARMED: Fault = Fault {
    host: Host::Worker,
    name: "",
    sees: &[],
    shows: &[],
    ends: End::ByItself(Duration::from_secs(1)),
    ready: Bench::start,
    cause: |_| Ok(()),
};

/// The gate has nothing to decide by: 503 for everybody, until it is started as it should be.
const UNABLE: Fault = Fault {
    sees: &[
        (Kind::Without, UNABLE_OR_AWAY),
        (Kind::With, UNABLE_OR_AWAY),
        (Kind::Public, UNABLE_OR_AWAY),
    ],
    shows: &[(Kind::Without, Status(503)), (Kind::With, Status(503)), (Kind::Public, Status(503))],
    ends: End::Restarted(Duration::from_secs(2)),
    ..UNHARMED
};

/// The origin is not what it should be: denials are as ever.
const ORIGIN: Fault = Fault {
    sees: &[(Kind::With, &[Status(503)]), (Kind::Public, &[Status(503)])],
    shows: &[(Kind::With, Status(503)), (Kind::Public, Status(503)), (Kind::Without, Status(403))],
    ends: End::ByItself(Duration::from_secs(3)),
    ..UNHARMED
};

const UNABLE_OR_AWAY: &[Outcome] = &[Status(503), Refused, Closed];

/// All of them.
pub const FAULTS: &[Fault] = &[
    Fault {
        name: "exception",
        // Requests that wait for the origin in the same isolate lose what the module remembered
        // of them, and are answered without it.
        sees: &[
            (Kind::Striking, &[Status(503)]),
            (Kind::With, &[Status(503)]),
            (Kind::Public, &[Status(503)]),
        ],
        shows: &[(Kind::Striking, Status(503))],
        cause: |bench| {
            for _ in 0..10 {
                bench.strike("/internal/without/x", &[(TRAP_HEADER, "1")]);
                bench
                    .strike("/internal/with/x", &[(TRAP_HEADER, "1"), ("x-internal-token", TOKEN)]);
                bench.load.rounds(3)?;
            }
            Ok(())
        },
        ..UNHARMED
    },
    Fault {
        name: "missing_binding",
        cause: |bench| {
            bench.plan.unbound = vec!["CRON_TOKEN"];
            restart(bench)?;
            bench.load.rounds(20)?;
            bench.plan.unbound.clear();
            restart(bench)
        },
        ..UNABLE
    },
    Fault {
        name: "secret_removed",
        cause: |bench| {
            let secret = bench.plan.secrets.remove("CRON_TOKEN").context("no secret")?;
            restart(bench)?;
            bench.load.rounds(20)?;
            bench.plan.secrets.insert("CRON_TOKEN".to_owned(), secret);
            restart(bench)
        },
        ..UNABLE
    },
    Fault {
        name: "bad_policy_at_start",
        cause: |bench| {
            "{".clone_into(&mut bench.plan.policy);
            restart(bench)?;
            bench.load.rounds(20)?;
            ensure!(bench.log().contains("the policy is refused"), "{}", bench.log());
            bench.plan.policy = policy().to_string();
            restart(bench)
        },
        ..UNABLE
    },
    Fault {
        name: "cpu_heavy_input",
        sees: &[(Kind::Striking, &[Status(403)])],
        shows: &[(Kind::Striking, Status(403))],
        ready: |bench| {
            bench.plan.policy = heavy_policy().to_string();
            bench.start()
        },
        cause: |bench| {
            // As long as the platform lets through.
            for target in heavy_targets(16_000) {
                bench.strike(&target, &[]);
            }
            Ok(())
        },
        ..UNHARMED
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
        // Late, and no more than that: the platform sets no limit on an origin's time.
        sees: &[],
        shows: &[
            (Kind::With, Status(200)),
            (Kind::Public, Status(200)),
            (Kind::Without, Status(403)),
        ],
        cause: |bench| {
            bench.origin.behave(Manner::Slow(Duration::from_millis(500)));
            bench.load.rounds(5)?;
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
];

fn restart(bench: &mut Bench) -> Result<()> {
    bench.stop();
    bench.start()
}
