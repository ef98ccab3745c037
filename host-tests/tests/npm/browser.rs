//! The example for browsers in a real one, where there is one.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use wicketgate_runtime::files;
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::test_tools::find_chromium;

use crate::installed::Installed;
use crate::readme::{self, Example};

/// The page shows what the README says.
pub(crate) fn example(installed: &Installed) -> Result<()> {
    let Example { code, prints } = readme::example(installed, "html")?;
    let project = installed.project();
    files::write(&project.join("browser-example.html"), code)?;
    files::write(&project.join("serve.mjs"), SERVE)?;
    let mut serve = Command::new("node");
    serve.arg("serve.mjs").current_dir(project);
    let mut server = Process::start(&mut serve, &project.join("server.log"))?;
    let port = wait_until("the page's server", PATIENCE, || {
        ensure!(server.ended()?.is_none(), "the server ended: {}", server.output());
        Ok(server.output().strip_suffix('\n').map(str::to_owned))
    })?;

    let mut browser = Command::new(find_chromium().context("no browser")?);
    // Its sandbox needs rights that containers don't give; the only page is our own.
    browser.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]);
    browser.arg(format!("--user-data-dir={}", project.join("profile").display()));
    browser.args(["--virtual-time-budget=20000", "--dump-dom"]);
    browser.arg(format!("http://127.0.0.1:{port}/browser-example.html"));
    let mut browser = Process::start(&mut browser, &project.join("page.html"))?;
    wait_until("the browser", PATIENCE, || browser.ended())?;
    let expected = format!("<output>{}</output>", prints.trim_end());
    let page = browser.output();
    ensure!(page.contains(&expected), "no `{expected}` in the page:\n{page}");
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(60);

/// The project's files on a free port, which it prints.
const SERVE: &str = r#"
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";

const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const server = createServer(({ url }, response) => {
  const type = types[extname(url)];
  if (!type || url.includes("..")) return response.writeHead(404).end();
  response.writeHead(200, {
    "content-type": type,
    "content-security-policy": "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
  });
  response.end(readFileSync(`.${url}`));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"#;
