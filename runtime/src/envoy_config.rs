//! Envoy's configuration: the shipped `envoy/envoy.yaml` with this run's addresses, filter and
//! policy put in. Envoy reads the result as JSON.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::yaml;

/// The parts that a run puts into the shipped configuration.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// The address that Envoy listens on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The address of the origin.
    pub upstream: &'a Upstream,
    /// The built filter. Its extension tells the form that its settings have.
    pub filter: &'a Path,
    /// Names of the environment variables that the filter may read.
    pub environment: &'a BTreeSet<String>,
    /// The source of the policy.
    pub policy: Policy<'a>,
    /// The connection manager's settings.
    pub manager: Manager,
}

/// The source of the filter's policy.
#[derive(Clone, Copy, Debug)]
pub enum Policy<'a> {
    /// It stands in the configuration and stays.
    Inline(&'a str),
    /// Envoy watches a file made by [`extension`], which is replaced when the policy changes.
    Watched(&'a Path),
}

/// Which settings of the connection manager are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// Those of `envoy/envoy.yaml`.
    Hardened,
    /// Envoy's own, as in many a configuration in the field: no path is normalised, no header
    /// refused, and `X-Forwarded-For` is believed.
    EnvoyDefaults,
}

/// The address of an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// A name or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

impl Upstream {
    /// An origin on loopback.
    pub fn loopback(port: u16) -> Self {
        Self { host: "127.0.0.1".to_owned(), port }
    }
}

/// The configuration for Envoy, from the text of the shipped one.
pub fn render(shipped: &str, settings: &Settings<'_>) -> Result<Value> {
    let mut config = yaml::parse(shipped).context("envoy.yaml")?;
    put_address(at(&mut config, "/admin/address/socket_address")?, "127.0.0.1", 0)?;
    let listener = at(&mut config, "/static_resources/listeners/0")?;
    put_address(
        at(listener, "/address/socket_address")?,
        &settings.listen.ip().to_string(),
        settings.listen.port(),
    )?;
    let manager = at(listener, "/filter_chains/0/filters/0/typed_config")?;
    match settings.manager {
        Manager::EnvoyDefaults => use_envoy_defaults(manager)?,
        // For a peer on loopback, which every peer here is, Envoy would append this machine's own
        // address to X-Forwarded-For: an entry that no request table can know.
        Manager::Hardened => put(manager, "skip_xff_append", json!(true))?,
    }
    let gate = gate(manager)?;
    put_filter(gate, settings)?;
    match settings.policy {
        Policy::Inline(policy) => put_policy(gate, settings, policy)?,
        Policy::Watched(path) => {
            let discovery = json!({ "name": GATE, "config_discovery": {
                "config_source": {
                    "path_config_source": { "path": path },
                    "resource_api_version": "V3",
                },
                "type_urls": [form(settings.filter).kind],
            }});
            *gate = discovery;
        }
    }
    put_upstream(&mut config, settings.upstream)?;
    Ok(config)
}

/// The content of the file that [`Policy::Watched`] names.
pub fn extension(shipped: &str, settings: &Settings<'_>, policy: &str) -> Result<Value> {
    let mut config = yaml::parse(shipped).context("envoy.yaml")?;
    let listener = at(&mut config, "/static_resources/listeners/0")?;
    let gate = gate(at(listener, "/filter_chains/0/filters/0/typed_config")?)?;
    put_filter(gate, settings)?;
    put_policy(gate, settings, policy)?;
    Ok(json!({ "resources": [{
        "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
        "name": GATE,
        "typed_config": at(gate, "/typed_config")?,
    }]}))
}

fn put(manager: &mut Value, name: &str, value: Value) -> Result<()> {
    object(manager)?.insert(name.to_owned(), value);
    Ok(())
}

/// Takes every setting from the connection manager but what makes it serve at all.
fn use_envoy_defaults(manager: &mut Value) -> Result<()> {
    let settings = object(manager)?;
    settings.retain(|name, _| SERVING.contains(&name.as_str()));
    Ok(())
}

