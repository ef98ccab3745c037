//! `wicketgate token digest`: the digest of a token, as a policy has it.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;
use wicketgate_policy::explain::{key_id, password_weakness, weakness};
use zeroize::Zeroizing;

use super::new::pretty;
use super::{parse_id, sha256};
use crate::document;
use crate::exit::Exit;
use crate::output::{print, print_json};
use crate::secrets;
use crate::value::set;

/// Prints the digest of a token, as a key for the policy. The token itself is never shown.
///
/// The token is read from standard input, a file or a variable, and not from the command line,
/// where every process of the machine could see it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A file with the token; `-` for standard input
    #[arg(default_value = "-", value_name = "FILE")]
    file: PathBuf,
    /// The variable of this shell that has it
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    env: Option<String>,
    /// The id of the key [default: the one in the token]
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    id: Option<String>,
    /// It is a password of HTTP Basic: blanks, commas and letters beyond ASCII are good
    #[arg(long)]
    password: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate token digest token.txt
  wicketgate token digest --env INTERNAL_JOB_TOKEN --id 2026-q4
  pass show job-token | wicketgate token digest

Exit codes: 0 ok, 1 usage or I/O, or a token that the gate would refuse";

/// Runs it.
///
/// # Errors
/// If the token can't be read, or the gate would not take it.
pub(super) fn run(arguments: &Arguments) -> Result<Exit> {
    let bytes = match &arguments.env {
        Some(name) => match secrets::read(name) {
            Some(value) => value,
            None => bail!("no `{}` in this shell", name.escape_debug()),
        },
        None => Zeroizing::new(document::read(&arguments.file)?.1),
    };
    // Remove the line break that editors and `echo` leave.
    let token = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let token = token.strip_suffix(b"\r").unwrap_or(token);
    let weakness = if arguments.password { password_weakness(token) } else { weakness(token) };
    if let Some(weakness) = weakness {
        bail!("found {weakness}");
    }
    let named = key_id(token);
    if let (Some(named), Some(id)) = (named, &arguments.id)
        && named != id
    {
        bail!("the token names the key `{named}`, and not `{id}`");
    }
    let mut key = json!({ "sha256": sha256(token) });
    if let Some(id) = named.or(arguments.id.as_deref()) {
        set(&mut key, "id", id);
    }
    if named.is_some() {
        set(&mut key, "named", true);
    }
    if arguments.json {
        print_json(&key)?;
    } else {
        print(&format!("{}\n", pretty(&key)))?;
    }
    Ok(Exit::Ok)
}
