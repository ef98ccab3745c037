//! `wicketgate routes`: finds the rule that guards each route of an application, and the routes
//! that no rule guards.

mod ask;
mod django;
mod flask;
mod list;
mod names;
mod nextjs;
mod openapi;
mod pattern;
mod regex;
mod report;
mod template;
mod text;
mod unknown;
mod write;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use wicketgate_policy::{Stack, Time};

use crate::document::{self, Document, Tree};
use crate::exit::Exit;
use crate::init::{self, Framework};
use crate::output::{print, print_json};
use crate::policy::{HostKind, Secrets, compile, render};
use crate::time;
use ask::Gate;
use list::List;
use report::Report;

/// Lists the routes of an application, each with the rule that guards it and its callers, and the
/// internal-looking routes that no rule guards.
///
/// It asks the decision core about sample paths of each route: a parameter becomes a number, and
/// each text that a rule has in its place; a parameter of several segments becomes one and two
/// segments. It also asks about the further paths under which a framework serves the same handler
/// (FastAPI's root_path, locales, data routes, `.rsc` and rewrites of Next.js). A route is guarded
/// if every one of these paths is. If the list does not tell which parameters take several
/// segments, such paths are tried too, and listed if they pass.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[command(after_long_help = format!("{EXAMPLES}\n\nLooks internal, as a word of a segment, in the singular or the plural:\n{}", names::LISTED))]
#[command(group = clap::ArgGroup::new("application").required(true))]
pub struct Arguments {
    /// The policy, JSON or YAML; `-` for standard input
    #[arg(value_name = "POLICY", required_unless_present = "write")]
    policy: Option<PathBuf>,
    /// An OpenAPI 3 document, JSON or YAML
    #[arg(long, value_name = "FILE", group = "application")]
    openapi: Option<PathBuf>,
    /// The output of `flask routes`; `-` for standard input
    #[arg(long, value_name = "FILE", group = "application")]
    flask: Option<PathBuf>,
    /// The output of `manage.py show_urls` in any format, or patterns of urls.py, one a line
    #[arg(long, value_name = "FILE", group = "application")]
    django: Option<PathBuf>,
    /// A built application of Next.js: its folder, its .next, or the routes-manifest.json in that
    #[arg(long, value_name = "PATH", group = "application")]
    nextjs: Option<PathBuf>,
    /// Write a policy that says everything the application serves and denies the rest, to a file
    /// that is not there yet; `-` for standard output
    #[arg(long, value_name = "FILE", conflicts_with_all = ["policy", "check", "deny_unguarded", "accept", "authority", "now"])]
    write: Option<PathBuf>,
    /// With --write: the policy's name, of `a`-`z`, `0`-`9` and `-`
    #[arg(long, requires = "write", default_value = "my-app")]
    name: String,
    /// With --write: the framework, which an OpenAPI document may not tell
    #[arg(long, requires = "write", value_enum)]
    stack: Option<Framework>,
    /// With --write: `{id}` for a parameter, where else `/*` stands for it and what follows it. That
    /// opens nothing beside the routes, and refuses a value with a slash, a backslash or a percent
    /// sign in it, encoded too
    #[arg(long, requires = "write")]
    one_segment: bool,
    /// Say nothing, and fail, with a list, only if the policy doesn't know a route of the
    /// application
    #[arg(long, conflicts_with = "deny_unguarded")]
    check: bool,
    /// Fail if a route that looks internal is not guarded, or a route could not be read
    #[arg(long)]
    deny_unguarded: bool,
    /// A route that looks internal and is for everyone, or with --check one that the policy need
    /// not know, as the list writes it; may be repeated
    #[arg(long, value_name = "ROUTE")]
    accept: Vec<String>,
    /// The host that is asked for [default: one that no rule names, for which all rules count]
    #[arg(long, value_name = "HOST")]
    authority: Option<String>,
    /// The kind of host that the gate runs on
    #[arg(long, value_enum, default_value_t)]
    host_kind: HostKind,
    /// The time of the requests [default: the clock]
    #[arg(long, value_parser = time::parse)]
    now: Option<Time>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  curl -s http://127.0.0.1:8000/openapi.json > openapi.json && wicketgate routes policy.yaml --openapi openapi.json
  flask --app app routes | wicketgate routes policy.yaml --flask -
  python manage.py show_urls | wicketgate routes policy.yaml --django -
  npx next build && wicketgate routes policy.yaml --nextjs .
  wicketgate routes policy.yaml --openapi openapi.json --deny-unguarded --accept /jobs   in a CI
  wicketgate routes --write policy.yaml --openapi openapi.json      a policy for all of them
  wicketgate routes policy.yaml --check --openapi openapi.json      in a CI: does it know them all?

Exit codes: 0 ok, 1 usage or I/O, 2 with --deny-unguarded: a route that looks internal is not
guarded, with --check: the policy doesn't know a route; with both: a route could not be read, 3
invalid policy";

/// Runs it.
///
/// # Errors
/// If a file can't be read, or has another form than its flag says.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    if let Some(out) = &arguments.write {
        return write(arguments, out);
    }
    let Some(path) = &arguments.policy else { bail!("no policy") };
    let document = Document::open(path)?;
    let policy = match compile(&document, arguments.host_kind.into(), Secrets::MadeUp) {
        Ok(policy) => policy,
        Err(faults) => {
            if arguments.json {
                print_json(&serde_json::json!({ "valid": false, "diagnostics": faults }))?;
            } else {
                print(&render(&document, &faults))?;
            }
            return Ok(Exit::InvalidPolicy);
        }
    };
    let Some(tree) = &document.tree else { bail!("`{}` holds nothing", document.name) };
    let (source, list) = list(arguments)?;
    if list.routes.is_empty() && list.unread.is_empty() {
        bail!("`{source}` has no routes");
    }
    if let Some(unknown) = arguments
        .accept
        .iter()
        .find(|accepted| !list.routes.iter().any(|route| route.shown == **accepted))
    {
        bail!("--accept: `{source}` has no route `{}`", unknown.escape_debug());
    }
    let networks = tree.get("networks").map(Tree::members).unwrap_or_default();
    let gate = Gate {
        policy: &policy,
        networks: networks.iter().map(|member| member.name.clone()).collect(),
        authority: arguments.authority.as_deref().unwrap_or("wicketgate.invalid"),
        now: arguments.now.unwrap_or_else(time::now),
    };
    let report = Report::of(&gate, tree, source, list, &arguments.accept);
    if arguments.check {
        return unknown::tell(&report, arguments.json);
    }
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&text::render(&report))?;
    }
    let open = report.unguarded_internal > 0 || !report.unread.is_empty();
    Ok(if arguments.deny_unguarded && open { Exit::Deny } else { Exit::Ok })
}

