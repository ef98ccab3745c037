//! A whole envoy.yaml.

use std::net::IpAddr;

use anyhow::Result;
use wicketgate_policy::Policy;

use super::splice::{Splice, lines};
use super::{Arguments, Input, keys};

const SHIPPED: &str = include_str!("../../../envoy/envoy.yaml");

/// The application.
#[derive(Clone, Debug)]
pub(super) struct Upstream {
    host: String,
    port: u16,
}

/// For clap: `host:port`, `[::1]:port`.
pub(super) fn parse_upstream(text: &str) -> Result<Upstream, String> {
    let parse = || {
        let (host, port) = text.rsplit_once(':')?;
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let good = host.parse::<IpAddr>().is_ok()
            || !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        let port = port.parse().ok().filter(|port| *port != 0)?;
        good.then(|| Upstream { host: host.to_owned(), port })
    };
    parse().ok_or_else(|| "expected `host:port`, such as `127.0.0.1:8000`".into())
}

/// The shipped file with the clusters by which this policy fetches keys.
///
/// # Errors
/// If the policy has one cluster for two addresses that it can't both reach.
pub fn with_clusters(policy: &Policy) -> Result<String> {
    let mut file = Splice::new(SHIPPED);
    put_clusters(&mut file, policy)?;
    Ok(file.finish())
}

fn put_clusters(file: &mut Splice, policy: &Policy) -> Result<()> {
    let next = "\n# Connections for the whole process.";
    file.replace(next, &(keys::clusters(policy)? + next))?;
    Ok(())
}

pub(super) fn render(input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    let mut file = Splice::new(SHIPPED);
    let Upstream { host, port } = &arguments.upstream;
    if input.by_certificate() {
        file.cut("      # CHANGE: other addresses than loopback", "      address:\n")?;
        let tls = keys::client_certificates(input)?;
        file.replace("\n        - filters:\n", &format!("\n{tls}          filters:\n"))?;
    }
    let text = input.text();
    // `|` ends with one line break, `|-` with none.
    let style = if text.ends_with('\n') { "value: |" } else { "value: |-" };
    file.block("value: |", &lines(&text))?;
    file.replace("value: |\n", &format!("{style}\n"))?;
    let names: Vec<String> = input.variables().map(|name| format!("- {name}")).collect();
    file.block("host_env_keys:", &names)?;
    let wasm = &arguments.wasm;
    file.replace("filename: /etc/envoy/wicketgate.wasm", &format!("filename: {wasm}"))?;
    file.replace("copy it to /etc/envoy/wicketgate.wasm", &format!("copy it to {wasm}"))?;
    let listen = arguments.listen;
    file.replace(
        "{ address: 127.0.0.1, port_value: 10000 }",
        &format!("{{ address: \"{}\", port_value: {} }}", listen.ip(), listen.port()),
    )?;
    file.replace(
        "{ address: 127.0.0.1, port_value: 8000 }",
        &format!("{{ address: \"{host}\", port_value: {port} }}"),
    )?;
    if host.parse::<IpAddr>().is_err() {
        file.replace("type: STATIC", "type: STRICT_DNS")?;
    }
    file.replace("CHANGE the paths, the header and the key's id. ", "")?;
    file.replace(
        "an application on 127.0.0.1:8000.",
        &format!("an application on {host}:{port}."),
    )?;
    let secrets = input.secrets.iter().map(|name| format!("{name}=... ")).collect::<String>();
    file.replace(
        "INTERNAL_JOB_TOKEN=... WICKETGATE_ENVIRONMENT=production envoy",
        &format!("{secrets}WICKETGATE_ENVIRONMENT={} envoy", input.stage),
    )?;
    put_clusters(&mut file, input.policy)?;
    Ok(input.head("envoy", input.is_same_text()) + &file.finish())
}
