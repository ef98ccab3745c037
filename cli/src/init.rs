//! `wicketgate init`: a commented policy to begin with.

use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use serde_json::json;
use wicketgate_policy::{Host, Stack};

use crate::document::Document;
use crate::exit::Exit;
use crate::output::{print, print_json, say};
use crate::policy::{Secrets, compile};

/// Writes a commented policy for one of five usual shapes.
///
/// On a terminal it asks for everything that the flags leave out. The policy is valid at once:
/// `wicketgate check` finds no fault in it. CHANGE marks the lines that are yours to fill in.
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
    stack: Option<Framework>,
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
  wicketgate init --shape service-calls --name billing --stack flask --out - | wicketgate check -

Exit codes: 0 ok, 1 usage or I/O";

/// The shape of the endpoints to guard. The examples of the project show each in full.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Shape {
    /// Endpoints that a scheduler calls with a token in a header
    ScheduledJobs,
    /// Endpoints that a job runner calls when it is done
    Callbacks,
    /// Endpoints that workers of a task queue call with a bearer token, from one network
    TaskQueue,
    /// One endpoint that refreshes a cache or a dashboard, from known addresses
    CacheRefresh,
    /// Services that call each other for their users, each with a token of its own
    ServiceCalls,
}

impl Shape {
    fn template(self) -> &'static str {
        match self {
            Self::ScheduledJobs => include_str!("init/scheduled-jobs.yaml"),
            Self::Callbacks => include_str!("init/callbacks.yaml"),
            Self::TaskQueue => include_str!("init/task-queue.yaml"),
            Self::CacheRefresh => include_str!("init/cache-refresh.yaml"),
            Self::ServiceCalls => include_str!("init/service-calls.yaml"),
        }
    }
}

/// The framework of the application, by its name in the policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Framework(Stack);

impl ValueEnum for Framework {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Framework>> =
            LazyLock::new(|| Stack::ALL.iter().copied().map(Framework).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

/// Runs it.
///
/// # Errors
/// If something is missing and nobody can be asked, or the file can't be written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let to_stdout = arguments.out.as_os_str() == "-";
    // Check this before asking anything.
    if !to_stdout && arguments.out.exists() {
        bail!("`{}` is there already: another --out", arguments.out.display());
    }
    let shape = match arguments.shape {
        Some(shape) => shape,
        None => choose("What is to be guarded?", "--shape")?,
    };
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => ask("What is the application called? (a-z, 0-9, -)", "--name")?,
    };
    let stack = match arguments.stack {
        Some(stack) => stack,
        None => choose("What is it made with?", "--stack")?,
    };
    let yaml = fill(shape, &name, stack)?;
    let document = Document::parse("the policy".into(), yaml.clone().into_bytes(), true);
    let policy = match compile(&document, Host::Envoy, Secrets::MadeUp) {
        Ok(policy) => policy,
        Err(faults) => {
            let fault = faults.first().context("the policy is refused")?;
            bail!("{}: found {}, expected {}", fault.path, fault.found, fault.expected)
        }
    };
    let is_json = arguments.out.extension().is_some_and(|extension| extension == "json");
    let text = match (&document.tree, is_json) {
        (Some(tree), true) => tree.to_pretty_json() + "\n",
        _ => yaml,
    };
    if to_stdout && !arguments.json {
        print(&text)?;
        return Ok(Exit::Ok);
    }
    if !to_stdout {
        let cannot = || format!("cannot write `{}`", arguments.out.display());
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&arguments.out);
        file.with_context(cannot)?.write_all(text.as_bytes()).with_context(cannot)?;
    }
    if arguments.json {
        let file = arguments.out.display().to_string();
        print_json(&json!({ "name": policy.name(), "file": file, "text": text }))?;
    } else {
        print(&next(&arguments.out.display().to_string()))?;
    }
    Ok(Exit::Ok)
}

/// Fills the template.
fn fill(shape: Shape, name: &str, stack: Framework) -> Result<String> {
    let good = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !good {
        bail!("a name has 1 to 64 of `a`-`z`, `0`-`9` and `-`");
    }
    let hidden = if stack.0.has_known_404() {
        "{ status: 404, like_missing: true }"
    } else {
        "{ status: 404, json: { error: Not found } }"
    };
    let stack = stack.0.name();
    let today = crate::time::now().to_string();
    let today = today.split('T').next().unwrap_or_default();
    let text = shape.template().replace("@NAME", &format!("\"{name}\""));
    Ok(text.replace("@STACK", stack).replace("@TODAY", today).replace("@HIDDEN", hidden))
}

fn next(file: &str) -> String {
    format!(
        "{file} is written. Next:\n  \
         wicketgate check {file}                    what is wrong, what is unwise\n  \
         wicketgate token new --plain --id first --env NAME --show    a secret for each variable\n  \
         wicketgate try {file} /…                   what becomes of a request\n  \
         wicketgate render envoy {file}             the configuration of a host\n"
    )
}

/// Asks for one of a few.
fn choose<T: ValueEnum>(question: &str, flag: &str) -> Result<T> {
    let mut text = format!("{question}\n");
    for (number, value) in (1..).zip(T::value_variants()) {
        let Some(value) = value.to_possible_value() else { continue };
        let help = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
        // Writing to a string does not fail.
        _ = writeln!(text, "  {number} {}{help}", value.get_name());
    }
    let answer = ask(&(text + "A number or a name"), flag)?;
    let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    if let Some(value) = number.and_then(|number| T::value_variants().get(number)) {
        return Ok(value.clone());
    }
    T::from_str(&answer, true)
        .map_err(|_| anyhow::anyhow!("no `{}` for {flag}", answer.escape_debug()))
}

/// Asks on the terminal. Without a terminal, reports which flag is missing.
fn ask(question: &str, flag: &str) -> Result<String> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("{flag} is missing, and there is no terminal to ask on");
    }
    say(&format!("{question}: "));
    let mut line = String::new();
    stdin.lock().read_line(&mut line).context("cannot read the answer")?;
    let answer = line.trim();
    if answer.is_empty() {
        bail!("no answer for {flag}");
    }
    Ok(answer.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_a_policy_on_every_stack() {
        for shape in Shape::value_variants() {
            for stack in Framework::value_variants() {
                let text = fill(*shape, "my-app", *stack).unwrap();
                assert!(!text.contains('@'), "{text}");
                let document = Document::parse("x".into(), text.clone().into_bytes(), true);
                let policy = compile(&document, Host::Cloudflare, Secrets::MadeUp);
                assert!(policy.is_ok(), "{text}\n{:?}", policy.unwrap_err());
            }
        }
        for name in ["", "My app", "a\nb", "\"", &"x".repeat(65)] {
            fill(Shape::Callbacks, name, Framework(Stack::Flask)).unwrap_err();
        }
    }
}
