//! `wicketgate render`: the shipped configurations with a policy put in.

mod envoy;
mod keys;
mod kubernetes;
mod module;
mod native;
mod options;
mod splice;
mod watched;
mod wrangler;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use wicketgate_policy::{Environment, Holds, Host, Policy};
use wicketgate_runtime::envoy_config::Upstream;
use wicketgate_runtime::files;

use crate::address;
use crate::document::{Document, Member, Tree};
use crate::exit::Exit;
use crate::output::{print, print_json, say};
use crate::policy::{Secrets, compile, render as tell};
pub use envoy::for_running;
pub use module::MAX_VARIABLE;
pub use options::Options;

/// Writes the complete configuration of a host for a policy.
///
/// It is the project's own hardened file, explained line by line, with the policy, its variables
/// and the addresses put in.
///
/// No secret is in it, only the names of the variables that hold them. Lines marked CHANGE are
/// yours to fill in.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The host
    #[arg(value_enum)]
    target: Target,
    /// The policy, JSON or YAML
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// The address that Envoy listens on
    #[arg(long, default_value = "127.0.0.1:10000", value_name = "ADDRESS:PORT", value_parser = address::parse_listen)]
    listen: SocketAddr,
    /// The application, for Envoy
    #[arg(long, default_value = "127.0.0.1:8000", value_name = "HOST:PORT", value_parser = address::parse_upstream)]
    upstream: Upstream,
    /// The path at which Envoy finds the filter
    #[arg(long, default_value = "/etc/envoy/wicketgate.wasm", value_name = "PATH", value_parser = plain)]
    wasm: String,
    /// The native module in place of the wasm one, and the path at which Envoy finds it
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = native::FILE, value_parser = native::parse)]
    module: Option<String>,
    /// Have Envoy watch this file for the policy, with no restart for a change; `envoy-watched` writes
    /// the file
    #[arg(long, value_name = "FILE", value_parser = watched::parse)]
    watch: Option<String>,
    #[command(flatten)]
    options: Options,
    /// Streams of events and slow answers without a bound of time, in Envoy
    #[arg(long)]
    streams: bool,
    /// The namespace, on Kubernetes
    #[arg(long, default_value = "my-app", value_parser = label)]
    namespace: String,
    /// The workload's label `app`, on Istio
    #[arg(long, default_value = "my-app", value_parser = label)]
    app: String,
    /// The Gateway, on Envoy Gateway
    #[arg(long, default_value = "eg", value_parser = label)]
    gateway: String,
    /// The image with the filter, on Kubernetes
    #[arg(long, default_value = kubernetes::IMAGE, value_parser = plain)]
    image: String,
    /// The host that the Worker guards
    #[arg(long, default_value = "app.example", value_parser = plain)]
    host: String,
    /// Write to this file, which must not be there yet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The file may be there: a new one is moved over it, which Envoy sees if it watches
    #[arg(long, requires = "out")]
    replace: bool,
    /// Answer in JSON, with the configuration as a text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Target {
    /// A whole envoy.yaml
    Envoy,
    /// The file with the policy that Envoy watches, for an envoy.yaml made with `--watch`
    EnvoyWatched,
    /// The same in a ConfigMap of Kubernetes
    EnvoyConfigmap,
    /// Istio 1.30 and later: EnvoyFilter and TrafficExtension
    Istio,
    /// Istio before 1.30: EnvoyFilter and WasmPlugin
    IstioWasmplugin,
    /// Envoy Gateway: EnvoyProxy, EnvoyExtensionPolicy, EnvoyPatchPolicy
    EnvoyGateway,
    /// wrangler.toml of the Cloudflare Worker
    Wrangler,
    /// The policy as a module of the Worker, for one of more than 5 KB
    PolicyModule,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate render envoy policy.json --upstream 127.0.0.1:8000 > envoy.yaml && envoy --mode validate -c envoy.yaml
  wicketgate render istio policy.yaml --namespace shop --app billing --image registry.example.com/wicketgate@sha256:… | kubectl apply -f -
  wicketgate render envoy-gateway policy.yaml --module --image registry.example.com/wicketgate/module:0.1.0 | kubectl apply -f -
  wicketgate render wrangler policy.json --host app.example --out wrangler.toml

