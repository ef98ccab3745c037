//! `wicketgate schema`: the JSON Schema of policies, or of audit lines. As Markdown they
//! are `docs/policy.md` and `docs/audit.md`.

mod reference;

use anyhow::Result;
use clap::{Args, ValueEnum};
use wicketgate_policy::schema;
use wicketgate_runtime::audit::contract;

use crate::document::Document;
use crate::exit::Exit;
use crate::output::print;

/// Writes the JSON Schema (draft-07) of policies, or of audit lines.
///
/// The schema of policies is made from the tables that read them, for editors to complete and check
/// with. It knows members and their kinds of values; `wicketgate check` finds every fault. The
/// schema of audit lines is the contract against which every line is tested: a pipeline of logs can
/// rely on it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The kind of document
    #[arg(value_enum, default_value_t)]
    of: Of,
    /// On one line
    #[arg(long)]
    compact: bool,
    /// As a reference for people, in Markdown: this makes `docs/policy.md` and
    /// `docs/audit.md`
    #[arg(long, conflicts_with = "compact")]
    markdown: bool,
    /// It is JSON anyway
    #[arg(long, hide = true)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
enum Of {
    /// Policies
    #[default]
    Policy,
    /// Audit lines
    Audit,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate schema > policy.schema.json
  wicketgate schema audit > audit.schema.json
  wicketgate schema --markdown > policy.md
  # in policy.yaml, for editors with yaml-language-server:
  # yaml-language-server: $schema=policy.schema.json

Exit codes: 0 ok, 1 usage or I/O";

/// Runs it.
///
/// # Errors
/// If there is no such reference, or it can't be written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let json = match arguments.of {
        Of::Policy => schema(),
        Of::Audit => contract::schema(),
    };
    if arguments.markdown && arguments.of == Of::Audit {
        print(&contract::markdown())?;
        return Ok(Exit::Ok);
    }
    let document = Document::parse("schema".into(), json.clone().into_bytes(), false);
    match document.tree {
        Some(tree) if arguments.markdown => print(&reference::write(&tree))?,
        Some(tree) if !arguments.compact => print(&(tree.to_pretty_json() + "\n"))?,
        Some(tree) => print(&(tree.to_json() + "\n"))?,
        None => print(&(json + "\n"))?,
    }
    Ok(Exit::Ok)
}
