//! `cargo xtask faults`

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::ValueEnum;
use wicketgate_runtime::{tools, worker_build};
use wicketgate_testkit::checkout::{Checkout, show};

use crate::exit_code;

/// Cause every fault on the real host, with a request loop running, and print what came of it.
///
/// On Envoy: traps, the end of memory, refused policies, replacement under load, a restart, an
/// origin that is down, slow or resets, an absent secret, a wrong clock, a blocked log, the dearest
/// requests. With the native module panics in the place of traps. On workerd those of them that exist there. Prints for each the outcomes of clients
/// with credentials, without, and of public requests; the requests that reached the origin; and the
/// time until all was as before. Exits with 1 if one breaks its promise in host-tests/src/faults.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// On this host only
    #[arg(long)]
    host: Option<Host>,
    /// Only the faults whose names begin with this
    #[arg(long, value_name = "NAME")]
    fault: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Host {
    Envoy,
    Module,
    Worker,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask faults
  cargo xtask faults --host envoy
  cargo xtask faults --host worker --fault exception
  cargo test -p wicketgate-host-tests --test faults -- --list    the names";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    tools::target(&checkout.cache, &checkout.root, worker_build::TARGET)?;
    let mut cargo = checkout.cargo();
    cargo.args(["test", "--quiet", "--package", "wicketgate-host-tests", "--test", "faults", "--"]);
    cargo.arg(filter(arguments)).env("WICKETGATE_FAULTS", "print");
    let (good, output) = show(checkout, &mut cargo)?;
    if output.contains("running 0 tests") {
        bail!("there is no such fault");
    }
    Ok(exit_code(good))
}

/// The part of a trial's name, `host::fault`, that the wanted ones have in common.
fn filter(arguments: &Arguments) -> String {
    let host = match arguments.host {
        None => "",
        Some(Host::Envoy) => "envoy",
        Some(Host::Module) => "module",
        Some(Host::Worker) => "worker",
    };
    format!("{host}::{}", arguments.fault.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wanted() {
        let filter = |host, fault: Option<&str>| {
            filter(&Arguments { host, fault: fault.map(str::to_owned) })
        };
        assert_eq!(filter(None, None), "::");
        assert_eq!(filter(Some(Host::Worker), None), "worker::");
        assert_eq!(filter(None, Some("trap")), "::trap");
        assert_eq!(filter(Some(Host::Envoy), Some("trap")), "envoy::trap");
    }
}
