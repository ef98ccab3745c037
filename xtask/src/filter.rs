//! Building the filter.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wicketgate_harness::files;
use wicketgate_harness::process::Process;
use wicketgate_harness::progress::Step;
use wicketgate_harness::tools;
use wicketgate_harness::wait::wait_until;

use crate::checkout::Checkout;

/// The target that gives the filter its environment variables.
pub(crate) const TARGET: &str = "wasm32-wasip1";

/// The most that the built filter may be, in bytes.
pub(crate) const LIMIT: u64 = 256 * 1024;

/// The built filter.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

/// Builds the filter as it is shipped.
pub(crate) fn build(checkout: &Checkout) -> Result<Filter> {
    tools::target(&checkout.cache, &checkout.root, TARGET)?;
    let mut step = Step::begin("building the filter");
    let messages = checkout.cache.run_folder()?;
    let messages = messages.path().join("cargo.jsonl");
    let mut cargo = checkout.cargo();
    cargo
        .args(["build", "--quiet", "--release", "--package", "wicketgate-filter"])
        .args(["--target", TARGET, "--message-format", "json-render-diagnostics"])
        .stdout(Stdio::from(File::create(&messages).context("cannot write a log")?))
        .stderr(Stdio::inherit());
    let mut process = Process::start_with_outputs(&mut cargo, &messages)?;
    let status = wait_until("cargo build", Duration::from_secs(30 * 60), || {
        step.tick();
        process.ended()
    })?;
    if !status.success() {
        bail!("the filter does not compile: see above");
    }
    let path = artifact(&files::read(&messages)?).context("cargo built no filter")?;
    let size = path.metadata().with_context(|| path.display().to_string())?.len();
    step.done();
    Ok(Filter { path, size })
}

impl Filter {
    /// Its size, for people.
    pub(crate) fn describe(&self, checkout: &Checkout) -> String {
        let path = checkout.relative(&self.path).display();
        let (size, limit) = (self.size as f64 / 1024.0, LIMIT / 1024);
        format!("{path}: {size:.1} KB of at most {limit} KB")
    }

    /// Whether it is small enough.
    pub(crate) fn fits(&self) -> bool {
        self.size <= LIMIT
    }
}

/// The module among cargo's messages.
fn artifact(messages: &str) -> Option<PathBuf> {
    let wasm = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let ours = message.get("target")?.get("name")? == "wicketgate_filter";
        let files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str);
        let mut modules =
            files.map(Path::new).filter(|file| file.extension() == Some("wasm".as_ref()));
        modules.next().filter(|_| ours).map(Path::to_owned)
    };
    messages.lines().find_map(wasm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_module_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"log"},"filenames":["/t/log.wasm"]}
{"reason":"compiler-message","message":{}}
{"reason":"compiler-artifact","target":{"name":"wicketgate_filter"},"filenames":["/t/a.rlib","/t/a.wasm"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(artifact(messages), Some(PathBuf::from("/t/a.wasm")));
        assert_eq!(artifact("{\"reason\":\"build-finished\",\"success\":true}"), None);
    }

    #[test]
    fn one_byte_too_many_does_not_fit() {
        let filter = |size| Filter { path: PathBuf::new(), size };
        assert!(filter(LIMIT).fits() && !filter(LIMIT + 1).fits());
    }
}
