//! `wrangler dev` with the shipped `wrangler.toml`: what users type to try it.
//!
//! Two lines of it are other here: `command`, since the Worker is built already, and nothing
//! leaves the machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use wicketgate_harness::cache::Cache;
use wicketgate_harness::http::{Answer, Client, Request};
use wicketgate_harness::process::Process;
use wicketgate_harness::wait::wait_until;
use wicketgate_harness::{files, ports, tools};
use wicketgate_host_tests::built;

use crate::common::{Origin, TOKEN};

#[test]
fn the_shipped_configuration_runs_under_wrangler_dev() {
    let cache = Cache::open().unwrap();
    let wrangler = tools::wrangler(&cache).unwrap();
    let folder = cache.run_folder().unwrap();
    let shipped = files::read(&built::workspace().join("wrangler.toml")).unwrap();
    let build = "command = \"cargo xtask build --host worker\"";
    assert!(shipped.contains(build));
    files::write(&folder.path().join("wrangler.toml"), shipped.replace(build, "")).unwrap();
    files::write(&folder.path().join(".dev.vars"), format!("INTERNAL_JOB_TOKEN={TOKEN}\n"))
        .unwrap();
    let worker = folder.path().join("target/edge-worker");
    std::fs::create_dir_all(&worker).unwrap();
    files::copy(&files::sources(&built::worker().unwrap()).unwrap(), &worker).unwrap();

    let ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    let origin = Origin::answering(ok).unwrap();
    let port = ports::free().unwrap();
    let mut command = Command::new("node");
    command.arg(wrangler).args([
        "dev",
        "--ip",
        "127.0.0.1",
        "--show-interactive-dev-session=false",
    ]);
    command.args([
        "--port",
        &port.to_string(),
        "--inspector-port",
        &ports::free().unwrap().to_string(),
    ]);
    command.args(["--var", &format!("ORIGIN:http://127.0.0.1:{}", origin.port())]);
    command.current_dir(folder.path()).env("HOME", folder.path()).env("CI", "1");
    command.env("WRANGLER_SEND_METRICS", "false").env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    let log = folder.path().join("wrangler.log");
    let mut running = Process::start(&mut command, &log).unwrap();

    let client = Client::new(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
    let ask = |method: &str, target: &str, token: &str| {
        let mut request = Request::new(method, target).unwrap();
        if !token.is_empty() {
            request = request.with_header("x-internal-token", token).unwrap();
        }
        client.send(&request)
    };
    wait_until("wrangler dev", Duration::from_secs(60), || {
        assert!(running.ended()?.is_none(), "{}", running.output());
        Ok(matches!(ask("GET", "/health", ""), Ok(Answer::Response(_))).then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error:#}\n{}", running.output()));
    origin.take();
    let status = |method, target, token| match ask(method, target, token).unwrap() {
        Answer::Response(response) => response.status,
        Answer::Closed => 0,
    };
    assert_eq!(status("GET", "/health", ""), 200, "{}", running.output());
    assert_eq!(status("POST", "/internal/run_scan", TOKEN), 200, "{}", running.output());
    assert_eq!(origin.take().len(), 2);
    for (method, target, token, expected) in [
        ("POST", "/internal/run_scan", "", 403),
        ("POST", "/internal/run_scan", "wrong", 403),
        ("POST", "//internal/run_scan", "", 403),
        ("POST", "/%69nternal/run_scan", "", 403),
        ("POST", "/x/%2e%2e/internal/run_scan", "", 403),
        ("GET", "/internal/run_scan", TOKEN, 403),
        ("GET", "/internal/other", TOKEN, 404),
    ] {
        assert_eq!(status(method, target, token), expected, "{method} {target}");
    }
    assert!(origin.take().is_empty());
    // wrangler passes on what the Worker logs, when it likes.
    wait_until("the audit line", Duration::from_secs(20), || {
        Ok(running.output().contains("credential_missing").then_some(()))
    })
    .unwrap();
    assert!(!running.output().contains(TOKEN));
}
