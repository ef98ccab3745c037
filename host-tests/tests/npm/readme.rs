//! The examples of the package's README, run as they stand there.

use anyhow::{Context, Result, ensure};
use wicketgate_runtime::files;

use crate::installed::Installed;

/// An example and what it prints.
pub(crate) struct Example {
    pub(crate) code: String,
    pub(crate) prints: String,
}

/// The first block of code in `language`, and the first block of text after it.
pub(crate) fn example(installed: &Installed, language: &str) -> Result<Example> {
    let readme = files::read(&installed.package().join("README.md"))?;
    let block = |text: &str, language: &str| {
        let (_, rest) = text.split_once(&format!("```{language}\n"))?;
        let (code, rest) = rest.split_once("```\n")?;
        Some((code.to_owned(), rest.to_owned()))
    };
    let found = block(&readme, language)
        .and_then(|(code, rest)| Some(Example { code, prints: block(&rest, "text")?.0 }));
    found.with_context(|| format!("no example in {language}"))
}

/// The example for Node.
pub(crate) fn node(installed: &Installed) -> Result<()> {
    let Example { code, prints } = example(installed, "js")?;
    let printed = installed.node("node-example.mjs", &code, &[])?;
    ensure!(printed == prints, "expected\n{prints}found\n{printed}");
    Ok(())
}

/// The example for browsers, in Node with as much of a browser as it needs: `fetch` of the files
/// beside it, and a page with one element. Real ones are asked where there are any.
pub(crate) fn browser(installed: &Installed) -> Result<()> {
    let Example { code, prints } = example(installed, "html")?;
    let script = code.split_once("<script type=\"module\">").context("no script")?.1;
    let script = script.split_once("</script>").context("no end of the script")?.0;
    files::write(&installed.project().join("browser-example.mjs"), script)?;
    let printed = installed.node("page.mjs", PAGE, &[])?;
    ensure!(printed == prints, "expected\n{prints}found\n{printed}");
    Ok(())
}

const PAGE: &str = r#"
import { readFileSync } from "node:fs";

const output = { textContent: "" };
globalThis.document = { querySelector: () => output };
globalThis.fetch = async (url) =>
  new Response(readFileSync(url), { headers: { "content-type": "application/wasm" } });
await import("./browser-example.mjs");
console.log(output.textContent);
"#;
