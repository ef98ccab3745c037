//! `wicketgate render`, as it is run.

mod common;
#[path = "common/envoy.rs"]
mod envoy;

use std::fs;

use common::{root, run};
use envoy::{documents, filter, validate};
use serde_json::{Value, json};

const EXAMPLES: [&str; 5] =
    ["billing-services", "job-callbacks", "latest-runs", "signal-jobs", "task-worker"];

fn render(target: &str, policy: &str, more: &[&str]) -> String {
    let arguments: Vec<&str> =
        ["render", target, policy].into_iter().chain(more.iter().copied()).collect();
    let ran = run(&arguments, &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{target} {policy}");
    ran.out
}

fn policy_of(name: &str) -> (String, Value, Vec<String>) {
    let path = format!("examples/{name}/policy.json");
    let text = fs::read_to_string(root().join(&path)).unwrap();
    let document = wicketgate_policy::Document::parse(text.as_bytes()).unwrap();
    let mut names: Vec<String> =
        document.variables().iter().map(|variable| variable.name.clone()).collect();
    // The host's own word comes last.
    names.rotate_left(1);
    (path, serde_json::from_str(&text).unwrap(), names)
}

#[test]
fn envoy_gets_the_policys_own_text_and_its_variables() {
    for name in EXAMPLES {
        let (path, _, names) = policy_of(name);
        let more =
            ["--listen", "[::]:8443", "--upstream", "app.internal:8123", "--wasm", "/x/y.wasm"];
        let config = documents(&render("envoy", &path, &more)).remove(0);
        let listener = &config["static_resources"]["listeners"][0];
        assert_eq!(
            listener["address"]["socket_address"],
            json!({ "address": "::", "port_value": 8443 })
        );
        let filters = "/filter_chains/0/filters/0/typed_config/http_filters";
        let plugin = &listener.pointer(filters).unwrap()[1]["typed_config"]["config"];
        let text = fs::read_to_string(root().join(&path)).unwrap();
        assert_eq!(plugin["configuration"]["value"], text.as_str(), "{name}");
        assert_eq!(plugin["vm_config"]["environment_variables"]["host_env_keys"], json!(names));
        assert_eq!(plugin["vm_config"]["code"]["local"]["filename"], "/x/y.wasm");
        assert_eq!(plugin["failure_policy"], "FAIL_RELOAD");
        let cluster = &config["static_resources"]["clusters"][0];
        assert_eq!(cluster["type"], "STRICT_DNS");
        let socket = "/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";
        assert_eq!(
            *cluster.pointer(socket).unwrap(),
            json!({ "address": "app.internal", "port_value": 8123 })
        );
    }
}

/// Audit lines and metrics show the version that `check` shows for the file.
#[test]
fn the_version_is_that_of_the_file_in_yaml_too() {
    let path = "cli/tests/test/jobs.yaml";
    let config = documents(&render("envoy", path, &[])).remove(0);
    let filters =
        "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters";
    let plugin = &config.pointer(filters).unwrap()[1]["typed_config"]["config"];
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy.json");
    fs::write(&copy, plugin["configuration"]["value"].as_str().unwrap()).unwrap();
    let version = |path: &str| {
        let ran = run(&["check", "--json", path], &[], b"");
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        report[0]["version"].as_str().unwrap().to_owned()
    };
    assert_eq!(version(copy.to_str().unwrap()), version(path));
    assert!(render("envoy", path, &[]).contains(&version(path)));
}

#[test]
fn istio_and_envoy_gateway_get_the_same_policy() {
    for name in EXAMPLES {
        let (path, policy, names) = policy_of(name);
        let more = [
            "--namespace",
            "shop",
            "--app",
            "billing",
            "--image",
            "registry.example/gate@sha256:00",
        ];
        for (target, plugin) in [("istio", "/spec/wasm"), ("istio-wasmplugin", "/spec")] {
            let text = render(target, &path, &more);
            let all = documents(&text);
            // If keys are fetched, the resources for that come last.
            let fetches = all.len() > 2;
            assert_eq!(fetches, policy.to_string().contains("google-keys"), "{name}");
            let [peer, gate] = all.first_chunk().unwrap();
            for resource in [peer, gate] {
                assert_eq!(resource["metadata"]["namespace"], "shop");
            }
            assert_eq!(peer["spec"]["workloadSelector"]["labels"], json!({ "app": "billing" }));
            assert_eq!(gate["spec"]["selector"]["matchLabels"], json!({ "app": "billing" }));
            let plugin = gate.pointer(plugin).unwrap();
            assert_eq!(plugin["pluginConfig"], policy, "{name}");
            assert_eq!(plugin["url"], "oci://registry.example/gate@sha256:00");
            let given: Vec<_> =
                names.iter().map(|name| json!({ "name": name, "valueFrom": "HOST" })).collect();
            assert_eq!(plugin["vmConfig"]["env"], json!(given));
            assert_eq!(plugin["failStrategy"], "FAIL_RELOAD");
        }
        let text = render("envoy-gateway", &path, &["--namespace", "shop", "--gateway", "front"]);
        let [proxy, gate, peer]: [Value; 3] = documents(&text).try_into().unwrap();
        assert_eq!(gate["spec"]["wasm"][0]["config"], policy, "{name}");
        assert_eq!(gate["spec"]["wasm"][0]["env"]["hostKeys"], json!(names));
        assert_eq!(gate["spec"]["targetRefs"][0]["name"], "front");
        assert_eq!(peer["spec"]["jsonPatches"][0]["name"], "shop/front/http");
        let env = "/spec/provider/kubernetes/envoyDeployment/container/env";
        let env = proxy.pointer(env).unwrap().as_array().unwrap();
        assert_eq!(env.iter().map(|e| e["name"].as_str().unwrap()).collect::<Vec<_>>(), names);
        for variable in env {
            // A value would be a secret in a manifest.
            let own_word = variable["name"] == "WICKETGATE_ENVIRONMENT";
            assert_eq!(variable["value"] == Value::Null, !own_word);
        }
    }
}

#[test]
fn wrangler_gets_the_policys_own_text() {
    for name in EXAMPLES {
        let (path, _, mut names) = policy_of(name);
        let text = render("wrangler", &path, &["--host", "api.shop.example"]);
        let config: Value = toml::from_str(&text).unwrap();
        let own = fs::read_to_string(root().join(&path)).unwrap();
        assert_eq!(config["vars"], json!({ "POLICY": own }), "{name}");
        names.pop();
        assert_eq!(config["secrets"]["required"], json!(names));
        assert_eq!(
            config["routes"],
            json!([{ "pattern": "api.shop.example/*", "zone_name": "shop.example" }])
        );
        assert_eq!((&config["env"], &config["workers_dev"]), (&Value::Null, &json!(false)));
    }
    // A development policy takes effect only where the host says so too.
    let text = render("wrangler", "cli/tests/check/unwise.yaml", &[]);
    let config: Value = toml::from_str(&text).unwrap();
    assert_eq!(config["vars"]["WICKETGATE_ENVIRONMENT"], "development");
}

#[test]
fn a_file_is_not_written_over_and_nothing_breaks_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("envoy.yaml");
    let out =
        ["render", "envoy", "examples/signal-jobs/policy.json", "--out", path.to_str().unwrap()];
    let ran = run(&out, &[], b"");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert!(path.exists());
    assert_eq!(run(&out, &[], b"").code, 1);
    let base = ["render", "envoy", "examples/signal-jobs/policy.json"];
    for bad in [
        ["--upstream", "nowhere"],
        ["--upstream", "a b:80"],
        ["--upstream", "x:0"],
        ["--upstream", ":18000"],
        ["--listen", "app.example:80"],
        ["--listen", ":80"],
        ["--watch", "gate.json"],
        ["--watch", "/gate.yaml"],
        ["--wasm", "/x\ny"],
        ["--namespace", "a, b"],
        ["--image", "x }"],
        ["--host", "x\" }"],
    ] {
        let arguments: Vec<&str> = base.into_iter().chain(bad).collect();
        let ran = run(&arguments, &[], b"");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{bad:?}");
    }
    let json = run(&["render", "wrangler", "examples/signal-jobs/policy.json", "--json"], &[], b"");
    let told: Value = serde_json::from_str(&json.out).unwrap();
    assert!(told["text"].as_str().unwrap().contains("[vars]"), "{}", json.out);
    // Faults are no part of a file that a shell writes standard output to.
    let bad = run(&["render", "envoy", "policy/tests/bad/52-patterns.json"], &[], b"");
    assert_eq!((bad.code, bad.out.as_str()), (3, ""));
    assert!(
        bad.err.contains("error: rules[0].paths[0]: found") && !bad.err.contains('\x1b'),
        "{}",
        bad.err
    );
    // Whatever stands in a policy stays inside its text.
    let odd = "{\"version\":1,\"name\":\"odd\",\"environment\":\"production\",\"unmatched\":\"deny\",\"rules\":[],\n\
        \"forward\":{\"credential\":\"remove\"},\"default_deny\":{\"status\":403,\"text\":\"'''\\n  \\\"x: {{ }} # \u{7f}\u{2028}\u{1f600}\"}}";
    for (target, pointer) in [("envoy", ""), ("wrangler", "/vars/POLICY"), ("istio", "")] {
        let ran = run(&["render", target, "-"], &[], odd.as_bytes());
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        if target == "wrangler" {
            let config: Value = toml::from_str(&ran.out).unwrap();
            let told: Value =
                serde_json::from_str(config.pointer(pointer).unwrap().as_str().unwrap()).unwrap();
            assert_eq!(told, serde_json::from_str::<Value>(odd).unwrap());
        }
    }
}