The policy in a file that Envoy watches, so that a change needs no restart:
  wicketgate render envoy policy.json --watch /etc/wicketgate/gate.json --out envoy.yaml
  wicketgate render envoy-watched policy.json --out /etc/wicketgate/gate.json --replace
  wicketgate render envoy-configmap policy.json --namespace shop | kubectl apply -f -

Exit codes: 0 ok, 1 usage or I/O, 3 invalid policy";

/// The parts of a policy that every rendering needs.
struct Input<'a> {
    document: &'a Document,
    policy: &'a Policy,
    /// The secrets that it names.
    secrets: Vec<String>,
    /// Its `environment`.
    stage: String,
}

impl Input<'_> {
    /// The secrets, then the variable that names the host's environment.
    fn variables(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(String::as_str).chain([Environment::CONFIRMATION])
    }

    fn callers(&self) -> &[Member] {
        let callers = self.document.tree.as_ref().and_then(|tree| tree.get("callers"));
        callers.map(Tree::members).unwrap_or_default()
    }

    /// Returns `true` if a caller is known by its certificate.
    fn by_certificate(&self) -> bool {
        self.callers().iter().any(|caller| caller.value.get("mtls").is_some())
    }

    /// Returns `true` if every caller needs a certificate.
    fn all_by_certificate(&self) -> bool {
        let only = |caller: &Member| caller.value.members().iter().all(|kind| kind.name == "mtls");
        let unmatched = self.document.tree.as_ref().and_then(|tree| tree.text_of("unmatched"));
        unmatched == Some("deny") && self.callers().iter().all(only)
    }

    /// The policy's text for the gate, with the version that `check` shows: the file's own lines if
    /// they can be used as they are, or else compact JSON in ASCII.
    fn text(&self) -> String {
        let json = &self.document.json;
        let source = &self.document.source;
        let is_plain = |c: char| {
            c == '\n' || !(c.is_control() || "\u{2028}\u{2029}\u{feff}\u{fffd}".contains(c))
        };
        let text = if source.as_bytes() == json { source } else { &*String::from_utf8_lossy(json) };
        let ends = text.trim_end_matches('\n').len() + 1 >= text.len();
        if ends && text.starts_with('{') && text.chars().all(is_plain) {
            return text.to_owned();
        }
        let compact = self.document.tree.as_ref().map(Tree::to_json).unwrap_or_default();
        let mut ascii = String::with_capacity(compact.len());
        for c in compact.chars() {
            match c {
                ' '..='~' => ascii.push(c),
                // Such characters occur in strings only.
                c => {
                    let mut units = [0_u16; 2];
                    for unit in c.encode_utf16(&mut units) {
                        ascii += &format!("\\u{unit:04x}");
                    }
                }
            }
        }
        ascii
    }

    /// Returns `true` if the gate gets the same bytes, so that `check` shows the gate's version.
    fn is_same_text(&self) -> bool {
        self.text().as_bytes() == self.document.json
    }

    /// A line that names the origin of a file. A host that reads the policy into an object of its
    /// own shows another version.
    fn head(&self, target: &str, is_same_text: bool) -> String {
        let (name, version) = (self.policy.name(), self.policy.version());
        let version = if is_same_text {
            format!(", version {version}")
        } else {
            ". Audit lines tell another version than `wicketgate check`: the host writes the policy anew".to_owned()
        };
        format!("# Made by `wicketgate render {target}` of the policy `{name}`{version}.\n#\n")
    }
}

impl Arguments {
    /// The path at which Envoy finds the gate.
    fn gate(&self) -> &str {
        self.module.as_deref().unwrap_or(&self.wasm)
    }

