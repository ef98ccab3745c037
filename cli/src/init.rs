//! `wicketgate init`: a commented policy to begin with.

mod ask;
mod template;

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use wicketgate_policy::{Host, Stack};

use crate::document::Document;
use crate::exit::Exit;
use crate::output::{print, print_json};
use crate::policy::{Secrets, compile};
use ask::{ask, choose};
pub use template::Framework;
use template::{Credential, Made, Place, Shape, fill};

/// Writes a commented policy for one of five usual shapes.
///
/// On a terminal it asks for everything that the flags leave out. The policy is valid at once:
/// `wicketgate check` finds no fault in it. CHANGE marks the lines that are yours to fill in. Where
/// the application can list its routes, `wicketgate routes --write` makes a stricter one of them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The shape of the endpoints to guard
    #[arg(long, value_enum)]
    shape: Option<Shape>,
    /// The policy's name, of `a`-`z`, `0`-`9` and `-`
    #[arg(long)]
    name: Option<String>,
    /// The framework of the application
    #[arg(long, value_enum)]
    stack: Option<Made>,
    /// Where the gate runs [default: envoy]
    #[arg(long, value_enum)]
    host: Option<Place>,
    /// How callers show who they are [default: token]
    #[arg(long, value_enum)]
    credential: Option<Credential>,
    /// The file to write, which must not be there yet; `-` for standard output. With the ending
    /// .json it is JSON, which has no comments
    #[arg(long, default_value = "policy.yaml", value_name = "FILE")]
    out: PathBuf,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate init
  wicketgate init --shape scheduled-jobs --name my-app --stack fastapi
  wicketgate init --shape callbacks --name my-app --stack nextjs --host worker --credential jwt
  wicketgate init --shape service-calls --name billing --stack flask --out - | wicketgate check -

Exit codes: 0 ok, 1 usage or I/O";

/// Runs it.
///
/// # Errors
/// If something is missing and nobody can be asked, or the file can't be written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    // Check this before asking anything.
    if arguments.out.as_os_str() != "-" && arguments.out.exists() {
        bail!("`{}` is there already: another --out", arguments.out.display());
    }
    let shape = match arguments.shape {
        Some(shape) => shape,
        None => choose("What is to be guarded?", "--shape", None)?,
    };
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => ask("What is the application called? (a-z, 0-9, -)", "--name", None, |name| {
            check_name(name).map(|()| name.to_owned())
        })?,
    };
    let stack = match arguments.stack {
        Some(stack) => stack,
        None => choose("What is it made with?", "--stack", None)?,
    };
    // Nobody who is not asked has to say these.
    let place = match arguments.host {
        Some(place) => place,
        None => choose("Where does the gate run?", "--host", Some(Place::Envoy))?,
    };
    let credential = match arguments.credential {
        Some(credential) => credential,
        None => {
            let question = "How do callers show who they are?";
            choose(question, "--credential", Some(Credential::Token))?
        }
    };
    let yaml = fill(shape, &name, stack, place, credential)?;
    let next = move |file: &str| next(file, stack, place, credential);
    deliver(yaml, &arguments.out, arguments.json, next)
}

/// Writes a policy to a file that is not there yet, or to standard output.
///
/// # Errors
/// If the policy has a fault, or can't be written.
pub fn deliver(
    yaml: String,
    out: &Path,
    json: bool,
    next: impl Fn(&str) -> String,
) -> Result<Exit> {
    let to_stdout = out.as_os_str() == "-";
    let document = Document::parse("the policy".into(), yaml.clone().into_bytes(), true);
    let policy = match compile(&document, Host::Envoy, Secrets::MadeUp) {
        Ok(policy) => policy,
        Err(faults) => {
            let fault = faults.first().context("the policy is refused")?;
            bail!("{}: found {}, expected {}", fault.path, fault.found, fault.expected)
        }
    };
    let is_json = out.extension().is_some_and(|extension| extension == "json");
    let text = match (&document.tree, is_json) {
        (Some(tree), true) => tree.to_pretty_json() + "\n",
        _ => yaml,
    };
    if to_stdout && !json {
        print(&text)?;
        return Ok(Exit::Ok);
    }
    if !to_stdout {
        let cannot = || format!("cannot write `{}`", out.display());
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(out);
        file.with_context(cannot)?.write_all(text.as_bytes()).with_context(cannot)?;
    }
    if json {
        let file = out.display().to_string();
        print_json(&json!({ "name": policy.name(), "file": file, "text": text }))?;
    } else {
        print(&next(&out.display().to_string()))?;
    }
    Ok(Exit::Ok)
}

/// Checks the name of a policy.
///
/// # Errors
/// If it is none.
pub fn check_name(name: &str) -> Result<()> {
    let good = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !good {
        bail!("a name has 1 to 64 of `a`-`z`, `0`-`9` and `-`");
    }
    Ok(())
}

fn next(file: &str, stack: Made, place: Place, credential: Credential) -> String {
    let mut text = format!("{file} is written. Next:\n");
    let mut line = |command: &str, what: &str| _ = writeln!(text, "  {command:<44} {what}");
    line(&format!("edit {file}"), "CHANGE marks what is yours to fill in");
    line(&format!("wicketgate check {file}"), "what is wrong, what is unwise");
    if credential == Credential::Token {
        let new = "wicketgate token new --plain --env NAME";
        line(new, "a secret for each variable NAME of the policy");
    }
    line(&format!("wicketgate try {file} /…"), "what becomes of a request");
    match place {
        Place::Envoy => {
            let up = format!("wicketgate up --policy {file} --upstream …");
            line(&up, "the gate before your application, here");
            line(&format!("wicketgate render envoy {file}"), "the configuration of a host");
        }
        Place::Worker => {
            let up = format!("wicketgate up --host worker --policy {file} --upstream …");
            line(&up, "the gate before your application, here");
            line(&format!("wicketgate render wrangler {file}"), "wrangler.toml");
        }
    }
    if let Some(list) = match stack.0 {
        Some(Stack::Fastapi) => Some("--openapi openapi.json"),
        Some(Stack::Flask) => Some("--flask routes.txt"),
        Some(Stack::Django) => Some("--django urls.txt"),
        Some(Stack::Nextjs) => Some("--nextjs ."),
        _ => None,
    } {
        text += &format!(
            "Stricter, because it names every route and denies the rest:\n  \
             wicketgate routes --write policy.yaml {list}\n"
        );
    }
    text
}
