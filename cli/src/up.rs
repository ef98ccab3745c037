//! `wicketgate up`: the gate in front of an app, on this machine.

mod built;
mod carried;
mod envoy;
mod policy_file;
mod refusals;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde_json::json;
use wicketgate_policy::Policy;
use wicketgate_runtime::envoy_config::Upstream;
use wicketgate_runtime::follow::Follow;
use wicketgate_runtime::interrupt::{self, Interrupted};
use wicketgate_runtime::log_reader::LogReader;
use wicketgate_runtime::progress::say;

use crate::address;
use crate::document::Document;
use crate::exit::Exit;
use crate::output::{self, print, print_json};
use crate::policy::{Secrets, compile, render};
use crate::render::Options;
pub(crate) use built::VERSION;
use policy_file::PolicyFile;

/// Runs the gate in front of an app of yours, until Ctrl-C.
///
/// Prints one line with `ready` and the address, then the audit lines as they come: readable on a
/// terminal, JSON if standard output is a pipe or a file. The variables that the policy names are
/// taken from the environment. When the policy file changes, the new policy takes effect at once;
/// if it has a fault, the old one stays and the fault is printed. Envoy loses no request over it,
/// workerd is started again.
///
/// Streams of events and slow answers have no bound of time here. WebSockets need `--websocket`.
///
/// The filter is the one that `--wasm` names. Without it, in a checkout of wicketgate the filter is
/// built from its sources, and elsewhere it is the one that the command carries (`wicketgate --version`
/// tells which). Envoy is the one that `--envoy` or $ENVOY_BIN names, else one on the path. What is
/// not there (Envoy, workerd, what builds the filter) is downloaded once, into $WICKETGATE_CACHE, else
/// wicketgate in $XDG_CACHE_HOME or ~/.cache: what, which version and where from is said before.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The policy, JSON or YAML
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The app, as HOST:PORT or http://HOST:PORT
    #[arg(long, value_name = "ADDR", value_parser = address::parse_upstream)]
    upstream: Upstream,
    /// The address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:10000", value_parser = address::parse_listen)]
    listen: SocketAddr,
    /// The program that the gate runs in
    #[arg(long, value_enum, default_value_t)]
    host: Kind,
    /// Envoy's binary, 1.40 or newer
    #[arg(long, value_name = "PATH")]
    envoy: Option<PathBuf>,
    /// The built filter, for Envoy
    #[arg(long, value_name = "PATH")]
    wasm: Option<PathBuf>,
    /// The built native module, for `--host module`: a file `….so`
    #[arg(long, value_name = "PATH")]
    module: Option<PathBuf>,
    /// Use Envoy's own connection-manager settings instead of the hardened ones
    #[arg(long)]
    envoy_defaults: bool,
    #[command(flatten)]
    options: Options,
    /// Answer in JSON lines, on a terminal too
    #[arg(long)]
    json: bool,
}

/// The hosts that it can start.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
enum Kind {
    /// Real Envoy with the filter
    #[default]
    Envoy,
    /// Real Envoy with the native module
    Module,
    /// Cloudflare's runtime, workerd, with the Worker
    Worker,
}

const EXAMPLES: &str = "\
Examples:
  export INTERNAL_JOB_TOKEN=$(openssl rand -hex 32) WICKETGATE_ENVIRONMENT=production
  wicketgate up --policy policy.json --upstream 127.0.0.1:8000
  wicketgate up --policy policy.yaml --upstream localhost:3000 --listen localhost:8080 --websocket
  wicketgate up --policy policy.json --upstream 127.0.0.1:8000 --json | jq .
  wicketgate up --policy policy.json --upstream 127.0.0.1:8000 --envoy ./envoy --wasm wicketgate.wasm
  wicketgate up --policy policy.json --upstream 127.0.0.1:8000 --host module
  wicketgate up --policy policy.json --upstream 127.0.0.1:8000 --host worker

Exit codes: 0 ended by Ctrl-C, 1 usage or I/O, 3 invalid policy";

