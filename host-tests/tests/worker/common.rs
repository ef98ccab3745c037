//! A gate on workerd, and an origin that answers as it is told.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};

use wicketgate_harness::cache::Cache;
use wicketgate_harness::document;
use wicketgate_harness::envoy_config::Upstream;
use wicketgate_harness::files;
use wicketgate_harness::http::{Client, Request, Response};
use wicketgate_harness::tools;
use wicketgate_harness::worker_build;
use wicketgate_harness::workerd::{Settings, Workerd};

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
    let (cache, binary, worker) = tools();
    let secrets: BTreeMap<_, _> =
        token.map(|token| ("TOKEN".to_owned(), token.to_owned())).into_iter().collect();
    let settings = Settings {
        listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
        upstream: &Upstream::loopback(origin),
        worker,
        policy,
        environment: &document::environment_names(POLICY).unwrap(),
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

/// What the gate's host has logged.
pub fn log(gate: &Workerd) -> String {
    files::read_lossy(gate.log())
}

/// workerd and the Worker, built from the sources as they are now, once a process.
fn tools() -> &'static (Cache, PathBuf, PathBuf) {
    static TOOLS: OnceLock<(Cache, PathBuf, PathBuf)> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let cache = Cache::open().unwrap();
        let binary = tools::workerd(&cache).unwrap();
        let worker = worker_build::build(&cache, checkout, &checkout.join(target)).unwrap();
        (cache, binary, worker.folder)
    })
}

/// An origin that reads a request's head, answers what it is told and closes. Dropping it ends
/// its thread.
pub struct Origin {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

impl Origin {
    /// Starts it; `serve` gets the connection once the head is read.
    pub fn start(serve: impl Fn(&str, &mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (heads, ended) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (record, stop) = (Arc::clone(&heads), Arc::clone(&ended));
        let serving = thread::spawn(move || {
            for connection in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let mut connection = connection.unwrap();
                let head = head(&mut connection);
                if !head.is_empty() {
                    record.lock().unwrap().push(head.clone());
                    serve(&head, &mut connection);
                }
            }
        });
        Self { address, heads, ended, serving: Some(serving) }
    }

    /// One that answers everything with `response`.
    pub fn answering(response: &'static [u8]) -> Self {
        Self::start(move |_, connection| connection.write_all(response).unwrap())
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The heads of the requests that came since it was last asked.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.heads.lock().unwrap())
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _wakes_it = TcpStream::connect(self.address);
        self.serving.take().unwrap().join().unwrap();
    }
}

fn head(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && connection.read(&mut byte).unwrap_or(0) == 1 {
        bytes.push(byte[0]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
