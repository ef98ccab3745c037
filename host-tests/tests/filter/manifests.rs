//! The configurations in `envoy/`: Envoy validates its own, and of the Kubernetes manifests
//! everything is checked that the gate's safety rests on.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use wicketgate_host_tests::built;
use wicketgate_policy::{Document, Environment, Host};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::ships::FILTER;
use wicketgate_runtime::tools;

use crate::gate::TOKEN;
use crate::yaml::documents;

#[test]
fn envoy_accepts_the_hardened_configuration() {
    let (accepted, log) = validate(&text("envoy.yaml"), TOKEN);
    assert!(accepted, "{log}");
    let complaints: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("[warning]") || line.contains("deprecated"))
        .collect();
    assert_eq!(complaints, [""; 0]);
}

#[test]
fn envoy_refuses_it_with_a_fault_of_any_kind() {
    let shipped = text("envoy.yaml");
    for (right, wrong) in [
        ("normalize_path: true", "normalise_path: true"),
        ("FAIL_RELOAD\n", "FAIL_REOPEN\n"),
        ("\"unmatched\": \"pass\"", "\"unmatched\": \"maybe\""),
    ] {
        assert!(shipped.contains(right), "no `{right}`");
        let (accepted, _) = validate(&shipped.replace(right, wrong), TOKEN);
        assert!(!accepted, "accepted with `{wrong}`");
    }
    let (accepted, log) = validate(&shipped, "short");
    assert!(!accepted && log.contains("INTERNAL_JOB_TOKEN"), "{log}");
}

