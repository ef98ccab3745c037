//! `wicketgate explain`: how the gate decides about a request, step by step.

mod audit;
mod brief;
mod certificate;
mod digests;
mod handed;
mod line;
mod named;
mod replay;
mod report;
mod request;
mod shown;
mod steps;
mod text;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use wicketgate_curl_line as curl_line;
use wicketgate_policy::Time;

use crate::document::{self, Document};
use crate::exit::Exit;
use crate::output::{print, print_json};
use crate::policy::{HostKind, compile_with, render};
use crate::secrets;
use crate::time;
use certificate::CertificateNames;
use report::Report;
use request::Asked;

pub use brief::{TryArguments, run as run_try};

/// Explains the decision about a request, step by step.
///
/// Shows how origins could read its target, the rules that each reading chooses, the parts of them
/// that hold, the answer, the headers that the origin gets, and the audit line.
///
/// The request is given by flags, as a line for curl, or as an audit line. Secrets come from this
/// shell's environment; an absent one is made up. In a header's value, $NAME stands for the secret
/// that the policy calls NAME, even if the shell does not have it: put it into single quotes to try
/// the right token. So does {{NAME}}; {{basic:USER:NAME}} is what follows `Basic ` for that user and
/// that secret, {{key:CALLER/ID}} a token for a key of which the policy has the digest, and
/// {{jwt:CALLER}} one that this caller is known by, signed for the purpose.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The policy, JSON or YAML; `-` for standard input
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// The method
    #[arg(long, default_value = "GET")]
    method: String,
    /// The request target as it is sent: the path, with a query or not
    #[arg(long, required_unless_present_any = ["curl", "audit"])]
    target: Option<String>,
    /// A header line, `name: value`; may be repeated
    #[arg(long, short = 'H', value_name = "LINE")]
    header: Vec<String>,
    /// The host that is asked for
    #[arg(long, default_value = "app.example")]
    authority: String,
    /// The address of the connection's other end; `unknown` for none
    #[arg(long, default_value = "127.0.0.1")]
    peer: String,
    /// A line for curl, or `-` to read it from standard input
    #[arg(long, value_name = "LINE", conflicts_with_all = ["target", "header", "audit"])]
    curl: Option<String>,
    /// Audit lines: the JSON itself, a file with lines among others (Envoy's log), or `-`
    #[arg(long, value_name = "LINE|FILE", conflicts_with_all = ["target", "header"])]
    audit: Option<String>,
    /// Keys of signed tokens that hosts fetch: a file with the answer of the caller's address. The
    /// caller may be left out if there is one address; may be repeated
    #[arg(long, value_name = "CALLER|URI=FILE", conflicts_with = "audit")]
    jwks: Vec<String>,
    /// A name in the client's certificate, which is taken for valid: its first URI (a SPIFFE id)
    #[arg(long, value_name = "URI", conflicts_with = "audit")]
    certificate_uri: Option<String>,
    /// The same, its first DNS name
    #[arg(long, value_name = "NAME", conflicts_with = "audit")]
    certificate_dns: Option<String>,
    /// The same, its subject as RFC 2253 writes it
    #[arg(long, value_name = "SUBJECT", conflicts_with = "audit")]
    certificate_subject: Option<String>,
    /// The kind of host that the gate runs on
    #[arg(long, value_enum, default_value_t)]
    host_kind: HostKind,
    /// The time of the request [default: the clock, or that of the audit line]
    #[arg(long, value_parser = time::parse)]
    now: Option<Time>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate explain policy.json --method POST --target /internal/run
  wicketgate explain policy.json --method POST --target '/x/..;/internal/run' -H 'x-internal-token: $INTERNAL_JOB_TOKEN'
  wicketgate explain policy.json --curl 'curl -X POST -H \"X-Internal-Token: abc\" https://app.example/internal/run'
  curl -s https://issuer.example/keys > keys.json; wicketgate explain policy.json --target /runs -H \"Authorization: Bearer $TOKEN\" --jwks scheduler=keys.json
  wicketgate explain policy.json --target /runs --certificate-uri spiffe://cluster.local/ns/jobs/sa/cron
  wicketgate explain policy.json --audit '{\"@timestamp\":…,\"error.type\":\"credential_unknown\",…}'
  grep wicketgate.decision envoy.log | wicketgate explain policy.json --audit -

