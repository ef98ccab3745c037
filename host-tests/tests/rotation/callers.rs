//! The callers of an example that have a secret, and a request that each may send.

use std::collections::BTreeMap;

use wicketgate_host_tests::built;
use wicketgate_runtime::http::Request;
use wicketgate_runtime::workerd::CLIENT_HEADER;
use wicketgate_testkit::example::Example;
use wicketgate_testkit::gate::Host;
use wicketgate_testkit::secret;
use wicketgate_testkit::signer::Signer;
use wicketgate_testkit::table::{Decision, RequestSpec, Table};

/// A caller with a secret.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) name: String,
    /// The ids of its keys that are good, and the variables with their tokens.
    pub(crate) keys: Vec<(String, String)>,
    request: RequestSpec,
    host: Host,
}

impl Caller {
    /// Its request, with this token in place of its secret.
    pub(crate) fn request(&self, token: &str) -> Vec<u8> {
        let spec = &self.request;
        let mut request = Request::new(&spec.method, &spec.target).unwrap();
        for (name, value) in &spec.headers {
            let value = self.keys.iter().fold(value.clone(), |value, (_, variable)| {
                value.replace(&format!("{{{{{variable}}}}}"), token)
            });
            request = request.with_header(name, &value).unwrap();
        }
        if let (Host::Worker, Some(client)) = (self.host, spec.client) {
            request = request.with_header(CLIENT_HEADER, &client.to_string()).unwrap();
        }
        match &spec.body {
            Some(body) => request.with_body(body).unwrap().to_bytes(),
            None => request.to_bytes(),
        }
    }
}

/// An example of the checkout.
pub(crate) fn example(name: &str) -> Example {
    Example::load(&built::workspace(), name).unwrap()
}

/// The host's environment for a run of an example.
pub(crate) fn environment(example: &Example) -> BTreeMap<String, String> {
    let about = &example.about;
    let secrets = about.secrets.iter().map(|name| (name.clone(), secret::make().unwrap()));
    let mut all: BTreeMap<String, String> = secrets.collect();
    all.extend(about.environment.clone());
    // Public keys of callers with signed tokens: nobody of them calls here.
    let signer = Signer::start(&about.signing_keys).unwrap();
    all.extend(signer.environment(&about.signing_keys));
    all
}

/// The callers of an example that have a secret, each with what its table lets it do.
pub(crate) fn callers(example: &Example, host: Host) -> Vec<Caller> {
    let policy: serde_json::Value = serde_json::from_str(&example.policy).unwrap();
    let table = Table::load(&example.folder.join("requests.json")).unwrap();
    let mut found = Vec::new();
    for (name, caller) in policy["callers"].as_object().unwrap() {
        let Some(keys) = caller["token"]["keys"].as_array() else { continue };
        let is_good = |key: &&serde_json::Value| {
            // Dates in the examples are long past or far ahead.
            let is_over = key["not_after"].as_str().is_some_and(|end| end < "2090");
            key["revoked"] != true && !is_over && key.get("not_before").is_none()
        };
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let keys = keys.iter().filter(is_good).map(|key| (text(&key["id"]), text(&key["env"])));
        let keys = keys.filter(|(_, variable)| example.about.secrets.contains(variable));
        let keys: Vec<(String, String)> = keys.collect();
        if keys.is_empty() {
            continue;
        }
        let allowed = table.rows.iter().find(|row| {
            let expect = row.expect(host).unwrap();
            let has = |variable: &String| {
                let place = format!("{{{{{variable}}}}}");
                row.request.headers.iter().any(|(_, value)| value.contains(&place))
            };
            expect.decision == Decision::Allow
                && (200..300).contains(&expect.status)
                && row.request.from.is_none()
                && keys.iter().any(|(_, variable)| has(variable))
        });
        let request = allowed.unwrap_or_else(|| panic!("no row admits `{name}`")).request.clone();
        found.push(Caller { name: name.clone(), keys, request, host });
    }
    found
}
