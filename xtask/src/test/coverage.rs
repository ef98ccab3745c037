//! Which lines of `policy` its tests and the vectors run.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wicketgate_runtime::files;
use wicketgate_testkit::checkout::{Checkout, show};
use wicketgate_testkit::test_tools::{self, CargoTool};

use crate::steps::Count;

/// Measures, prints each file and the sum, and holds the sum to [`LEAST`].
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    test_tools::component(&checkout.cache, &checkout.root, "llvm-tools")?;
    let tool = test_tools::cargo_tool(&checkout.cache, CargoTool::LLVM_COV)?;
    let folder = checkout.cache.run_folder()?;
    let report = folder.path().join("coverage.json");
    let mut command = std::process::Command::new(tool);
    command
        .current_dir(&checkout.root)
        // The runtime runs the vectors against the core: they are its tests as well.
        .args(["llvm-cov", "--package", "wicketgate-policy", "--package", "wicketgate-runtime"])
        .args(["--json", "--summary-only"])
        .args(["--ignore-filename-regex", "/tests?(/|\\.rs)", "--output-path"])
        .arg(&report);
    if !show(checkout, &mut command)?.0 {
        bail!("the tests did not run to their end");
    }
    let report: Value = serde_json::from_str(&files::read(&report)?).context("the report")?;
    let files = lines(&report)?;
    for (file, lines) in &files {
        println!("{:>6.2} %  {}", lines.percent(), checkout.relative(file.as_ref()).display());
    }
    let all = files.iter().fold(Lines::default(), |sum, (_, lines)| Lines {
        count: sum.count + lines.count,
        covered: sum.covered + lines.covered,
    });
    let Lines { count, covered } = all;
    println!("{:>6.2} %  of `policy`: {covered} of {count} lines", all.percent());
    Ok(Count::one(all.percent() >= LEAST))
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Lines {
    count: u64,
    covered: u64,
}

impl Lines {
    /// Nothing measured is nothing covered.
    fn percent(self) -> f64 {
        if self.count == 0 { 0.0 } else { 100.0 * self.covered as f64 / self.count as f64 }
    }
}

/// The files of `policy` in a report of `cargo llvm-cov`.
fn lines(report: &Value) -> Result<Vec<(String, Lines)>> {
    let files = report.pointer("/data/0/files").and_then(Value::as_array);
    let file = |file: &Value| {
        let lines = file.pointer("/summary/lines")?;
        let number = |name| lines.get(name).and_then(Value::as_u64);
        let lines = Lines { count: number("count")?, covered: number("covered")? };
        Some((file.get("filename")?.as_str()?.to_owned(), lines))
    };
    let files: Option<Vec<_>> = files.context("a report without files")?.iter().map(file).collect();
    let mut files = files.context("a report without lines")?;
    files.retain(|(name, _)| name.contains("/policy/src/"));
    Ok(files)
}

const LEAST: f64 = 95.0;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_a_report() {
        let report = json!({ "data": [{ "files": [
            { "filename": "/c/policy/src/a.rs", "summary": { "lines": { "count": 8, "covered": 6, "percent": 75.0 } } },
            { "filename": "/c/runtime/src/a.rs", "summary": { "lines": { "count": 9, "covered": 0, "percent": 0.0 } } },
        ] }] });
        let files = lines(&report).unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].1.percent(), 75.0);
        assert_eq!(Lines::default().percent(), 0.0);
    }
}
