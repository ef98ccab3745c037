//! The configuration for signed tokens and client certificates: a cluster for each address with
//! keys, TLS on the listener, Istio's resources for both.

use std::net::IpAddr;

use anyhow::{Result, bail};
use wicketgate_policy::Policy;
use wicketgate_policy::jwt::KeyAddress;

use super::Input;
use super::splice::{Splice, lines};

const KEY_CLUSTER: &str = include_str!("../../../envoy/key-cluster.yaml");
const CLIENT_CERTIFICATES: &str = include_str!("../../../envoy/client-certificates.yaml");
const ISTIO_KEYS: &str = include_str!("../../../envoy/istio-keys.yaml");
const ISTIO_CLIENT_CERTIFICATES: &str =
    include_str!("../../../envoy/istio-client-certificates.yaml");

/// The first line of a shipped file that is no comment.
const HEAD: &str = "static_resources:\n";

/// The clusters of envoy.yaml for the addresses of a policy.
///
/// # Errors
/// If the policy has one cluster for two addresses that it can't both reach.
pub(super) fn clusters(policy: &Policy) -> Result<String> {
    let mut text = String::new();
    for address in one_each(policy.key_addresses())? {
        text.push('\n');
        text += &cluster(address)?;
    }
    Ok(text)
}

/// One address for each cluster.
fn one_each(addresses: &[KeyAddress]) -> Result<Vec<&KeyAddress>> {
    let mut kept: Vec<&KeyAddress> = Vec::new();
    for address in addresses {
        match kept.iter().find(|other| other.cluster() == address.cluster()) {
            None => kept.push(address),
            Some(other) if place(other) == place(address) => {}
            Some(other) => bail!(
                "`{}` and `{}` are different servers, and the policy reaches both by the cluster `{}`: give one of them a `cluster` of its own",
                other.uri(),
                address.uri(),
                address.cluster()
            ),
        }
    }
    Ok(kept)
}

/// The scheme, host and port of an address.
fn place(address: &KeyAddress) -> (&str, String, u16) {
    let scheme = address.scheme();
    let usual = if scheme == "http" { 80 } else { 443 };
    let authority = address.authority();
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
    (scheme, host.to_ascii_lowercase(), port.parse().unwrap_or(usual))
}

fn cluster(address: &KeyAddress) -> Result<String> {
    let (scheme, host, port) = place(address);
    let (_, shipped) = KEY_CLUSTER.split_once(HEAD).unwrap_or_default();
    let mut file = Splice::new(shipped);
    file.cut("  clusters:\n", "    # CHANGE: the host")?;
    file.cut("    # CHANGE: the host", "    - name:")?;
    let uri = address.uri();
    file.replace(
        "    - name: issuer.example\n",
        &format!("    # The keys at {uri}.\n    - name: {}\n", quoted(address.cluster())),
    )?;
    file.replace(
        "cluster_name: issuer.example # CHANGE",
        &format!("cluster_name: {}", quoted(address.cluster())),
    )?;
    file.replace(
        "{ address: issuer.example, port_value: 443 } # CHANGE",
        &format!("{{ address: \"{host}\", port_value: {port} }}"),
    )?;
    let timeout = format!("{}ms", address.timeout());
    file.replace("which is 5s unless it says otherwise", &format!("which is {timeout}"))?;
    if address.timeout() < 2_000 {
        file.replace("connect_timeout: 2s", "connect_timeout: 0.5s")?;
    }
    let is_address = host.parse::<IpAddr>().is_ok();
    if is_address {
        file.cut("      # One address at a time", "      # Within the policy's")?;
        file.replace(
            "      # Within the policy's",
            "      type: STATIC\n      # Within the policy's",
        )?;
    }
    if scheme == "http" {
        file.cut("      # Without this the keys", "      typed_extension_protocol_options:")?;
        file.replace(
            "      typed_extension_protocol_options:",
            "      # In the clear: for development only.\n      typed_extension_protocol_options:",
        )?;
        return Ok(file.finish());
    }
    if is_address {
        // Server names are never addresses (RFC 6066, section 3).
        file.cut("          # Which certificate", "          common_tls_context:")?;
        file.replace("san_type: DNS", "san_type: IP_ADDRESS")?;
    } else {
        file.replace("sni: issuer.example # CHANGE", &format!("sni: {}", quoted(&host)))?;
    }
    file.replace("exact: issuer.example } # CHANGE", &format!("exact: {} }}", quoted(&host)))?;
    Ok(file.finish())
}

