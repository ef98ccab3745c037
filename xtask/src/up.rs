//! `cargo xtask up`

mod policy_file;
mod upstream;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use wicketgate_harness::document;
use wicketgate_harness::envoy::{Envoy, Update};
use wicketgate_harness::envoy_config::{self, Policy, Settings, Upstream};
use wicketgate_harness::files;
use wicketgate_harness::gate::Host;
use wicketgate_harness::interrupt::Interrupted;
use wicketgate_harness::log_reader::LogReader;
use wicketgate_harness::progress::say;
use wicketgate_harness::wait::wait_until;

use self::policy_file::PolicyFile;
use crate::checkout::Checkout;
use crate::follow::Follow;
use crate::host::HostArguments;
use crate::prepare;

/// Run the gate in front of an app of yours, until Ctrl-C.
///
/// Prints one line with `ready` and the address, then the audit lines as they come: readable on
/// a terminal, JSON where standard output is a pipe or a file. The variables that the policy
/// names are taken from the environment. When the policy file changes, the new policy is in
/// force at once; if it has a fault, the old one stays and the fault is said. Envoy loses no
/// request over it, workerd is started again.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The policy document, a JSON file
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The app, as http://HOST:PORT
    #[arg(long, value_name = "URL", value_parser = upstream::parse)]
    upstream: Upstream,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:10000")]
    listen: SocketAddr,
    #[command(flatten)]
    host: HostArguments,
}

const EXAMPLES: &str = "\
Examples:
  export INTERNAL_JOB_TOKEN=$(openssl rand -base64 32) WICKETGATE_ENVIRONMENT=production
  cargo xtask up --policy examples/signal-jobs/policy.json --upstream http://127.0.0.1:8000
  cargo xtask up --policy policy.json --upstream http://127.0.0.1:8000 | jq .
  cargo xtask up --host worker --policy policy.json --upstream http://127.0.0.1:8000";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    // What the user can get wrong comes first, before the filter is built.
    let mut file = PolicyFile::open(&arguments.policy)?;
    let names = document::environment_names(file.text())
        .with_context(|| arguments.policy.display().to_string())?;
    free(arguments.listen)?;
    let Host::Envoy(manager) = arguments.host.host()? else {
        return worker::run(checkout, arguments, file);
    };
    let tools = prepare::envoy(checkout)?;

    let folder = checkout.cache.run_folder()?;
    let watched = folder.path().join("gate.json");
    let settings = Settings {
        listen: arguments.listen,
        upstream: &arguments.upstream,
        wasm: &tools.wasm,
        environment: &names,
        policy: Policy::Watched(&watched),
        manager,
    };
    let first = envoy_config::extension(&tools.shipped, &settings, file.text())?;
    files::write(&watched, first.to_string())?;
    let environment = environment(&names);
    let mut envoy = Envoy::start(&tools.binary, &tools.shipped, &settings, &environment, folder)?;
    if let Update::Refused(reasons) = envoy.first()? {
        say(&format!("error: the gate refuses `{}`:", arguments.policy.display()));
        reasons.iter().for_each(|reason| say(&format!("  {reason}")));
        return Ok(ExitCode::FAILURE);
    }
    if !answers(&arguments.upstream) {
        say(&format!("  nothing answers at {} yet", upstream::shown(&arguments.upstream)));
    }
    say_ready(envoy.address(), arguments)?;

    let mut follow = Follow::new(LogReader::at_start(envoy.log()));
    let ended = wait_until("Ctrl-C", Duration::MAX, || {
        envoy.check()?;
        follow.print_new()?;
        if let Some(text) = file.changed() {
            let shown = arguments.policy.display();
            match reload(&mut envoy, &tools.shipped, settings, &text, &environment)? {
                Update::Live => {
                    say(&format!("reloaded `{shown}`"));
                    follow.forget(&[]);
                }
                Update::Refused(reasons) => {
                    say(&format!("kept the old policy, for `{shown}` is not right:"));
                    reasons.iter().for_each(|reason| say(&format!("  {reason}")));
                    follow.forget(&reasons);
                }
            }
        }
        Ok(None::<()>)
    });
    match ended {
        Err(error) if !error.is::<Interrupted>() => Err(error),
        _ => {
            drop(envoy);
            say("stopped");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn reload(
    envoy: &mut Envoy,
    shipped: &str,
    settings: Settings<'_>,
    text: &str,
    environment: &BTreeMap<String, String>,
) -> Result<Update> {
    let names = match document::environment_names(text) {
        Ok(names) => names,
        Err(error) => return Ok(Update::Refused(vec![format!("{error:#}")])),
    };
    // Envoy's environment is as it was at its start.
    let late: Vec<_> = names
        .iter()
        .filter(|name| !environment.contains_key(*name) && std::env::var_os(name).is_some())
        .map(|name| format!("it reads `{name}`, which is new to it: start `cargo xtask up` again"))
        .collect();
    if !late.is_empty() {
        return Ok(Update::Refused(late));
    }
    envoy.update(shipped, &Settings { environment: &names, ..settings }, text)
}

/// The variables that the policy names, as far as they are set.
fn environment(names: &BTreeSet<String>) -> BTreeMap<String, String> {
    let value = |name: &String| Some((name.clone(), std::env::var(name).ok()?));
    names.iter().filter_map(value).collect()
}

/// Fails if somebody listens there: Envoy shares its ports, so two could each get half of the
/// requests.
fn free(listen: SocketAddr) -> Result<()> {
    TcpListener::bind(listen).with_context(|| {
        format!("cannot listen on {listen}: choose another address with `--listen`")
    })?;
    Ok(())
}

fn answers(upstream: &Upstream) -> bool {
    let addresses = (upstream.host.as_str(), upstream.port).to_socket_addrs();
    let connects = |address| TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok();
    addresses.is_ok_and(|mut addresses| addresses.any(connects))
}

/// The one line for whoever waits for it: JSON among JSON lines, words for people.
fn say_ready(gate: SocketAddr, arguments: &Arguments) -> Result<()> {
    let (gate, app) = (format!("http://{gate}"), upstream::shown(&arguments.upstream));
    let mut out = std::io::stdout().lock();
    if std::io::stdout().is_terminal() {
        writeln!(out, "ready  {gate} -> {app}  (Ctrl-C stops it)")?;
    } else {
        writeln!(out, "{}", json!({ "ready": gate, "upstream": app }))?;
    }
    Ok(out.flush()?)
}
