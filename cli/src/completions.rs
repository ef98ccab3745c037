//! `wicketgate completions`: completions for shells.

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::exit::Exit;
use crate::output::{print, print_json};

/// Writes completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
    /// Answer in JSON, with the completions as a text
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate completions bash > ~/.local/share/bash-completion/completions/wicketgate
  wicketgate completions zsh > \"${fpath[1]}/_wicketgate\"
  wicketgate completions fish > ~/.config/fish/completions/wicketgate.fish

Exit codes: 0 ok, 1 usage or I/O";

/// Runs it.
///
/// # Errors
/// If it can't be written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let mut bytes = Vec::new();
    let mut command = crate::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "wicketgate", &mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    if arguments.json {
        let shell = arguments.shell.to_string();
        print_json(&serde_json::json!({ "shell": shell, "text": text }))?;
    } else {
        print(&text)?;
    }
    Ok(Exit::Ok)
}
