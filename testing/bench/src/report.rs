//! `cargo xtask bench report`

mod page;
mod plot;
mod tables;
mod worker;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::files;
use wicketgate_testkit::checkout::Checkout;

use super::results::Results;
use crate::exit_code;

/// Write docs/performance.md, its plots and the README's figures.
///
/// They are made of docs/performance/envoy.json and worker.json, which `cargo xtask bench envoy
/// --json` and `cargo xtask bench worker --json` write, and of host-tests/benches/fuel.txt; nothing
/// is measured. A test finds what was not written anew.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Write nothing; exit with 1 if anything would change
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask bench envoy --rounds 100 --json docs/performance/envoy.json
  cargo xtask bench worker --rounds 100 --json docs/performance/worker.json
  cargo xtask bench report
  cargo xtask bench report --check";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let mut is_current = true;
    for (path, content) in made(&checkout.root)? {
        let file = checkout.root.join(path);
        if files::read_lossy(&file) == content {
            continue;
        }
        is_current = false;
        if arguments.check {
            println!("{path} is not what the results say");
        } else {
            files::write(&file, content)?;
            println!("{path}");
        }
    }
    Ok(exit_code(is_current || !arguments.check))
}

/// Every file that is made of the results, by its path in the checkout.
fn made(root: &Path) -> Result<Vec<(&'static str, String)>> {
    let envoy = results(root, "docs/performance/envoy.json")?;
    let worker = results(root, "docs/performance/worker.json")?;
    let fuel = files::read(&root.join("host-tests/benches/fuel.txt"))?;
    let readme = files::read(&root.join("README.md"))?;
    let in_envoy = |what: &str| format!("{what}: µs of worker CPU for a request above no filter");
    let in_worker =
        |what: &str| format!("{what}: µs of workerd's CPU for a request above no check");
    let (without, with) = ("Without signed tokens", "With signed tokens");
    let plain = |name: &str| !is_signed(name);
    Ok(vec![
        ("docs/performance.md", page::page(&envoy, &fuel) + &worker::section(&worker)),
        ("docs/performance/cost.svg", plot::bars(&envoy, &in_envoy(without), plain)),
        ("docs/performance/signed.svg", plot::bars(&envoy, &in_envoy(with), is_signed)),
        ("docs/performance/worker.svg", plot::bars(&worker, &in_worker(without), plain)),
        ("docs/performance/worker-signed.svg", plot::bars(&worker, &in_worker(with), is_signed)),
        ("README.md", between(&readme, &page::summary(&envoy))?),
    ])
}

fn results(root: &Path, path: &str) -> Result<Results> {
    let text = files::read(&root.join(path))?;
    serde_json::from_str(&text).with_context(|| path.to_owned())
}

/// Arms with signed tokens.
fn is_signed(name: &str) -> bool {
    ["hs256", "rs256", "es256", "eddsa"].iter().any(|algorithm| name.contains(algorithm))
}

/// A text with what is between the marks replaced.
fn between(text: &str, new: &str) -> Result<String> {
    let (Some((before, rest)), Some((_, after))) = (text.split_once(BEGIN), text.split_once(END))
    else {
        bail!("README.md has no `{BEGIN}` and `{END}`")
    };
    if !rest.contains(END) {
        bail!("README.md ends its figures before they begin");
    }
    Ok(format!("{before}{BEGIN}\n{new}{END}{after}"))
}

const BEGIN: &str = "<!-- figures: cargo xtask bench report -->";
const END: &str = "<!-- end of figures -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_the_results_is_up_to_date() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (path, content) in made(&root).unwrap() {
            let is_current = files::read_lossy(&root.join(path)) == content;
            assert!(is_current, "{path} is not what the results say: `cargo xtask bench report`");
        }
    }

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let text = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let new = between(&text, "new\n").unwrap();
        assert_eq!(new, format!("a\n{BEGIN}\nnew\n{END}\nb\n"));
        assert_eq!(between(&new, "new\n").unwrap(), new);
        assert!(between("a", "new").is_err());
        assert!(between(&format!("{END}{BEGIN}"), "new").is_err());
    }
}