    /// Fails if an option is given that the target has no place for.
    fn only_envoy(&self) -> Result<()> {
        let is_envoy = self.target == Target::Envoy;
        let is_watched = matches!(self.target, Target::EnvoyWatched | Target::EnvoyConfigmap);
        if self.module.is_some() && self.options.proxy_protocol {
            // It asks Envoy for the other end of the socket, which is the balancer.
            bail!("`--proxy-protocol` goes without `--module`");
        }
        for (option, is_given, fits) in [
            ("--watch", self.watch.is_some(), is_envoy || self.target == Target::EnvoyConfigmap),
            (
                "--module",
                self.module.is_some(),
                is_envoy || is_watched || self.target == Target::EnvoyGateway,
            ),
            ("--websocket", self.options.websocket, is_envoy),
            ("--proxy-protocol", self.options.proxy_protocol, is_envoy),
            ("--streams", self.streams, is_envoy),
        ] {
            if is_given && !fits {
                let also = if option == "--module" { " and `render envoy-gateway`" } else { "" };
                bail!("`{option}` goes with `render envoy`{also}");
            }
        }
        Ok(())
    }
}

/// Runs it.
///
/// # Errors
/// If something can't be read or written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let document = Document::open(&arguments.policy)?;
    let host = match arguments.target {
        Target::Wrangler | Target::PolicyModule => Host::Cloudflare,
        _ => Host::Envoy,
    };
    arguments.only_envoy()?;
    let policy = match compile(&document, host, Secrets::MadeUp) {
        Ok(policy) => policy,
        Err(faults) => {
            if arguments.json {
                print_json(&serde_json::json!({ "valid": false, "diagnostics": faults }))?;
            } else {
                // Standard output is mostly a file, which a host would read.
                say(&tell(&document, &faults));
            }
            return Ok(Exit::InvalidPolicy);
        }
    };
    let core = wicketgate_policy::Document::parse(&document.json)?;
    let secrets = core.variables().iter().filter(|known| known.holds != Holds::Environment);
    let stage = document.tree.as_ref().and_then(|tree| tree.text_of("environment"));
    let input = Input {
        document: &document,
        policy: &policy,
        secrets: secrets.map(|known| known.name.clone()).collect(),
        stage: stage.unwrap_or("production").to_owned(),
    };
    let text = match arguments.target {
        Target::Envoy => envoy::render(&input, arguments)?,
        Target::EnvoyWatched => watched::render(&input, arguments)?,
        Target::EnvoyConfigmap => watched::configmap(&input, arguments)?,
        Target::Istio => kubernetes::istio(&input, arguments)?,
        Target::IstioWasmplugin => kubernetes::istio_wasmplugin(&input, arguments)?,
        Target::EnvoyGateway => kubernetes::envoy_gateway(&input, arguments)?,
        Target::Wrangler => wrangler::render(&input, arguments)?,
        Target::PolicyModule => module::render(&input),
    };
    match &arguments.out {
        Some(path) if arguments.replace => files::replace(path, text.as_bytes())?,
        Some(path) => write_new(path, &text)?,
        None => {}
    }
    if arguments.json {
        let variables: Vec<&str> = input.variables().collect();
        print_json(&serde_json::json!({
            "policy": policy.name(), "version": policy.version(), "variables": variables, "text": text,
        }))?;
    } else if arguments.out.is_none() {
        print(&text)?;
    }
    Ok(Exit::Ok)
}

fn write_new(path: &std::path::Path, text: &str) -> Result<()> {
    use std::io::Write;
    let cannot = || format!("cannot write `{}`", path.display());
    if path.exists() {
        bail!("`{}` is there already: another --out, or --replace", path.display());
    }
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    file.with_context(cannot)?.write_all(text.as_bytes()).with_context(cannot)
}

/// For clap: a name of Kubernetes (RFC 1123 label).
fn label(text: &str) -> Result<String, String> {
    let good = (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-');
    if good { Ok(text.into()) } else { Err("expected 1 to 63 of `a`-`z`, `0`-`9` and `-`".into()) }
}

/// For clap: a text that YAML and TOML take without quotes or escapes.
fn plain(text: &str) -> Result<String, String> {
    let good = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"./:@_-".contains(&b))
        && !text.starts_with(['-', ':', '@'])
        && !text.ends_with(':');
    if good { Ok(text.into()) } else { Err("expected letters, digits and `./:@_-`".into()) }
}