fn gate(manager: &mut Value) -> Result<&mut Value> {
    let Some(filters) = manager.get_mut("http_filters").and_then(Value::as_array_mut) else {
        bail!("envoy.yaml has no `http_filters`")
    };
    let named = |filter: &&mut Value| filter.get("name").and_then(Value::as_str) == Some(GATE);
    filters.iter_mut().find(named).with_context(|| format!("envoy.yaml has no filter `{GATE}`"))
}

/// Puts the filter and the names of its variables in, without a policy yet.
fn put_filter(gate: &mut Value, settings: &Settings<'_>) -> Result<()> {
    let form = form(settings.filter);
    *at(gate, form.file)? = json!(settings.filter);
    let names = json!({ "host_env_keys": settings.environment });
    put(at(gate, form.environment)?, "environment_variables", names)
}

fn put_policy(gate: &mut Value, settings: &Settings<'_>, policy: &str) -> Result<()> {
    *at(gate, form(settings.filter).policy)? = json!(policy);
    Ok(())
}

/// The form that the settings of a filter have: the places of things in them.
#[derive(Debug)]
struct Form {
    /// The extension of the files that have it.
    extension: &'static str,
    /// The type of the settings.
    kind: &'static str,
    /// Where the path of the file is.
    file: &'static str,
    /// Where the names of the variables are that it may read.
    environment: &'static str,
    /// Where the policy is.
    policy: &'static str,
}

const FORMS: [Form; 1] = [WASM];

const WASM: Form = Form {
    extension: "wasm",
    kind: "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
    file: "/typed_config/config/vm_config/code/local/filename",
    environment: "/typed_config/config/vm_config",
    policy: "/typed_config/config/configuration/value",
};

fn form(filter: &Path) -> &'static Form {
    let has =
        |form: &&Form| filter.extension().is_some_and(|extension| extension == form.extension);
    FORMS.iter().find(has).unwrap_or(&WASM)
}

fn put_upstream(config: &mut Value, upstream: &Upstream) -> Result<()> {
    let Some(clusters) =
        config.pointer_mut("/static_resources/clusters").and_then(Value::as_array_mut)
    else {
        bail!("envoy.yaml has no clusters")
    };
    let named = |cluster: &&mut Value| cluster.get("name").and_then(Value::as_str) == Some(ORIGIN);
    let cluster = clusters.iter_mut().find(named).context("envoy.yaml has no cluster `origin`")?;
    if upstream.host.parse::<std::net::IpAddr>().is_err() {
        object(cluster)?.insert("type".to_owned(), json!("STRICT_DNS"));
    }
    let endpoint = "/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";
    put_address(at(cluster, endpoint)?, &upstream.host, upstream.port)
}

fn put_address(socket: &mut Value, host: &str, port: u16) -> Result<()> {
    let socket = object(socket)?;
    socket.insert("address".to_owned(), json!(host));
    socket.insert("port_value".to_owned(), json!(port));
    Ok(())
}

fn at<'a>(value: &'a mut Value, pointer: &str) -> Result<&'a mut Value> {
    value.pointer_mut(pointer).with_context(|| format!("envoy.yaml has no `{pointer}`"))
}

fn object(value: &mut Value) -> Result<&mut Map<String, Value>> {
    value.as_object_mut().context("envoy.yaml has a list or a scalar where an object is expected")
}

/// The name of the gate's filter.
const GATE: &str = "wicketgate";
/// The name of the origin's cluster.
const ORIGIN: &str = "origin";

