//! The Worker: lints for its target, unit tests, size, and every example's table on workerd.

use anyhow::Result;
use wicketgate_runtime::ships::WORKER;
use wicketgate_runtime::{tools, worker_build};
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::gate::Host;

use super::{cargo, tables};
use crate::steps::Count;

/// Checks all of it; each check and each row counts.
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    tools::target(&checkout.cache, &checkout.root, worker_build::TARGET)?;
    let package = ["--package", "wicketgate-edge-worker"];
    let target = ["--target", worker_build::TARGET, "--", "-D", "warnings"];
    let mut count = cargo::check(checkout, &[&["clippy"], &package[..], &target].concat())?;
    count.add(cargo::tests(checkout, &[&["test"], &package[..]].concat())?);
    let built = checkout.build(&WORKER)?;
    println!("the Worker's module: {}", built.size_of_limit());
    count.add(Count::one(built.fits()));
    count.add(tables::run(checkout, &[Host::Worker])?);
    Ok(count)
}
