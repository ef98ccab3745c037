//! `wicketgate up`, as it is run: what it refuses before it starts anything, and a real Envoy that
//! it starts, asks for decisions, and ends.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use wicketgate_runtime::filter;
use wicketgate_runtime::http::{Client, Request};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::{ports, secret};

const POLICY: &str = "examples/signal-jobs/policy.json";
const UPSTREAM: [&str; 2] = ["--upstream", "127.0.0.1:8000"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs it with `arguments` in `folder`, with only the variables of [`POLICY`] in its environment.
fn up(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = command(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_debug_build_says_that_it_carries_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_wicketgate"))
        .arg("--version")
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], concat!("wicketgate ", env!("CARGO_PKG_VERSION")));
    if cfg!(debug_assertions) {
        assert!(lines[1].starts_with("it carries no filter: "), "{said}");
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wicketgate"));
    command.arg("up").current_dir(folder).env_clear();
    // A cache of its own, in which nothing is: what would be installed would be said.
    command.env("WICKETGATE_CACHE", folder.join("cache"));
    command.env("WICKETGATE_ENVIRONMENT", "production");
    command.env("INTERNAL_JOB_TOKEN", "Zx3_9qLrT7vBn2KdZx3_9qLrT7vBn2Kd-01");
    command
}

#[test]
fn what_is_wrong_is_said_before_anything_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    fs::copy(root().join(POLICY), &policy).unwrap();
    fs::write(folder.path().join("bad.json"), r#"{ "version": 2 }"#).unwrap();
    fs::write(folder.path().join("no.wasm"), "no module").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let free = format!("127.0.0.1:{}", ports::free().unwrap());
    for (code, policy, more, said) in [
        (1, "absent.json", &[][..], "error: cannot read `absent.json`"),
        (1, "-", &[], "error: `--policy` is `-`: expected a file"),
        (1, "policy.json", &["--listen", &taken], "cannot listen on `127.0.0.1:"),
        (1, "policy.json", &[], "error: no filter: name the built module with `--wasm PATH`"),
        (1, "policy.json", &["--wasm", "absent.wasm"], "cannot read `absent.wasm`"),
        (1, "policy.json", &["--wasm", "no.wasm"], "`no.wasm`, which is no WebAssembly module"),
        (1, "policy.json", &["--host", "worker"], "error: no Worker: run this in a checkout"),
        (1, "policy.json", &["--host", "worker", "--wasm", "x"], "goes with `--host envoy`"),
        (1, "policy.json", &["--upstream", "https://x"], "only http:// here"),
        (1, "policy.json", &["--upstream", ":18000"], "no host: is it `127.0.0.1:18000`?"),
        (1, "policy.json", &["--listen", ":18000"], "`127.0.0.1:18000` is for this machine alone"),
        (1, "policy.json", &["--listen", "localhost"], "no port"),
        (1, "policy.json", &["--host", "worker", "--websocket"], "goes with `--host envoy`"),
        (
            1,
            "policy.json",
            &["--proxy-protocol", "--envoy-defaults"],
            "not with `--envoy-defaults`",
        ),
        (3, "bad.json", &[], "bad.json:1:"),
        (3, "bad.json", &["--json"], "\"valid\": false"),
    ] {
        let mut arguments = vec!["--policy", policy];
        if !more.contains(&"--upstream") {
            arguments.extend(UPSTREAM);
        }
        if !more.contains(&"--listen") {
            arguments.extend(["--listen", &free]);
        }
        arguments.extend(more);
        let (found, out, err) = up(folder.path(), &arguments);
        assert_eq!(found, code, "{arguments:?}: {out}{err}");
        assert!((out.clone() + &err).contains(said), "{arguments:?}: {out}{err}");
        assert!(!err.contains("downloading") && !err.contains("building"), "{err}");
    }
    // Both come after the filter and before Envoy is started.
    let wasm = folder.path().join("module.wasm");
    fs::write(&wasm, b"\0asm\x01\0\0\0").unwrap();
    let arguments = ["--policy", "policy.json", "--listen", &free, "--wasm", "module.wasm"];
    let arguments = [&arguments[..], &UPSTREAM, &["--envoy", "no.wasm"]].concat();
    let (code, out, err) = up(folder.path(), &arguments);
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("no.wasm`, which does not run as Envoy"), "{err}");
    assert!(err.starts_with("error: `--envoy` is `"), "{err}");
}

