//! Everything that has to be there before an example can run.

use std::thread;

use anyhow::{Context, Result, anyhow};
use wicketgate_harness::example::Example;
use wicketgate_harness::origin::Installed;
use wicketgate_harness::runner::Tools;
use wicketgate_harness::tools;

use crate::checkout::Checkout;
use crate::filter;

/// Builds the filter, and meanwhile installs Envoy and what the examples' origins need.
pub(crate) fn all(checkout: &Checkout, examples: &[Example]) -> Result<(Tools, Vec<Installed>)> {
    thread::scope(|scope| {
        let filter = scope.spawn(|| filter::build(checkout));
        let installed = install(checkout, examples);
        // Both are waited for, whichever fails: no child outlives a failure of the other.
        let filter = filter.join().map_err(|_| anyhow!("building the filter panicked"))?;
        let ((envoy, origins), filter) = (installed?, filter?);
        let shipped = checkout.shipped_envoy_yaml()?;
        let tools = Tools { cache: checkout.cache.clone(), envoy, wasm: filter.path, shipped };
        Ok((tools, origins))
    })
}

fn install(
    checkout: &Checkout,
    examples: &[Example],
) -> Result<(std::path::PathBuf, Vec<Installed>)> {
    let envoy = tools::envoy(&checkout.cache)?;
    let origin = |example: &Example| {
        Installed::new(&checkout.cache, example)
            .with_context(|| format!("the origin of `{}`", example.about.name))
    };
    Ok((envoy, examples.iter().map(origin).collect::<Result<_>>()?))
}