/// What `render envoy --watch` names, and what `render envoy-watched` writes there.
#[test]
fn the_policy_can_stand_in_a_file_that_envoy_watches() {
    let policy = "examples/signal-jobs/policy.json";
    let own = fs::read_to_string(root().join(policy)).unwrap();
    let watch = ["--watch", "/etc/gate/policy.json"];
    let filters =
        "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/1";
    let config = documents(&render("envoy", policy, &watch)).remove(0);
    let inline = documents(&render("envoy", policy, &[])).remove(0);
    let gate = config.pointer(filters).unwrap();
    assert_eq!(gate["typed_config"], Value::Null);
    assert_eq!(
        gate["config_discovery"]["config_source"]["path_config_source"],
        json!({ "path": "/etc/gate/policy.json", "watched_directory": { "path": "/etc/gate" } })
    );
    let file: Value = serde_json::from_str(&render("envoy-watched", policy, &[])).unwrap();
    // The very settings that would stand in envoy.yaml.
    let sorted = |mut typed: Value| {
        let keys = "/config/vm_config/environment_variables/host_env_keys";
        let keys = typed.pointer_mut(keys).unwrap().as_array_mut().unwrap();
        keys.sort_by_key(ToString::to_string);
        typed
    };
    let typed = &file["resources"][0]["typed_config"];
    let inline = inline.pointer(filters).unwrap()["typed_config"].clone();
    assert_eq!(sorted(typed.clone()), sorted(inline));
    assert_eq!(typed["config"]["configuration"]["value"], own.as_str());
    let map = documents(&render(
        "envoy-configmap",
        policy,
        &[&watch[..], &["--namespace", "shop"]].concat(),
    ));
    assert_eq!(map[0]["metadata"], json!({ "name": "wicketgate", "namespace": "shop" }));
    let content = map[0]["data"]["policy.json"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(content).unwrap(), file);
    // A new file is moved over the old one.
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("gate.json");
    let out = ["--out", out.to_str().unwrap()];
    for (more, code) in [(&[][..], 0), (&[], 1), (&["--replace"], 0)] {
        let arguments = [&["render", "envoy-watched", policy][..], &out, more].concat();
        assert_eq!(run(&arguments, &[], b"").code, code, "{more:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    for (target, option) in
        [("istio", "--watch"), ("wrangler", "--websocket"), ("envoy-watched", "--streams")]
    {
        let mut arguments = vec!["render", target, policy, option];
        arguments.extend((option == "--watch").then_some("/etc/gate/policy.json"));
        let ran = run(&arguments, &[], b"");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{option}");
        assert!(ran.err.contains("goes with `render envoy`"), "{}", ran.err);
    }
}

#[test]
fn options_of_envoy_are_put_in() {
    let policy = "examples/signal-jobs/policy.json";
    let all = [
        "--websocket",
        "--proxy-protocol",
        "--streams",
        "--upstream",
        "localhost:3000",
        "--listen",
        "localhost:8080",
    ];
    let config = documents(&render("envoy", policy, &all)).remove(0);
    let listener = &config["static_resources"]["listeners"][0];
    let manager = listener.pointer("/filter_chains/0/filters/0/typed_config").unwrap();
    assert_eq!(manager["upgrade_configs"], json!([{ "upgrade_type": "websocket" }]));
    assert_eq!(manager["stream_idle_timeout"], "0s");
    assert_eq!(manager["request_timeout"], "60s");
    assert_eq!(
        manager.pointer("/route_config/virtual_hosts/0/routes/0/route/timeout").unwrap(),
        "0s"
    );
    assert_eq!(listener["listener_filters"][0]["name"], "envoy.filters.listener.proxy_protocol");
    let peer = "/http_filters/0/typed_config/on_request_headers/0/format_string/text_format_source/inline_string";
    assert_eq!(manager.pointer(peer).unwrap(), "%DOWNSTREAM_REMOTE_ADDRESS%");
    // It would follow a header otherwise.
    assert_eq!(
        (&manager["use_remote_address"], &manager["xff_num_trusted_hops"]),
        (&json!(true), &json!(0))
    );
    let socket = "/static_resources/clusters/0/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";
    assert_eq!(
        *config.pointer(socket).unwrap(),
        json!({ "address": "127.0.0.1", "port_value": 3000 })
    );
    assert_eq!(listener["address"]["socket_address"]["address"], "127.0.0.1");
}

#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn envoy_itself_accepts_what_is_rendered() {
    let wasm = filter();
    for name in EXAMPLES
        .into_iter()
        .map(|name| format!("examples/{name}/policy.json"))
        .chain(["cli/tests/test/jobs.yaml".to_owned()])
    {
        let text = render("envoy", &name, &["--wasm", wasm.to_str().unwrap()]);
        let (accepted, log) = validate(&text, true);
        assert!(accepted, "{name}\n{log}");
        // It is the policy that was looked at: without its secrets it does not start, unless it
        // says that it does.
        let may_be_absent = text.contains("\"absent_secrets\": \"deny\"");
        let (accepted, log) = validate(&text, false);
        assert_eq!(accepted, may_be_absent && !text.contains("\"proof\""), "{name}\n{log}");
    }
}
