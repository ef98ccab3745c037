//! `wicketgate token new`: makes a token, and shows it once or writes it to a file that only its
//! owner can read.

use std::fs::OpenOptions;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::{generate, parse_id, sha256};
use crate::exit::Exit;
use crate::output::{print, print_json, say};
use crate::time;
use crate::value::{member, set};

/// Makes a token of 256 bits, and the key for the policy.
///
/// If standard output is no terminal (a pipe to a secret store), it gets the token and nothing
/// else, and the key goes to standard error. On a terminal the token is shown only with --show.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The id of the key: the token is `wg_<id>_<secret>`, and finds its key at a fixed cost
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    id: Option<String>,
    /// A token without an id in it, for a header with few keys
    #[arg(long, requires = "id")]
    plain: bool,
    /// The environment variable of the host for the token; without one the policy gets its digest
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Show the token on standard output
    #[arg(long, conflicts_with = "out")]
    show: bool,
    /// Write the token to a new file that only its owner can read
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate token new --id 2027-q1 --show
  wicketgate token new --id 2027-q1 --out token.txt
  wicketgate token new --id 2027-q1 --env INTERNAL_JOB_TOKEN | npx wrangler secret put INTERNAL_JOB_TOKEN
  kubectl create secret generic job-token --from-literal=token=\"$(wicketgate token new --id 2027-q1)\"

Exit codes: 0 ok, 1 usage or I/O";

/// Runs it.
///
/// # Errors
/// If there is no randomness, or nowhere to put the token.
pub(super) fn run(arguments: &Arguments) -> Result<Exit> {
    if let Some(name) = &arguments.env {
        check_name(name)?;
    }
    let piped = !std::io::stdout().is_terminal();
    if !piped && !arguments.show && arguments.out.is_none() {
        bail!("a token would be seen on this terminal: --show if it may be, --out FILE, or a pipe");
    }
    let id = arguments.id.as_deref();
    let token = generate(id.filter(|_| !arguments.plain))?;
    let named = id.is_some() && !arguments.plain;
    let key = key(id.unwrap_or("first"), &token, named, arguments.env.as_deref());
    if let Some(path) = &arguments.out {
        write_new(path, &token)?;
        if arguments.json {
            print_json(&json!({ "key": key, "written_to": path.display().to_string() }))?;
        } else {
            print(&format!("{}\n", pretty(&key)))?;
        }
    } else if arguments.json {
        print_json(&json!({ "token": token.as_str(), "key": key }))?;
    } else {
        print(&format!("{}\n", token.as_str()))?;
        say(&format!("{}\n", told(&key, arguments.env.as_deref())));
    }
    Ok(Exit::Ok)
}

/// The key as a policy has it, made today.
pub(super) fn key(id: &str, token: &str, named: bool, env: Option<&str>) -> Value {
    let today = time::now().to_string();
    let today = today.split('T').next().unwrap_or_default();
    let mut key = json!({ "id": id, "created": today });
    match env {
        Some(env) => set(&mut key, "env", env),
        None => {
            set(&mut key, "sha256", sha256(token.as_bytes()));
            if named {
                set(&mut key, "named", true);
            }
        }
    }
    key
}

/// The key on one line, in the order in which people write it.
pub(super) fn pretty(key: &Value) -> String {
    let members = ["id", "env", "sha256", "named", "created", "not_before", "not_after", "revoked"];
    let shown: Vec<String> = members
        .iter()
        .filter(|name| !member(key, name).is_null())
        .map(|name| format!("\"{name}\": {}", member(key, name)))
        .collect();
    format!("{{ {} }}", shown.join(", "))
}

fn told(key: &Value, env: Option<&str>) -> String {
    let place = match env {
        Some(env) => format!("the host has the token in `{env}`"),
        None => "its digest is safe to commit, and no host needs the token".to_owned(),
    };
    format!("shown once, kept nowhere. The key for the policy ({place}):\n{}", pretty(key))
}

/// Fails if a policy would not take it for the name of a variable.
pub(super) fn check_name(name: &str) -> Result<()> {
    let good = !name.is_empty()
        && name.len() <= 128
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if !good {
        bail!("`--env` takes the name of a variable in `A`-`Z`, `0`-`9` and `_`");
    }
    Ok(())
}

/// Writes a new file that only its owner can read.
pub(super) fn write_new(path: &Path, token: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let cannot = || format!("cannot write `{}`", path.display());
    let mut file = options.open(path).with_context(cannot)?;
    // Write no line break, because a secret with white space around it is refused.
    file.write_all(token.as_bytes()).and_then(|()| file.sync_all()).with_context(cannot)
}