/// An app that answers anything, one connection after the other.
fn origin() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut bytes = [0; 4096];
            // One that only looks whether somebody listens sends nothing.
            if stream.read(&mut bytes).is_ok_and(|count| count > 0) {
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nran";
                stream.write_all(answer.as_bytes()).unwrap();
            }
        }
    });
    address
}

/// The command with real Envoy, ready.
struct Up {
    process: Process,
    address: SocketAddr,
    err: PathBuf,
}

impl Up {
    /// Starts it in `folder`, which has a `policy.json`.
    fn start(folder: &Path, set: impl FnOnce(&mut Command)) -> Self {
        wicketgate_runtime::progress::show();
        let cache = wicketgate_runtime::cache::Cache::open().unwrap();
        let envoy = wicketgate_runtime::tools::envoy(&cache).unwrap();
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let target = root().join(target);
        let wasm = filter::build(&cache, &root(), &target).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], ports::free().unwrap()));
        let (out, err) = (folder.join("out"), folder.join("err"));
        let mut command = command(folder);
        command.args(["--policy", "policy.json", "--json"]);
        command.args(["--upstream", &origin().to_string(), "--listen", &address.to_string()]);
        command.arg("--envoy").arg(envoy).arg("--wasm").arg(wasm.canonicalize().unwrap());
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        set(&mut command);
        let process = Process::start_with_outputs(&mut command, &out).unwrap();
        let mut up = Self { process, address, err };
        wait_until("the ready line", Duration::from_secs(60), || {
            assert_eq!(up.process.ended().unwrap(), None, "{}{}", up.process.output(), up.said());
            Ok((!up.lines().is_empty()).then_some(()))
        })
        .unwrap();
        assert_eq!(up.lines()[0]["ready"], format!("http://{address}"));
        // Everything was there.
        assert!(!up.said().contains("downloading"), "{}", up.said());
        up
    }

    fn lines(&self) -> Vec<Value> {
        self.process.output().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.err).unwrap()
    }

    /// Ctrl-C ends it, and Envoy with it.
    fn interrupt(&mut self) {
        let children = children(self.process.id());
        assert_eq!(children.len(), 1, "Envoy and nobody else");
        self.process.interrupt();
        let process = &mut self.process;
        let status = wait_until("its end", Duration::from_secs(15), || process.ended()).unwrap();
        assert!(status.success(), "{status}: {}", self.said());
        assert!(TcpStream::connect(self.address).is_err(), "somebody still listens");
        for child in children {
            assert!(!Path::new(&format!("/proc/{child}")).exists(), "{child} is still there");
        }
    }
}

/// The processes that `parent` has started and not yet reaped.
fn children(parent: u32) -> Vec<u32> {
    let of = |entry: fs::DirEntry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        (line.trim().parse() == Ok(parent)).then_some(id)
    };
    fs::read_dir("/proc").unwrap().filter_map(|entry| of(entry.ok()?)).collect()
}

#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn envoy_refuses_and_admits_and_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join(POLICY), folder.path().join("policy.json")).unwrap();
    let token = secret::make().unwrap();
    let mut gate = Up::start(folder.path(), |command| {
        command.env("INTERNAL_JOB_TOKEN", &token);
    });
    let job = Request::new("POST", "/internal/run_scan").unwrap();
    let refused = Client::new(gate.address).ask(&job).unwrap();
    assert_eq!(refused.status, 422);
    let job = job.with_header("X-Internal-Token", &token).unwrap();
    let admitted = Client::new(gate.address).ask(&job).unwrap();
    assert_eq!((admitted.status, admitted.text().as_str()), (200, "ran"));
    wait_until("two audit lines", Duration::from_secs(5), || {
        Ok((gate.lines().len() >= 3).then_some(()))
    })
    .unwrap();
    let decisions: Vec<_> =
        gate.lines()[1..].iter().map(|line| line["wicketgate.decision"].clone()).collect();
    assert_eq!(decisions, ["deny", "allow"]);
    gate.interrupt();
}