#[test]
fn the_gate_stands_right_behind_the_filter_that_tells_the_peer() {
    let config = documents(&text("envoy.yaml")).remove(0);
    let manager = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
    let filters = config.pointer(&format!("{manager}/http_filters")).unwrap();
    let names: Vec<&str> =
        filters.as_array().unwrap().iter().map(|filter| filter["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["wicketgate.peer", "wicketgate", "envoy.filters.http.router"]);
    assert_tells_the_peer(&filters[0]);
    let plugin = &filters[1]["typed_config"]["config"];
    assert_eq!(plugin["failure_policy"], "FAIL_RELOAD");
    assert_eq!(plugin["capability_restriction_config"], Value::Null);
    let environment = &plugin["vm_config"]["environment_variables"];
    assert_eq!(environment["key_values"], Value::Null, "values would stand in /config_dump");
    let policy = plugin["configuration"]["value"].as_str().unwrap();
    assert_compiles(policy, &environment["host_env_keys"]);
}

#[test]
fn istio_runs_the_gate_first_and_closed() {
    for (file, kind, plugin) in [
        ("istio-trafficextension.yaml", "TrafficExtension", "/spec/wasm"),
        ("istio-wasmplugin.yaml", "WasmPlugin", "/spec"),
    ] {
        let [peer, gate]: [Value; 2] = documents(&text(file)).try_into().unwrap();
        assert_eq!(peer["apiVersion"], "networking.istio.io/v1alpha3");
        assert_eq!(peer["kind"], "EnvoyFilter");
        let patch = &peer["spec"]["configPatches"][0];
        assert_eq!(patch["applyTo"], "HTTP_FILTER");
        assert_eq!(patch["match"]["context"], "SIDECAR_INBOUND");
        assert_eq!(patch["patch"]["operation"], "INSERT_FIRST");
        assert_tells_the_peer(&patch["patch"]["value"]);

        assert_eq!(gate["apiVersion"], "extensions.istio.io/v1alpha1");
        assert_eq!(gate["kind"], kind);
        let spec = &gate["spec"];
        assert_eq!(spec["phase"], "AUTHN");
        assert_eq!(spec["match"], json!([{ "mode": "SERVER" }]));
        assert_eq!(spec["selector"]["matchLabels"], peer["spec"]["workloadSelector"]["labels"]);
        assert_eq!(gate["metadata"]["namespace"], peer["metadata"]["namespace"]);
        let plugin = gate.pointer(plugin).unwrap();
        assert_eq!(plugin["failStrategy"], "FAIL_RELOAD");
        assert_eq!(plugin["type"], "HTTP");
        assert!(plugin["url"].as_str().unwrap().starts_with("oci://"));
        let environment = plugin["vmConfig"]["env"].as_array().unwrap();
        for variable in environment {
            assert_eq!(
                (&variable["valueFrom"], &variable["value"]),
                (&json!("HOST"), &Value::Null)
            );
        }
        let names = environment.iter().map(|variable| variable["name"].clone()).collect();
        assert_compiles(&plugin["pluginConfig"].to_string(), &names);
    }
}

#[test]
fn envoy_gateway_attaches_the_gate_to_the_gateway_and_closed() {
    let [proxy, gate, peer]: [Value; 3] =
        documents(&text("envoy-gateway.yaml")).try_into().unwrap();
    for document in [&proxy, &gate, &peer] {
        assert_eq!(document["apiVersion"], "gateway.envoyproxy.io/v1alpha1");
    }
    assert_eq!(proxy["kind"], "EnvoyProxy");
    let variables = "/spec/provider/kubernetes/envoyDeployment/container/env";
    let variables = proxy.pointer(variables).unwrap().as_array().unwrap();
    assert_eq!(gate["kind"], "EnvoyExtensionPolicy");
    for target in gate["spec"]["targetRefs"].as_array().unwrap() {
        assert_eq!(target["kind"], "Gateway", "another route would be a way round");
        assert_eq!(target["name"], peer["spec"]["targetRef"]["name"]);
    }
    let plugin = &gate["spec"]["wasm"][0];
    assert_eq!(plugin["failOpen"], false);
    let names = &plugin["env"]["hostKeys"];
    let given: Value = variables.iter().map(|variable| variable["name"].clone()).collect();
    assert_eq!(*names, given);
    assert_compiles(&plugin["config"].to_string(), names);

    assert_eq!(peer["kind"], "EnvoyPatchPolicy");
    let patch = &peer["spec"]["jsonPatches"][0];
    assert_eq!(patch["type"], "type.googleapis.com/envoy.config.listener.v3.Listener");
    assert_eq!(patch["operation"]["op"], "add");
    assert!(patch["operation"]["path"].as_str().unwrap().ends_with("/http_filters/0"));
    assert_tells_the_peer(&patch["operation"]["value"]);
}

#[test]
fn envoy_gateway_loads_the_module_from_a_file_and_attaches_it_to_the_gateway() {
    let [proxy, gate]: [Value; 2] =
        documents(&text("envoy-gateway-module.yaml")).try_into().unwrap();
    for document in [&proxy, &gate] {
        assert_eq!(document["apiVersion"], "gateway.envoyproxy.io/v1alpha1");
    }
    assert_eq!(
        (&proxy["kind"], &gate["kind"]),
        (&json!("EnvoyProxy"), &json!("EnvoyExtensionPolicy"))
    );
    for target in gate["spec"]["targetRefs"].as_array().unwrap() {
        assert_eq!(target["kind"], "Gateway", "another route would be a way round");
    }
    // Envoy lets everything through if a remote module can't be had.
    let [allowed] = &proxy["spec"]["dynamicModules"].as_array().unwrap()[..] else { panic!() };
    assert_eq!(allowed["source"]["type"], "Local");
    let path = allowed["source"]["local"]["path"].as_str().unwrap();
    let deployment = proxy.pointer("/spec/provider/kubernetes/envoyDeployment").unwrap();
    let mounts = deployment.pointer("/container/volumeMounts").unwrap().as_array().unwrap();
    let place = |name: &str| {
        let mount = mounts.iter().find(|mount| mount["name"] == name).unwrap();
        assert_eq!(mount["readOnly"], true);
        mount["mountPath"].as_str().unwrap()
    };
    assert_eq!(path.rsplit_once('/').unwrap().0, place("wicketgate-module"));
    let variables = deployment.pointer("/container/env").unwrap().as_array().unwrap();
    let folder = variables.iter().find(|one| one["name"] == "WICKETGATE_SECRETS_DIR").unwrap();
    assert_eq!(folder["value"], place("wicketgate-secrets"));
    let module = &gate["spec"]["dynamicModule"][0];
    assert_eq!(module["name"], allowed["name"]);
    // A file of the Secret, and the stage from the container's environment.
    let given = json!(["INTERNAL_JOB_TOKEN", "WICKETGATE_ENVIRONMENT"]);
    assert_compiles(&module["config"].to_string(), &given);
}

/// The same filter everywhere, for what it does was measured on the one in `envoy.yaml`.
#[track_caller]
fn assert_tells_the_peer(filter: &Value) {
    let expected = json!({
        "name": "wicketgate.peer",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config",
            "on_request_headers": [{
                "object_key": "wicketgate.peer",
                "factory_key": "envoy.string",
                "format_string": { "text_format_source": {
                    "inline_string": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
                }},
            }],
        },
    });
    assert_eq!(*filter, expected);
}

/// The policy is one, and finds the variables that it names among those that the host gives.
#[track_caller]
fn assert_compiles(policy: &str, given: &Value) {
    let given: Vec<&str> =
        given.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(given.contains(&"WICKETGATE_ENVIRONMENT"));
    let mut environment = Environment::new(Host::Envoy);
    for name in &given {
        let value = if *name == "WICKETGATE_ENVIRONMENT" { "production" } else { TOKEN };
        environment = environment.with(name, value);
    }
    let document = Document::parse(policy.as_bytes()).unwrap();
    let names = document.variables().iter().map(|variable| variable.name.clone());
    let names: Vec<String> = names.collect();
    let compiled = document.compile(&environment).unwrap();
    assert_eq!((compiled.name(), compiled.notices().len()), ("internal-jobs", 0));
    for name in &given {
        let spare = !names.iter().any(|known| known == name) && *name != "WICKETGATE_ENVIRONMENT";
        assert!(!spare, "`{name}` is handed over for nothing");
    }
}

/// Runs `envoy --mode validate` on a configuration, with the built filter in its place.
fn validate(config: &str, token: &str) -> (bool, String) {
    let cache = Cache::open().unwrap();
    let folder = cache.run_folder().unwrap();
    let path = folder.path().join("envoy.yaml");
    let filter = built::path(&FILTER).unwrap();
    assert!(config.contains(SHIPPED_FILTER));
    let config = config.replace(SHIPPED_FILTER, filter.to_str().unwrap());
    std::fs::write(&path, config).unwrap();
    let output = Command::new(tools::envoy(&cache).unwrap())
        .args(["--mode", "validate", "-c"])
        .arg(&path)
        .env_clear()
        .envs([("INTERNAL_JOB_TOKEN", token), ("WICKETGATE_ENVIRONMENT", "production")])
        .output()
        .unwrap();
    let log = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&log).into_owned())
}

fn text(file: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../envoy").join(file);
    std::fs::read_to_string(path).unwrap()
}

const SHIPPED_FILTER: &str = "/etc/envoy/wicketgate.wasm";
