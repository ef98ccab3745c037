//! The server that the gate fetches keys from in a run, in the policy and in Envoy's configuration.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use wicketgate_runtime::yaml;

/// A server with a set of keys, on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyServer {
    /// The name that its certificate is for.
    pub name: String,
    /// Its port.
    pub port: u16,
    /// The address of the keys.
    pub jwks_uri: String,
    /// The authority that its certificate is of, in PEM.
    pub ca_pem: String,
}

impl KeyServer {
    /// The policy with the address of this server wherever it fetches keys, and the names of the
    /// clusters by which it does. All the rest of the policy stays as it is shipped.
    pub fn put_into(&self, policy: &str) -> Result<(String, BTreeSet<String>)> {
        let mut document: Value = serde_json::from_str(policy).context("the policy is not JSON")?;
        let mut clusters = BTreeSet::new();
        let callers = document.get_mut("callers").and_then(Value::as_object_mut);
        for (name, caller) in callers.into_iter().flatten() {
            let Some(jwt) = caller.get_mut("jwt").and_then(Value::as_object_mut) else { continue };
            let keys = jwt.entry("keys").or_insert_with(|| json!({}));
            if HERE.iter().any(|member| keys.get(member).is_some()) {
                continue;
            }
            let Some(cluster) = keys.get("cluster").and_then(Value::as_str) else {
                bail!("callers.{name}.jwt.keys: a run needs a `cluster` to put in its own address")
            };
            clusters.insert(cluster.to_owned());
            keys["jwks_uri"] = json!(self.jwks_uri);
        }
        Ok((document.to_string(), clusters))
    }

    /// The text of `envoy.yaml` with clusters of these names that lead to this server. Envoy
    /// accepts its certificate only from its authority and for its name.
    pub fn clusters(&self, shipped: &str, names: &BTreeSet<String>) -> Result<String> {
        let mut config = yaml::parse(shipped).context("envoy.yaml")?;
        let clusters =
            config.pointer_mut("/static_resources/clusters").and_then(Value::as_array_mut);
        let clusters = clusters.context("envoy.yaml has no clusters")?;
        for name in names {
            clusters.push(self.cluster(name)?);
        }
        // JSON is YAML.
        Ok(config.to_string())
    }

    /// The shipped cluster with this server in it. The rest stays as shipped, because a run should
    /// show that it needs TLS, the authority and the name.
    fn cluster(&self, name: &str) -> Result<Value> {
        let mut file = yaml::parse(SHIPPED).context("key-cluster.yaml")?;
        let cluster = at(&mut file, "/static_resources/clusters/0")?;
        *at(cluster, "/name")? = json!(name);
        *at(cluster, "/type")? = json!("STATIC");
        cluster.as_object_mut().context("no cluster")?.remove("dns_lookup_family");
        let assignment = at(cluster, "/load_assignment")?;
        *at(assignment, "/cluster_name")? = json!(name);
        *at(assignment, "/endpoints/0/lb_endpoints/0/endpoint/address/socket_address")? =
            json!({ "address": "127.0.0.1", "port_value": self.port });
        let tls = at(cluster, "/transport_socket/typed_config")?;
        *at(tls, "/sni")? = json!(self.name);
        let validation = at(tls, "/common_tls_context/validation_context")?;
        *at(validation, "/trusted_ca")? = json!({ "inline_string": self.ca_pem });
        *at(validation, "/match_typed_subject_alt_names/0/matcher/exact")? = json!(self.name);
        Ok(cluster.take())
    }
}

fn at<'a>(value: &'a mut Value, pointer: &str) -> Result<&'a mut Value> {
    value.pointer_mut(pointer).with_context(|| format!("key-cluster.yaml has no `{pointer}`"))
}

/// The cluster for keys, as users paste it.
const SHIPPED: &str = include_str!("../../../envoy/key-cluster.yaml");

/// Sources of keys that are no address.
const HERE: [&str; 4] = ["jwk", "jwks", "jwks_env", "pem_env"];

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> KeyServer {
        KeyServer {
            name: "localhost".to_owned(),
            port: 4433,
            jwks_uri: "https://localhost:4433/keys".to_owned(),
            ca_pem: "pem".to_owned(),
        }
    }

    #[test]
    fn only_addresses_are_put_in() {
        let policy = json!({ "callers": {
            "a": { "jwt": { "preset": "google", "keys": { "cluster": "google" } } },
            "b": { "jwt": { "keys": { "pem_env": "KEY" } } },
            "c": { "token": { "keys": [] } },
        } });
        let (text, clusters) = server().put_into(&policy.to_string()).unwrap();
        let mut expected = policy.clone();
        expected["callers"]["a"]["jwt"]["keys"]["jwks_uri"] = "https://localhost:4433/keys".into();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
        assert_eq!(clusters, BTreeSet::from(["google".to_owned()]));
        let nameless = r#"{"callers": {"a": {"jwt": {"preset": "google"}}}}"#;
        let error = server().put_into(nameless).unwrap_err().to_string();
        assert!(error.starts_with("callers.a.jwt.keys"), "{error}");
    }

    #[test]
    fn the_cluster_trusts_one_authority_and_one_name() {
        let shipped = r#"{"static_resources": {"clusters": [{"name": "origin"}]}}"#;
        let names = BTreeSet::from(["google".to_owned()]);
        let text = server().clusters(shipped, &names).unwrap();
        let config: Value = serde_json::from_str(&text).unwrap();
        let tls = &config["static_resources"]["clusters"][1]["transport_socket"]["typed_config"];
        let context = &tls["common_tls_context"]["validation_context"];
        assert_eq!(context["trusted_ca"]["inline_string"], "pem");
        assert_eq!(context["match_typed_subject_alt_names"][0]["matcher"]["exact"], "localhost");
    }
}
