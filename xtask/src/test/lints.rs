//! The lints that keep what ships from panicking, at every root that `Cargo.toml` names.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use wicketgate_runtime::command::{ask, shown};
use wicketgate_runtime::files;
use wicketgate_testkit::checkout::Checkout;

use crate::steps::Count;

/// `[workspace.metadata.no-panic]`.
#[derive(Debug, Deserialize)]
struct Table {
    lints: Vec<String>,
    roots: Vec<String>,
}

/// Holds each root to the table, and prints what one lacks.
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    let mut cargo = checkout.cargo();
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let told = ask(&mut cargo).with_context(|| format!("`{}` failed", shown(&cargo)))?;
    let told: serde_json::Value = serde_json::from_str(&told).context("cargo's metadata")?;
    let table: Table = serde_json::from_value(told["metadata"]["no-panic"].clone())
        .context("Cargo.toml: workspace.metadata.no-panic")?;
    if table.lints.is_empty() || table.roots.is_empty() {
        bail!("Cargo.toml: workspace.metadata.no-panic says nothing");
    }
    let mut count = Count::default();
    for root in &table.roots {
        let lacking = lacking(&files::read(&checkout.root.join(root))?, &table.lints);
        if !lacking.is_empty() {
            println!("{root}: `#![deny(…)]` lacks {}", lacking.join(", "));
        }
        count.add(Count::one(lacking.is_empty()));
    }
    Ok(count)
}

/// The lints that the crate with this root does not deny.
fn lacking<'l>(root: &str, lints: &'l [String]) -> Vec<&'l str> {
    let denied = root.split("#![deny(").nth(1).and_then(|rest| rest.split(")]").next());
    let denied: Vec<&str> = denied.unwrap_or_default().split(',').map(str::trim).collect();
    let lacks = |lint: &&str| !denied.contains(&format!("clippy::{lint}").as_str());
    lints.iter().map(String::as_str).filter(lacks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_that_lacks_a_lint_is_seen() {
        let lints = ["panic", "unwrap_used"].map(str::to_owned);
        let root = "//! x\n#![deny(\n    clippy::panic,\n    clippy::unwrap_used\n)]\n";
        assert!(lacking(root, &lints).is_empty());
        assert_eq!(lacking(&root.replace("panic,", "todo,"), &lints), ["panic"]);
        assert_eq!(lacking("//! x\n", &lints), ["panic", "unwrap_used"]);
    }
}
