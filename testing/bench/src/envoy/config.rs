//! Envoy's configuration: the shipped one, a listener for each arm, every request answered on the
//! spot.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use wicketgate_runtime::envoy_config::{self, Manager, Policy, Settings, Upstream};

/// The shipped configuration.
#[derive(Clone, Debug)]
pub(super) struct Shipped {
    yaml: String,
    manager: Manager,
    rendered: Value,
    /// The variables that the gate may read.
    variables: BTreeSet<String>,
}

impl Shipped {
    pub(super) fn new(yaml: String, manager: Manager, variables: BTreeSet<String>) -> Result<Self> {
        let rendered = render(&yaml, manager, Path::new("unused"), &variables, "{}")?;
        Ok(Self { yaml, manager, rendered, variables })
    }

    /// The gate's filters as they ship: what hands over the peer, and the gate; or the native
    /// module alone, if the file is one. The gate has a virtual machine of its own, named `vm`, as
    /// where it is the only one.
    pub(super) fn gate(&self, vm: &str, file: &Path, policy: &str) -> Result<Vec<Value>> {
        let mut config = render(&self.yaml, self.manager, file, &self.variables, policy)?;
        let filters = config.pointer_mut(FILTERS).and_then(Value::as_array_mut);
        let mut filters = std::mem::take(filters.context("envoy.yaml has no filters")?);
        filters.pop();
        let gate = filters.last_mut().context("envoy.yaml has no gate")?;
        if let Some(machine) = gate.pointer_mut("/typed_config/config/vm_config") {
            machine["vm_id"] = json!(vm);
        }
        Ok(filters)
    }

    /// A listener with the shipped connection manager, on any free port, without an access log.
    pub(super) fn listener(&self, name: &str, mut filters: Vec<Value>) -> Result<Value> {
        let listener = self.rendered.pointer("/static_resources/listeners/0");
        let mut listener = listener.context("envoy.yaml has no listener")?.clone();
        listener["name"] = json!(name);
        let manager = listener.pointer_mut("/filter_chains/0/filters/0/typed_config");
        let manager = manager.context("envoy.yaml has no connection manager")?;
        filters.push(router());
        manager["stat_prefix"] = json!(name);
        manager["http_filters"] = Value::Array(filters);
        manager["route_config"] = json!({ "name": name, "virtual_hosts": [{
            "name": "all", "domains": ["*"],
            "routes": [{ "match": { "prefix": "/" }, "direct_response": {
                "status": 200, "body": { "inline_string": "answered by Envoy itself\n" },
            }}],
        }]});
        manager.as_object_mut().context("no object")?.remove("access_log");
        Ok(listener)
    }

    /// The whole configuration.
    pub(super) fn whole(&self, listeners: Vec<Value>, service: SocketAddr) -> Value {
        let mut config = self.rendered.clone();
        config["static_resources"] = json!({
            "listeners": listeners,
            "clusters": [cluster(SERVICE, service)],
        });
        config
    }
}

/// A filter of Envoy's.
pub(super) fn filter(kind: &str, mut config: Value) -> Value {
    config["@type"] = json!(format!("type.googleapis.com/envoy.extensions.filters.http.{kind}"));
    json!({ "name": kind, "typed_config": config })
}

/// A module without a policy.
pub(super) fn module(vm: &str, wasm: &Path) -> Value {
    filter(
        "wasm.v3.Wasm",
        json!({ "config": {
            "name": vm,
            "failure_policy": "FAIL_RELOAD",
            "vm_config": {
                "runtime": "envoy.wasm.runtime.v8", "vm_id": vm,
                "code": { "local": { "filename": wasm } },
            },
        }}),
    )
}

/// The cluster of the service that is asked.
pub(super) const SERVICE: &str = "service";

fn render(
    yaml: &str,
    manager: Manager,
    wasm: &Path,
    variables: &BTreeSet<String>,
    policy: &str,
) -> Result<Value> {
    let settings = Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        upstream: &Upstream::loopback(1),
        filter: wasm,
        environment: variables,
        policy: Policy::Inline(policy),
        manager,
    };
    envoy_config::render(yaml, &settings)
}

fn router() -> Value {
    filter("router.v3.Router", json!({ "suppress_envoy_headers": true }))
}

fn cluster(name: &str, address: SocketAddr) -> Value {
    json!({
        "name": name, "type": "STATIC", "connect_timeout": "1s",
        "load_assignment": { "cluster_name": name, "endpoints": [{ "lb_endpoints": [{
            "endpoint": { "address": { "socket_address": {
                "address": address.ip(), "port_value": address.port(),
            }}},
        }]}]},
    })
}

const FILTERS: &str =
    "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters";
