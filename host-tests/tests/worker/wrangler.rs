//! `wrangler dev` with the shipped `wrangler.toml`: what users type to try it.
//!
//! Two lines of it are other here: `command`, since the Worker is built already, and nothing
//! leaves the machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use wicketgate_host_tests::built;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::files;
use wicketgate_runtime::files::TempDir;
use wicketgate_runtime::http::{Answer, Client, Request};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::ships::WORKER;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::{ports, test_tools};

use crate::common::{Origin, TOKEN};

#[test]
fn the_shipped_configuration_runs_under_wrangler_dev() {
    let origin = Origin::answering(ANSWER).unwrap();
    let dev = Dev::start(&origin, str::to_owned);
    assert_eq!(dev.status("GET", "/health", ""), 200, "{}", dev.running.output());
    assert_eq!(dev.status("POST", "/internal/run_scan", TOKEN), 200, "{}", dev.running.output());
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
        assert_eq!(dev.status(method, target, token), expected, "{method} {target}");
    }
    assert!(origin.take().is_empty());
    // wrangler passes on what the Worker logs, when it likes.
    wait_until("the audit line", Duration::from_secs(20), || {
        Ok(dev.running.output().contains("credential_missing").then_some(()))
    })
    .unwrap();
    assert!(!dev.running.output().contains(TOKEN));
}

/// Of a limit of ten by the isolate alone, and two by the binding, what is told is two.
#[test]
fn a_rate_limit_binding_counts() {
    let origin = Origin::answering(ANSWER).unwrap();
    let dev = Dev::start(&origin, |shipped| {
        let (before, after) = shipped.split_once("# [[ratelimits]]").unwrap();
        let (commented, after) = after.split_once("\n\n").unwrap();
        let live = commented.replace("\n# ", "\n").replace("limit = 10", "limit = 2");
        let abuse =
            "failures = { limit = 10, window = \"1m\" }, cloudflare = { failures = \"FAILURES\" }";
        let named = "environment = \"production\"\n";
        let after = after.replacen(named, &format!("{named}abuse = {{ {abuse} }}\n"), 1);
        format!("{before}[[ratelimits]]{live}\n\n{after}")
    });
    let statuses: Vec<_> =
        (0..4).map(|_| dev.status("POST", "/internal/run_scan", "wrong")).collect();
    assert_eq!(statuses, [403, 403, 429, 429], "{}", dev.running.output());
    assert_eq!(dev.status("POST", "/internal/run_scan", TOKEN), 200);
    assert_eq!(origin.take().len(), 1);
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/// `wrangler dev` in a folder of its own.
struct Dev {
    running: Process,
    client: Client,
    _folder: TempDir,
}

impl Dev {
    /// Starts it with the shipped configuration, edited, in front of an origin.
    fn start(origin: &Origin, edit: impl FnOnce(&str) -> String) -> Self {
        let cache = Cache::open().unwrap();
        let wrangler = test_tools::wrangler(&cache).unwrap();
        let folder = cache.run_folder().unwrap();
        let shipped = files::read(&built::workspace().join("wrangler.toml")).unwrap();
        let build = "command = \"cargo xtask build --host worker\"";
        assert!(shipped.contains(build));
        files::write(&folder.path().join("wrangler.toml"), edit(&shipped.replace(build, "")))
            .unwrap();
        files::write(&folder.path().join(".dev.vars"), format!("INTERNAL_JOB_TOKEN={TOKEN}\n"))
            .unwrap();
        let worker = folder.path().join("target/edge-worker");
        std::fs::create_dir_all(&worker).unwrap();
        files::copy(&files::sources(&built::path(&WORKER).unwrap()).unwrap(), &worker).unwrap();

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
        let running = Process::start(&mut command, &log).unwrap();

        let client = Client::new(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
        let mut dev = Self { running, client, _folder: folder };
        wait_until("wrangler dev", Duration::from_secs(60), || {
            assert!(dev.running.ended()?.is_none(), "{}", dev.running.output());
            Ok((dev.status("GET", "/health", "") == 200).then_some(()))
        })
        .unwrap_or_else(|error| panic!("{error:#}\n{}", dev.running.output()));
        origin.take();
        dev
    }

    /// The status of an answer; zero where there is none.
    fn status(&self, method: &str, target: &str, token: &str) -> u16 {
        let mut request = Request::new(method, target).unwrap();
        if !token.is_empty() {
            request = request.with_header("x-internal-token", token).unwrap();
        }
        match self.client.send(&request) {
            Ok(Answer::Response(response)) => response.status,
            Ok(Answer::Closed) | Err(_) => 0,
        }
    }
}