/// A text as YAML. A string of JSON is one of YAML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// TLS for the listener of envoy.yaml, as the lines of the filter chain's first member.
pub(super) fn client_certificates(input: &Input<'_>) -> Result<String> {
    let (_, shipped) = CLIENT_CERTIFICATES.split_once(HEAD).unwrap_or_default();
    let mut file = Splice::new(shipped);
    file.cut("  listeners:\n", "        - transport_socket:")?;
    if !input.all_by_certificate() {
        file.cut("              # Without a certificate", "              common_tls_context:")?;
        file.replace(
            "              common_tls_context:",
            "              # Some callers come with tokens, or some paths are public: who shows no certificate\n              \
             # is no `mtls` caller, and who shows a bad one is not let in to begin with.\n              \
             require_client_certificate: false\n              common_tls_context:",
        )?;
    }
    Ok(file.finish())
}

/// Istio's resources for the addresses of a policy and for its `mtls` callers.
pub(super) fn istio(input: &Input<'_>, namespace: &str, app: &str) -> Result<String> {
    let addresses = one_each(input.policy.key_addresses())?;
    let mut text = String::new();
    for address in addresses {
        let (scheme, host, port) = place(address);
        if scheme == "http" || host.parse::<IpAddr>().is_ok() {
            text += &format!(
                "---\n# CHANGE: {} has no TLS or no name: write a ServiceEntry for it yourself.\n",
                address.uri()
            );
            continue;
        }
        let mut file = Splice::new(ISTIO_KEYS);
        file.cut("# The keys", "# 1. The issuer")?;
        let needed = format!("outbound|{port}||{host}");
        let head = if address.cluster() == needed {
            format!("# The keys at {}.\n#\n", address.uri())
        } else {
            format!(
                "# The keys at {}.\n#\n# CHANGE the policy: in the caller's `keys`, `\"cluster\": \"{needed}\"`. It asks for\n# `{}` now, which Istio does not have, and finds no keys.\n#\n",
                address.uri(),
                address.cluster()
            )
        };
        file.replace("# 1. The issuer", &format!("{head}# 1. The issuer"))?;
        let dashed = host.replace('.', "-");
        file.replace("keys-issuer-example", &format!("keys-{dashed}-{port}"))?;
        file.replace("issuer.example # CHANGE", &quoted(&host))?;
        file.replace("[issuer.example] # CHANGE", &format!("[{}]", quoted(&host)))?;
        file.replace("number: 443", &format!("number: {port}"))?;
        file.replace("namespace: my-app # CHANGE", &format!("namespace: {namespace}"))?;
        text += "---\n";
        text += &file.finish();
    }
    if input.by_certificate() {
        let mut file = Splice::new(ISTIO_CLIENT_CERTIFICATES);
        file.replace("namespace: my-app # CHANGE", &format!("namespace: {namespace}"))?;
        file.replace("{ app: my-app } # CHANGE", &format!("{{ app: {app} }}"))?;
        text += "---\n";
        text += &file.finish();
    }
    Ok(text)
}

/// Comments that name what Envoy Gateway needs beside its resources.
pub(super) fn envoy_gateway(input: &Input<'_>) -> Result<String> {
    let mut text = String::new();
    let addresses = one_each(input.policy.key_addresses())?;
    if !addresses.is_empty() {
        text += "#\n# CHANGE: the proxy needs a cluster for each address with keys. An EnvoyPatchPolicy adds it:\n\
                 # `type: type.googleapis.com/envoy.config.cluster.v3.Cluster`, its name as below, `op: add`,\n\
                 # `path: \"\"`, and as the value what `wicketgate render envoy` says under `clusters`. Without it\n\
                 # there are no keys, and signed tokens are refused.\n";
        for address in addresses {
            text += &format!("#   {} for {}\n", address.cluster(), address.uri());
        }
    }
    if input.by_certificate() {
        text += "#\n# CHANGE: the policy has `mtls` callers. A ClientTrafficPolicy for the Gateway has to name the\n\
                 # authority of their certificates: `tls.clientValidation.caCertificateRefs`.\n";
    }
    Ok(text)
}

/// Puts lines of comments below the first line of a file.
pub(super) fn below_head(file: String, more: &str) -> String {
    match file.split_once('\n') {
        Some((first, rest)) if !more.is_empty() => {
            let more = lines(more).join("\n");
            format!("{first}\n{more}\n{rest}")
        }
        _ => file,
    }
}
