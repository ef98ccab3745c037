//! The site: its links, and the playground in a real browser.

use std::process::Command;

use anyhow::Result;
use wicketgate_runtime::interrupt;
use wicketgate_testkit::checkout::{Checkout, show};
use wicketgate_testkit::site_build::{self, Site};
use wicketgate_testkit::test_tools::chromium;

use super::cargo;
use crate::steps::{Count, left_out};

/// Builds it and checks all of it; each test and each vector counts.
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    let site = site_build::build(checkout)?;
    let checked = site_build::check(&site.folder)?;
    println!("{} links within the site, {} faults", checked.links, checked.faults.len());
    checked.faults.iter().for_each(|fault| println!("{fault}"));
    let mut count = Count::one(checked.links > 0 && checked.faults.is_empty());
    match chromium(&checkout.cache) {
        Ok(browser) => {
            count.add(pages(checkout, &site, &browser)?);
            let vectors = ["--package", "wicketgate-host-tests", "--test", "browser"];
            let quiet = ["--", "--ignored", "--format", "terse"];
            count.add(cargo::tests(checkout, &[&["test"], &vectors[..], &quiet].concat())?);
        }
        Err(missing) => {
            interrupt::check()?;
            left_out(&format!("the playground in a browser ({missing})"));
        }
    }
    Ok(count)
}

/// The tests of the playground that drive a browser.
fn pages(checkout: &Checkout, site: &Site, browser: &std::path::Path) -> Result<Count> {
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter", "tap", "tests/playground.test.mjs"]);
    node.current_dir(&site.playground);
    node.env("SITE", std::path::absolute(&site.folder)?).env("CHROMIUM_BIN", browser);
    let (good, output) = show(checkout, &mut node)?;
    let number = |what: &str| {
        let line = output.lines().find_map(|line| line.strip_prefix(what));
        line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
    };
    let mut count = Count { passed: number("# pass "), failed: number("# fail "), skipped: 0 };
    if !good && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}