/// The kinds of lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Openapi,
    Flask,
    Django,
    Nextjs,
}

/// Writes a policy for the routes.
fn write(arguments: &Arguments, out: &Path) -> Result<Exit> {
    if out.as_os_str() != "-" && out.exists() {
        bail!("`{}` is there already: another --write", out.display());
    }
    init::check_name(&arguments.name)?;
    let (source, list) = list(arguments)?;
    if list.routes.is_empty() {
        bail!("`{source}` has no routes");
    }
    let (kind, known) = if arguments.flask.is_some() {
        (Kind::Flask, Some(Stack::Flask))
    } else if arguments.django.is_some() {
        (Kind::Django, Some(Stack::Django))
    } else if arguments.nextjs.is_some() {
        (Kind::Nextjs, Some(Stack::Nextjs))
    } else {
        (Kind::Openapi, list.stack)
    };
    let Some(stack) = arguments.stack.map(|stack| stack.0).or(known) else {
        bail!("--stack is missing: `{source}` does not tell the framework of the application");
    };
    let policy = write::policy(&list, kind, &source, &arguments.name, stack, arguments.one_segment);
    init::deliver(policy, out, arguments.json, next)
}

fn next(file: &str) -> String {
    format!(
        "{file} is written. Next:\n  \
         decide what is marked with CHANGE\n  \
         wicketgate check {file}                    what is wrong, what is unwise, what is public\n  \
         wicketgate routes {file} --check …         in a CI: does it know every route?\n  \
         wicketgate try {file} /…                   what becomes of a request\n"
    )
}

fn list(arguments: &Arguments) -> Result<(String, List)> {
    let of_text = |path: &Path, read: fn(&str, &str) -> Result<List>| -> Result<(String, List)> {
        let (name, bytes) = document::read(path)?;
        let list = read(&name, &String::from_utf8_lossy(&bytes))?;
        Ok((name, list))
    };
    let shown = |path: &Path| path.display().to_string().escape_debug().to_string();
    if let Some(path) = &arguments.openapi {
        Ok((shown(path), openapi::read(path)?))
    } else if let Some(path) = &arguments.flask {
        of_text(path, flask::read)
    } else if let Some(path) = &arguments.django {
        of_text(path, django::read)
    } else if let Some(path) = &arguments.nextjs {
        Ok((shown(path), nextjs::read(path)?))
    } else {
        bail!("no list of routes")
    }
}