#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn envoy_fetches_the_keys_that_the_policy_names() {
    let folder = tempfile::tempdir().unwrap();
    let keys = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/keys", keys.local_addr().unwrap());
    let policy = json!({
        "version": 1, "name": "runs", "environment": "development", "unmatched": "deny",
        "callers": { "scheduler": { "jwt": {
            "issuer": "https://issuer.example", "audience": "runs",
            "keys": { "jwks_uri": uri },
        } } },
        "rules": [{ "id": "runs", "paths": ["/runs"], "allow": [{ "methods": ["GET"], "caller": "scheduler" }] }],
        "forward": { "credential": "remove" },
    });
    fs::write(folder.path().join("policy.json"), policy.to_string()).unwrap();
    let mut gate = Up::start(folder.path(), |command| {
        command.env("WICKETGATE_ENVIRONMENT", "development");
    });
    // Asked for by the gate itself, before any request.
    keys.set_nonblocking(true).unwrap();
    let asked = wait_until("the gate's question", Duration::from_secs(20), || {
        let Ok((mut stream, _)) = keys.accept() else { return Ok(None) };
        stream.set_nonblocking(false)?;
        let mut bytes = [0; 1024];
        let count = stream.read(&mut bytes)?;
        Ok(Some(String::from_utf8_lossy(&bytes[..count]).into_owned()))
    });
    let asked = asked.unwrap_or_else(|error| panic!("{error}: {}", gate.said()));
    assert!(asked.starts_with("GET /keys HTTP/1.1\r\n"), "{asked}");
    gate.interrupt();
}

/// The first line of the answer to these bytes.
fn first_line(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let mut some = [0; 1024];
    while !answer.contains(&b'\n') {
        match stream.read(&mut some) {
            Ok(count) if count > 0 => answer.extend_from_slice(&some[..count]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

const WEBSOCKET: &str = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// What Envoy refuses by itself has no audit line, so the command says what it was.
#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn what_envoy_itself_refuses_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join(POLICY), folder.path().join("policy.json")).unwrap();
    let mut gate = Up::start(folder.path(), |_| {});
    let websocket = format!("GET /chat HTTP/1.1\r\n{WEBSOCKET}");
    assert_eq!(first_line(gate.address, websocket.as_bytes()), "HTTP/1.1 403 Forbidden");
    let old = first_line(gate.address, b"GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    assert_eq!(old, "HTTP/1.1 426 Upgrade Required");
    let underscore = b"GET / HTTP/1.1\r\nHost: a\r\nX_INTERNAL_TOKEN: 1\r\n\r\n";
    assert_eq!(first_line(gate.address, underscore), "HTTP/1.1 400 Bad Request");
    for hint in ["`--websocket` lets them through", "`proxy_http_version 1.1`", "a header with `_`"]
    {
        wait_until(hint, Duration::from_secs(15), || Ok(gate.said().contains(hint).then_some(())))
            .unwrap_or_else(|error| panic!("{error}: {}", gate.said()));
    }
    gate.interrupt();
}

/// A websocket is a request like others, and a balancer names the client.
#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn websockets_and_a_balancer_in_front() {
    let folder = tempfile::tempdir().unwrap();
    let policy = json!({
        "version": 1, "name": "chat", "environment": "production", "unmatched": "pass",
        "networks": { "office": ["203.0.113.0/24"] },
        "callers": { "cron": { "token": {
            "header": "x-internal-token", "keys": [{ "id": "a", "env": "INTERNAL_JOB_TOKEN" }],
        } } },
        "rules": [{ "id": "office", "paths": ["/office"], "allow": [{ "caller": "cron", "network": "office" }] }],
        "forward": { "credential": "remove" },
    });
    fs::write(folder.path().join("policy.json"), policy.to_string()).unwrap();
    let token = secret::make().unwrap();
    let mut gate = Up::start(folder.path(), |command| {
        command.args(["--websocket", "--proxy-protocol"]).env("INTERNAL_JOB_TOKEN", &token);
    });
    let ask = |client: &str, target: &str, headers: &str| {
        let head = format!("PROXY TCP4 {client} 10.0.0.1 1234 443\r\nGET {target} HTTP/1.1\r\n");
        first_line(gate.address, format!("{head}{headers}").as_bytes())
    };
    let with_token = format!("Host: a\r\nX-Internal-Token: {token}\r\n");
    let (allowed, denied) = ("HTTP/1.1 200 OK", "HTTP/1.1 403 Forbidden");
    assert_eq!(ask("203.0.113.9", "/office", &format!("{with_token}\r\n")), allowed);
    assert_eq!(ask("198.51.100.9", "/office", &format!("{with_token}\r\n")), denied);
    let forged = format!("{with_token}X-Forwarded-For: 203.0.113.9\r\n\r\n");
    assert_eq!(ask("198.51.100.9", "/office", &forged), denied);
    // The app of this test does not take the upgrade; it was asked.
    assert_eq!(ask("203.0.113.9", "/chat", WEBSOCKET), allowed);
    assert_eq!(ask("203.0.113.9", "/office", WEBSOCKET), denied);
    gate.interrupt();
}
