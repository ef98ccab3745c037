//! `wicketgate schema`: the JSON Schema of policies.

use anyhow::Result;
use clap::Args;
use wicketgate_policy::explain::schema;

use crate::document::Document;
use crate::exit::Exit;
use crate::output::print;

/// Writes the JSON Schema (draft-07) of policies.
///
/// It is made of the tables that read them. Editors complete and check by it. It says what may stand where; `wicketgate check` says
/// everything.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// On one line
    #[arg(long)]
    compact: bool,
    /// It is JSON anyway
    #[arg(long, hide = true)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate schema > policy.schema.json
  # in policy.yaml, for editors with yaml-language-server:
  # yaml-language-server: $schema=policy.schema.json

Exit codes: 0 ok, 1 usage or I/O";

/// Runs it.
///
/// # Errors
/// Where it can't be written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let json = schema();
    let document = Document::parse("schema".into(), json.clone().into_bytes(), false);
    match document.tree {
        Some(tree) if !arguments.compact => print(&(tree.to_pretty_json() + "\n"))?,
        _ => print(&(json + "\n"))?,
    }
    Ok(Exit::Ok)
}
