//! A whole envoy.yaml.

use std::net::IpAddr;

use anyhow::Result;
use wicketgate_policy::Policy;

use wicketgate_runtime::envoy_config::Upstream;

use super::splice::{Splice, lines};
use super::{Arguments, Input, Options, keys, native, options, watched};

pub(super) const SHIPPED: &str = include_str!("../../../envoy/envoy.yaml");

/// The shipped file for an Envoy that `up` runs: with the clusters by which this policy fetches
/// keys, and without bounds of time for streams, which an app at work on this machine may need.
///
/// # Errors
/// If the policy has one cluster for two addresses that it can't both reach.
pub fn for_running(policy: &Policy, options: Options) -> Result<String> {
    let mut file = Splice::new(SHIPPED);
    put_clusters(&mut file, policy)?;
    options::put(&mut file, options)?;
    options::unbound(&mut file)?;
    file.replace("request_timeout: 60s", "request_timeout: 0s")?;
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
    // A name would be looked up, mostly as `::1`, where many apps don't listen.
    let host = if host == "localhost" { "127.0.0.1" } else { host };
    if input.by_certificate() {
        file.cut("      # CHANGE: other addresses than loopback", "      address:\n")?;
        let tls = keys::client_certificates(input)?;
        file.replace("\n        - filters:\n", &format!("\n{tls}          filters:\n"))?;
    }
    match &arguments.watch {
        Some(path) => watched::put(&mut file, path)?,
        None => {
            if arguments.module.is_some() {
                native::put(&mut file)?;
            }
            put_policy(&mut file, input, arguments)?;
        }
    }
    options::put(&mut file, arguments.options)?;
    if arguments.streams {
        options::unbound(&mut file)?;
    }
    let gate = arguments.gate();
    file.replace("copy it to /etc/envoy/wicketgate.wasm", &format!("copy it to {gate}"))?;
    if arguments.module.is_some() {
        native::fit(&mut file)?;
    }
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

/// The policy, the names of its variables and the module's path, where the gate's settings are.
fn put_policy(file: &mut Splice, input: &Input<'_>, arguments: &Arguments) -> Result<()> {
    let text = input.text();
    // `|` ends with one line break, `|-` with none.
    let style = if text.ends_with('\n') { "value: |" } else { "value: |-" };
    file.block("value: |", &lines(&text))?;
    file.replace("value: |\n", &format!("{style}\n"))?;
    if arguments.module.is_none() {
        let names: Vec<String> = input.variables().map(|name| format!("- {name}")).collect();
        file.block("host_env_keys:", &names)?;
    }
    let place = format!("filename: {}", arguments.gate());
    file.replace("filename: /etc/envoy/wicketgate.wasm", &place)?;
    file.replace("CHANGE the paths, the header and the key's id. ", "")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wicketgate_policy::{Environment, Host};

    /// An app at work on this machine may answer for as long as it likes.
    #[test]
    fn what_up_runs_bounds_no_stream() {
        let policy =
            br#"{ "version": 1, "name": "a", "environment": "production", "unmatched": "deny",
            "rules": [], "forward": { "credential": "remove" } }"#;
        let policy = Policy::load(policy, &Environment::new(Host::Envoy)).unwrap();
        let text = for_running(&policy, Options { websocket: true, proxy_protocol: true }).unwrap();
        for line in ["stream_idle_timeout: 0s", "request_timeout: 0s", " timeout: 0s", "websocket"]
        {
            assert!(text.contains(line), "{line}");
        }
        assert!(!text.contains("timeout: 60s"), "{text}");
    }
}
