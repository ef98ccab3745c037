//! An example's real origin, asked directly and through a gate: which handlers ran.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::files::TempDir;
use wicketgate_runtime::http::{Answer, Client, latin1};
use wicketgate_testkit::example::Example;
use wicketgate_testkit::origin::{Installed, Origin};
use wicketgate_testkit::secret;
use wicketgate_testkit::witness::Witness;

use crate::common::root;
use crate::policy::TOKEN;
use crate::targets::Target;

/// What every handler of the examples takes, so that none is refused for its body.
const BODY: &str =
    r#"{"address":"jane@example.com","stars":4,"lesson":"x","lesson_id":"x","job_id":"x"}"#;

/// A running origin.
pub(crate) struct App {
    origin: Origin,
    before: Witness,
    _run: TempDir,
}

impl App {
    /// Installs and starts it.
    pub(crate) fn start(name: &str) -> Self {
        let cache = Cache::open().unwrap();
        let example = Example::load(&root(), name).unwrap();
        let installed = Installed::new(&cache, &example).unwrap();
        let run = cache.run_folder().unwrap();
        let secrets: BTreeMap<String, String> = example
            .about
            .origin_secrets
            .iter()
            .map(|name| (name.clone(), secret::make().unwrap()))
            .collect();
        let origin = installed.start(run.path(), &secrets, &[]).unwrap();
        let before = Witness::ask(origin.address()).unwrap();
        Self { origin, before, _run: run }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.origin.address()
    }

    /// The handlers that a request runs.
    pub(crate) fn ask(&mut self, target: &Target) -> Vec<String> {
        self.ask_through(self.address(), target).1
    }

    /// The status of the answer there, and the handlers that the request ran.
    pub(crate) fn ask_through(&mut self, there: SocketAddr, target: &Target) -> (u16, Vec<String>) {
        let mut text =
            format!("{} {} HTTP/1.1\r\nhost: app.example\r\n", target.method, target.text);
        if target.guarded {
            text += &format!("x-internal-token: {TOKEN}\r\n");
        }
        if target.method != "GET" {
            let length = BODY.len();
            text += &format!("content-type: application/json\r\ncontent-length: {length}\r\n");
        }
        text += "connection: close\r\n\r\n";
        if target.method != "GET" {
            text += BODY;
        }
        let answer = Client::new(there).send_bytes(&latin1::encode(&text).unwrap(), false);
        let status = match answer.unwrap() {
            Answer::Response(response) => response.status,
            Answer::Closed => 0,
        };
        let after = Witness::ask(self.address()).unwrap();
        let entered = after.entered_since(&self.before);
        self.before = after;
        (status, entered)
    }
}
