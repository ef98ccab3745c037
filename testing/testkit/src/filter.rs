//! The built filter, as the commands speak of it.

use anyhow::Result;
use wicketgate_runtime::filter::{self, Filter, LIMIT};

use crate::checkout::Checkout;

/// Builds the filter as it is shipped.
pub fn build(checkout: &Checkout) -> Result<Filter> {
    filter::build(&checkout.cache, &checkout.root, &checkout.target_dir())
}

/// Its size, for people.
pub fn describe(filter: &Filter, checkout: &Checkout) -> String {
    let path = checkout.relative(&filter.path).display();
    let (size, limit) = (filter.size as f64 / 1024.0, LIMIT / 1024);
    format!("{path}: {size:.1} KB of at most {limit} KB")
}