/// Settings that the connection manager needs, or that change nothing for the origin. Everything
/// else is hardening, including settings that envoy.yaml may get later.
const SERVING: [&str; 6] =
    ["@type", "stat_prefix", "route_config", "http_filters", "access_log", "upgrade_configs"];

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../envoy/envoy.yaml");
        crate::files::read(&path).unwrap()
    }

    fn rendered(manager: Manager, policy: Policy<'_>) -> Value {
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            upstream: &Upstream { host: "app.example".to_owned(), port: 8123 },
            filter: Path::new("/x/filter.wasm"),
            environment: &BTreeSet::from(["A".to_owned(), "B".to_owned()]),
            policy,
            manager,
        };
        render(&shipped(), &settings).unwrap()
    }

    fn manager_of(config: &Value) -> &Value {
        &config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    }

    fn filters_of(config: &Value) -> Vec<&str> {
        let filters = manager_of(config)["http_filters"].as_array().unwrap();
        filters.iter().map(|filter| filter["name"].as_str().unwrap()).collect()
    }

    #[test]
    fn puts_everything_in_its_place() {
        let config = rendered(Manager::Hardened, Policy::Inline("{\"version\": 1}"));
        let listener = &config["static_resources"]["listeners"][0];
        let cluster = &config["static_resources"]["clusters"][0];
        assert_eq!(listener["address"]["socket_address"]["port_value"], 0);
        assert_eq!(config["admin"]["address"]["socket_address"]["port_value"], 0);
        assert_eq!(cluster["type"], "STRICT_DNS");
        let endpoint = &cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"];
        let socket = &endpoint["address"]["socket_address"];
        assert_eq!(
            (&socket["address"], &socket["port_value"]),
            (&json!("app.example"), &json!(8123))
        );
        let plugin = &manager_of(&config)["http_filters"][1]["typed_config"]["config"];
        assert_eq!(plugin["configuration"]["value"], "{\"version\": 1}");
        let vm = &plugin["vm_config"];
        assert_eq!(vm["code"]["local"]["filename"], "/x/filter.wasm");
        assert_eq!(vm["environment_variables"], json!({ "host_env_keys": ["A", "B"] }));
        assert_eq!(plugin["failure_policy"], "FAIL_RELOAD");
    }

    #[test]
    fn the_hardened_manager_keeps_its_hardening() {
        let config = rendered(Manager::Hardened, Policy::Inline("{}"));
        assert_eq!(manager_of(&config)["normalize_path"], true);
        assert_eq!(manager_of(&config)["use_remote_address"], true);
    }

    #[test]
    fn envoys_defaults_keep_no_hardening_and_every_filter() {
        let config = rendered(Manager::EnvoyDefaults, Policy::Inline("{}"));
        let names: Vec<_> = manager_of(&config).as_object().unwrap().keys().collect();
        assert_eq!(names, ["@type", "access_log", "http_filters", "route_config", "stat_prefix"]);
        let expected = ["wicketgate.peer", "wicketgate", "envoy.filters.http.router"];
        assert_eq!(filters_of(&config), expected);
    }

    #[test]
    fn a_watched_policy_leaves_the_filter_to_its_file() {
        let path = Path::new("/x/gate.json");
        let config = rendered(Manager::Hardened, Policy::Watched(path));
        let gate = &manager_of(&config)["http_filters"][1];
        assert_eq!(
            gate["config_discovery"]["config_source"]["path_config_source"]["path"],
            "/x/gate.json"
        );
        assert_eq!(gate.get("typed_config"), None);
        assert_eq!(filters_of(&config)[1], "wicketgate");

        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            upstream: &Upstream::loopback(1),
            filter: Path::new("/x/filter.wasm"),
            environment: &BTreeSet::new(),
            policy: Policy::Watched(path),
            manager: Manager::Hardened,
        };
        let file = extension(&shipped(), &settings, "the policy").unwrap();
        let typed = &file["resources"][0]["typed_config"];
        assert_eq!(typed["@type"], WASM.kind);
        assert_eq!(typed["config"]["configuration"]["value"], "the policy");
        assert_eq!(typed["config"]["vm_config"]["code"]["local"]["filename"], "/x/filter.wasm");
    }

    #[test]
    fn names_what_is_missing() {
        let without = shipped().replace("name: wicketgate\n", "name: other\n");
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            upstream: &Upstream::loopback(1),
            filter: Path::new("/x"),
            environment: &BTreeSet::new(),
            policy: Policy::Inline("{}"),
            manager: Manager::Hardened,
        };
        let error = render(&without, &settings).unwrap_err();
        assert_eq!(error.to_string(), "envoy.yaml has no filter `wicketgate`");
    }
}