/// Runs it.
///
/// # Errors
/// If something can't be read, downloaded, built or started.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    interrupt::install()?;
    let arguments = &arguments.resolved();
    // Check the user's arguments first, before anything is downloaded or built.
    if arguments.policy.as_os_str() == "-" {
        bail!("`--policy` is `-`: expected a file, which is followed while the gate runs");
    }
    let file = PolicyFile::open(&arguments.policy)?;
    let host = match arguments.host {
        Kind::Envoy | Kind::Module => wicketgate_policy::Host::Envoy,
        Kind::Worker => wicketgate_policy::Host::Cloudflare,
    };
    let policy = match compile(file.document(), host, Secrets::Real) {
        Ok(policy) => policy,
        Err(faults) => {
            if arguments.json {
                print_json(&json!({ "valid": false, "diagnostics": faults }))?;
            } else {
                print(&render(file.document(), &faults))?;
            }
            return Ok(Exit::InvalidPolicy);
        }
    };
    if arguments.options.proxy_protocol && arguments.envoy_defaults {
        // With Envoy's own settings that address follows X-Forwarded-For, which a client writes.
        bail!("`--proxy-protocol` goes with the hardened settings, not with `--envoy-defaults`");
    }
    let only_module = ("--module", arguments.module.is_some());
    let not_for_module = [
        ("--wasm", arguments.wasm.is_some()),
        // The module asks Envoy for the other end of the socket, which is the balancer.
        ("--proxy-protocol", arguments.options.proxy_protocol),
    ];
    match arguments.host {
        Kind::Module => only(&not_for_module, "envoy")?,
        Kind::Envoy | Kind::Worker => only(&[only_module], "module")?,
    }
    free(arguments.listen)?;
    match arguments.host {
        Kind::Envoy | Kind::Module => envoy::run(arguments, file, &policy),
        Kind::Worker => {
            only(
                &[
                    ("--envoy", arguments.envoy.is_some()),
                    ("--wasm", arguments.wasm.is_some()),
                    ("--envoy-defaults", arguments.envoy_defaults),
                    ("--websocket", arguments.options.websocket),
                    ("--proxy-protocol", arguments.options.proxy_protocol),
                ],
                "envoy",
            )?;
            worker::run(arguments, file)
        }
    }
}

/// Fails if one of these options is given, which go with another host.
fn only(options: &[(&str, bool)], host: &str) -> Result<()> {
    match options.iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => bail!("`{option}` goes with `--host {host}`"),
        None => Ok(()),
    }
}

impl Arguments {
    /// With the app's address as one that answers, if it is `localhost`.
    fn resolved(&self) -> Self {
        Self { upstream: address::resolved(self.upstream.clone()), ..self.clone() }
    }

    fn is_readable(&self) -> bool {
        !self.json && std::io::stdout().is_terminal()
    }

    fn follow(&self, log: LogReader) -> Follow {
        Follow::with(log, self.is_readable())
    }

    /// Prints the line that scripts and people wait for: JSON among JSON lines, or words.
    fn say_ready(&self, gate: SocketAddr) -> Result<()> {
        let (gate, app) = (format!("http://{gate}"), address::shown(&self.upstream));
        if !address::answers(&self.upstream) {
            say(&format!("  nothing answers at {app} yet"));
        }
        let mut out = std::io::stdout().lock();
        if self.is_readable() {
            writeln!(out, "ready  {gate} -> {app}  (Ctrl-C stops it)")?;
        } else {
            writeln!(out, "{}", json!({ "ready": gate, "upstream": app }))?;
        }
        Ok(out.flush()?)
    }

    /// Reports why a changed file is not taken.
    fn keep(&self, reasons: &[String]) {
        say(&format!("kept the old policy, for `{}` is not right:", self.policy.display()));
        let lines = reasons.iter().flat_map(|reason| reason.lines());
        // What marks the place of a fault is coloured, but in a file.
        lines.for_each(|line| output::say(&format!("  {line}\n")));
    }
}

/// Somebody ended the gate, and that is success.
fn ended<T>(how: Result<T>) -> Result<Exit> {
    match how {
        Err(error) if !error.is::<Interrupted>() => Err(error),
        _ => Ok(Exit::Ok),
    }
}

/// The variables that the policy names, as far as they are set.
fn environment(names: &BTreeSet<String>) -> BTreeMap<String, String> {
    let value = |name: &String| Some((name.clone(), std::env::var(name).ok()?));
    names.iter().filter_map(value).collect()
}

/// Compiles a changed document, or returns its faults.
fn compiled(document: &Document, host: wicketgate_policy::Host) -> Result<Policy, Vec<String>> {
    compile(document, host, Secrets::Real).map_err(|faults| vec![render(document, &faults)])
}

/// Fails if somebody listens there already. Envoy shares its ports, so two Envoys could each get
/// half of the requests.
fn free(listen: SocketAddr) -> Result<()> {
    TcpListener::bind(listen).with_context(|| {
        format!("cannot listen on `{listen}`: choose another address with `--listen`")
    })?;
    Ok(())
}