Exit codes: 0 allowed, or not guarded; 1 usage or I/O; 2 denied, or, with --audit, a line that this
policy would not have made; 3 invalid policy";

/// Runs it.
///
/// # Errors
/// If something can't be read, or is no request.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    if let Some(audit) = &arguments.audit {
        return audit::run(&Document::open(&arguments.policy)?, arguments, audit);
    }
    answer(arguments, |report| print(&text::render(report)))
}

/// Asks the gate, and has the report printed: as JSON, or by `tell`.
fn answer(arguments: &Arguments, tell: impl FnOnce(&Report) -> Result<()>) -> Result<Exit> {
    let own = Document::open(&arguments.policy)?;
    let host = arguments.host_kind.into();
    let now = arguments.now.unwrap_or_else(time::now);
    let mut asked = asked(arguments, &own)?;
    let known = named::fill(&mut asked, &own, now);
    let document = known.as_ref().unwrap_or(&own);
    let environment =
        |core: &wicketgate_policy::Document, tree: &_| secrets::mixed(core, tree, host);
    let policy = match compile_with(&own, environment) {
        Ok(policy) => policy,
        Err(faults) => return refused(&own, &faults, arguments.json),
    };
    let version = policy.version().to_owned();
    let policy = match known.as_ref().map(|known| compile_with(known, environment)) {
        None => policy,
        Some(Ok(policy)) => policy,
        Some(Err(_)) => bail!("the policy can't be judged with made-up tokens"),
    };
    asked.certificate = CertificateNames::of(arguments);
    asked.key_sets = handed::key_sets(&policy, &arguments.jwks)?;
    let mut report = Report::of(&policy, document, &asked, now);
    report.call_version(policy.version(), &version);
    if arguments.json {
        print_json(&report)?;
    } else {
        tell(&report)?;
    }
    Ok(if report.decision == "deny" { Exit::Deny } else { Exit::Ok })
}

fn asked(arguments: &Arguments, document: &Document) -> Result<Asked> {
    let mut asked = match &arguments.curl {
        Some(line) if line == "-" => {
            let (_, bytes) = document::read("-".as_ref())?;
            Asked::from(curl_line::parse(&String::from_utf8_lossy(&bytes))?)
        }
        Some(line) => curl_line::parse(line)?.into(),
        None => {
            let mut asked = Asked {
                method: arguments.method.clone().into_bytes(),
                target: arguments.target.clone().map(String::into_bytes),
                authority: Some(arguments.authority.clone().into_bytes()),
                ..Asked::default()
            };
            for line in &arguments.header {
                let (name, value) =
                    line.split_once(':').with_context(|| "a header line without `:`")?;
                if name.trim().is_empty() {
                    bail!("a header line without a name");
                }
                asked.add_header(name.trim(), value.trim());
            }
            asked
        }
    };
    asked.peer = (arguments.peer != "unknown").then(|| arguments.peer.clone());
    if let Some(tree) = &document.tree {
        asked.fill_secrets(document, tree);
    }
    Ok(asked)
}

/// Reports the faults of a policy, which then explains nothing.
fn refused(
    document: &Document,
    faults: &[crate::diagnostics::Diagnostic],
    json: bool,
) -> Result<Exit> {
    if json {
        print_json(&serde_json::json!({ "valid": false, "diagnostics": faults }))?;
    } else {
        print(&render(document, faults))?;
    }
    Ok(Exit::InvalidPolicy)
}
