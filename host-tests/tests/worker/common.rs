//! A gate on workerd.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::OnceLock;

use wicketgate_host_tests::built;
pub use wicketgate_host_tests::scripted::Origin;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::document;
use wicketgate_runtime::envoy_config::Upstream;
use wicketgate_runtime::files;
use wicketgate_runtime::http::{Client, Request, Response};
use wicketgate_runtime::ships::WORKER;
use wicketgate_runtime::tools;
use wicketgate_runtime::workerd::{Settings, Workerd};

/// The token that the tests' policy asks for.
pub const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790-AbCdEfGh";

/// A policy with one guarded path.
pub const POLICY: &str = r#"{
    "version": 1, "name": "tests", "environment": "production", "unmatched": "pass",
    "callers": { "cron": { "token": { "header": "x-token", "keys": [ { "id": "k", "env": "TOKEN" } ] } } },
    "rules": [ { "id": "internal", "paths": ["/internal/*"], "allow": [ { "caller": "cron" } ] } ],
    "forward": { "credential": "remove" }
}"#;

/// Starts the gate with a policy and its token in front of an origin's port.
pub fn gate(policy: &str, token: Option<&str>, origin: u16) -> Workerd {
    let secrets: Vec<_> = token.map(|token| ("TOKEN", token)).into_iter().collect();
    started(policy, POLICY, &secrets, None, origin)
}

/// Starts the gate with a policy and the variables that it names; it reaches addresses of keys whose
/// certificates are of an authority.
pub fn gate_with_keys(
    policy: &str,
    secrets: &[(&str, &str)],
    authority: Option<&str>,
    origin: u16,
) -> Workerd {
    started(policy, policy, secrets, authority, origin)
}

/// `meant` is a policy that names the variables; the one that is tried may be none.
fn started(
    policy: &str,
    meant: &str,
    secrets: &[(&str, &str)],
    authority: Option<&str>,
    origin: u16,
) -> Workerd {
    let (cache, binary, worker) = tools();
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let secrets: BTreeMap<String, String> = secrets.iter().map(owned).collect();
    let settings = Settings {
        listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
        upstream: &Upstream::loopback(origin),
        worker,
        policy,
        environment: &document::environment_names(meant).unwrap(),
        authority,
        test: true,
    };
    Workerd::start(binary, &settings, &secrets, cache.run_folder().unwrap()).unwrap()
}

/// Sends a request that must be answered.
pub fn ask(gate: &Workerd, method: &str, target: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::new(method, target).unwrap();
    for (name, value) in headers {
        request = request.with_header(name, value).unwrap();
    }
    Client::new(gate.address()).ask(&request).unwrap()
}

/// The log of the gate's host.
pub fn log(gate: &Workerd) -> String {
    files::read_lossy(gate.log())
}

/// workerd and the Worker, built from the sources as they are now, once a process.
fn tools() -> &'static (Cache, PathBuf, PathBuf) {
    static TOOLS: OnceLock<(Cache, PathBuf, PathBuf)> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let cache = Cache::open().unwrap();
        let binary = tools::workerd(&cache).unwrap();
        (cache, binary, built::path(&WORKER).unwrap())
    })
}
