//! The npm package, as the commands speak of it.

use anyhow::Result;
use wicketgate_testkit::npm_build::{self, LIMIT, Package};

use wicketgate_testkit::checkout::Checkout;

/// Builds the package as it is published.
pub(crate) fn build(checkout: &Checkout) -> Result<Package> {
    npm_build::build(&checkout.cache, &checkout.root, &checkout.target_dir())
}

/// Its place and the size of its module, for people.
pub(crate) fn describe(package: &Package, checkout: &Checkout) -> String {
    let path = checkout.relative(&package.folder).display();
    let (size, limit) = (package.size as f64 / 1024.0, LIMIT / 1024);
    format!("{path}: {size:.1} KB of wasm of at most {limit} KB")
}
