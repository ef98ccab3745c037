//! Resources for Istio and Envoy Gateway.

use anyhow::Result;
use wicketgate_policy::Environment;

use super::splice::{Splice, lines};
use super::{Arguments, Input, keys};

/// The image in the shipped files.
pub(super) const IMAGE: &str = "registry.example.com/wicketgate/filter:0.1.0";

const TRAFFIC_EXTENSION: &str = include_str!("../../../envoy/istio-trafficextension.yaml");
const WASM_PLUGIN: &str = include_str!("../../../envoy/istio-wasmplugin.yaml");
const ENVOY_GATEWAY: &str = include_str!("../../../envoy/envoy-gateway.yaml");
const WITH_MODULE: &str = include_str!("../../../envoy/envoy-gateway-module.yaml");

/// The image with the native module in the shipped file.
const MODULE_IMAGE: &str = "registry.example.com/wicketgate/module:0.1.0";

pub(super) fn istio(input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    Ok(input.head("istio", false) + &istio_file(TRAFFIC_EXTENSION, input, arguments)?)
}

pub(super) fn istio_wasmplugin(input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    Ok(input.head("istio-wasmplugin", false) + &istio_file(WASM_PLUGIN, input, arguments)?)
}

fn istio_file(shipped: &str, input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    let mut file = Splice::new(shipped);
    file.block("pluginConfig:", &policy(input))?;
    let names = input.variables();
    let names: Vec<String> =
        names.map(|name| format!("- {{ name: {name}, valueFrom: HOST }}")).collect();
    file.block("env:", &names)?;
    let app = &arguments.app;
    file.replace("abels: { app: my-app } # CHANGE", &format!("abels: {{ app: {app} }}"))?;
    file.replace("`app: my-app`", &format!("`app: {app}`"))?;
    common(&mut file, arguments)?;
    let mut text = file.finish();
    text += &keys::istio(input, &arguments.namespace, app)?;
    Ok(text)
}

pub(super) fn envoy_gateway(input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    if let Some(module) = &arguments.module {
        return with_module(module, input, arguments);
    }
    let mut file = Splice::new(ENVOY_GATEWAY);
    let (namespace, gateway) = (&arguments.namespace, &arguments.gateway);
    file.block("config:", &policy(input))?;
    let names: Vec<&str> = input.variables().collect();
    file.replace(
        "hostKeys: [INTERNAL_JOB_TOKEN, WICKETGATE_ENVIRONMENT]",
        &format!("hostKeys: [{}]", names.join(", ")),
    )?;
    let mut env = Vec::new();
    for name in &input.secrets {
        let secret = name.to_ascii_lowercase().replace('_', "-");
        env.push(format!("- name: {name}"));
        env.push("  valueFrom:".to_owned());
        env.push(format!("    secretKeyRef: {{ name: {secret}, key: token }} # CHANGE"));
    }
    env.push(
        "# Read by the gate, so that a development policy can't take effect by mistake.".to_owned(),
    );
    env.push(format!("- name: {}", Environment::CONFIRMATION));
    env.push(format!("  value: {}", input.stage));
    // This block is the container's; the gate itself has `hostKeys`.
    file.block("env:", &env)?;
    file.replace("name: eg # CHANGE", &format!("name: {gateway}"))?;
    file.replace("Gateway `eg`", &format!("Gateway `{gateway}`"))?;
    file.replace("name: my-app/eg/http", &format!("name: {namespace}/{gateway}/http"))?;
    common(&mut file, arguments)?;
    let text = input.head("envoy-gateway", false) + &file.finish();
    Ok(keys::below_head(text, &keys::envoy_gateway(input)?))
}

/// With the native module, which reads its secrets from files.
fn with_module(module: &str, input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    let mut file = Splice::new(WITH_MODULE);
    let gateway = &arguments.gateway;
    file.block("config:", &policy(input))?;
    let names = match input.secrets.is_empty() {
        true => "none: the policy names no secret".to_owned(),
        false => input.secrets.join(", "),
    };
    file.replace(": INTERNAL_JOB_TOKEN. A new", &format!(": {names}. A new"))?;
    file.replace("value: production", &format!("value: {}", input.stage))?;
    file.replace("name: eg # CHANGE", &format!("name: {gateway}"))?;
    file.replace("Gateway `eg`", &format!("Gateway `{gateway}`"))?;
    let (folder, name) = module.rsplit_once('/').unwrap_or(("/etc/envoy/wicketgate", module));
    file.replace(
        "local: { path: /etc/envoy/wicketgate/wicketgate.so }",
        &format!("local: {{ path: {folder}/{name} }}"),
    )?;
    file.replace("mountPath: /etc/envoy/wicketgate,", &format!("mountPath: {folder},"))?;
    file.replace("COPY wicketgate.so /`", &format!("COPY {name} /`"))?;
    let image = if arguments.image == IMAGE { MODULE_IMAGE } else { &arguments.image };
    file.replace(MODULE_IMAGE, image)?;
    shared(&mut file, arguments)?;
    let text = input.head("envoy-gateway", false) + &file.finish();
    Ok(keys::below_head(text, &keys::envoy_gateway(input)?))
}

fn common(file: &mut Splice, arguments: &Arguments) -> Result<()> {
    file.replace(IMAGE, &arguments.image)?;
    shared(file, arguments)
}

fn shared(file: &mut Splice, arguments: &Arguments) -> Result<()> {
    file.replace("namespace: my-app # CHANGE", &format!("namespace: {}", arguments.namespace))?;
    file.replace("CHANGE the paths, the header and the key's id. ", "")?;
    Ok(())
}

/// The policy as YAML: its own text, because JSON is YAML.
fn policy(input: &Input<'_>) -> Vec<String> {
    match &input.document.tree {
        Some(tree) => lines(&tree.to_pretty_json()),
        None => lines(&input.text()),
    }
}
