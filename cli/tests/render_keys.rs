//! `wicketgate render` for policies with keys at addresses and client certificates.

mod common;
#[path = "common/envoy.rs"]
mod envoy;

use std::fs;

use common::{assert_snapshot, root, run};
use envoy::{documents, filter, validate};
use serde_json::{Value, json};

const POLICY: &str = "cli/tests/render/keys.yaml";

fn render(target: &str, policy: &str, more: &[&str]) -> String {
    let arguments: Vec<&str> =
        ["render", target, "-"].into_iter().chain(more.iter().copied()).collect();
    let ran = run(&arguments, &[], policy.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{target}\n{}", ran.out);
    ran.out
}

fn policy() -> String {
    fs::read_to_string(root().join(POLICY)).unwrap()
}

/// The lines of a rendering that the shipped file does not have.
fn new_lines(text: &str, shipped: &str) -> String {
    let shipped = fs::read_to_string(root().join("envoy").join(shipped)).unwrap();
    let known: Vec<&str> = shipped.lines().collect();
    let new = text.lines().filter(|line| !known.contains(line));
    new.map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_is_added_for_keys_and_certificates() {
    let mut all = String::new();
    for (target, shipped) in [
        ("envoy", "envoy.yaml"),
        ("istio", "istio-trafficextension.yaml"),
        ("envoy-gateway", "envoy-gateway.yaml"),
    ] {
        all += &format!("$ wicketgate render {target}\n");
        all += &new_lines(&render(target, &policy(), &["--namespace", "shop"]), shipped);
    }
    assert_snapshot("render-keys.txt", &all);
}

#[test]
fn each_server_has_one_cluster_whose_certificate_is_checked() {
    let config = documents(&render("envoy", &policy(), &[])).remove(0);
    let clusters = config["static_resources"]["clusters"].as_array().unwrap();
    let told: Vec<_> = clusters.iter().map(|cluster| cluster["name"].as_str().unwrap()).collect();
    let google = "outbound|443||www.googleapis.com";
    assert_eq!(told, ["origin", "own\"issuer\\", google, "10.1.2.3"]);
    let names = [
        ("DNS", "issuer.example", 443),
        ("DNS", "www.googleapis.com", 443),
        ("IP_ADDRESS", "10.1.2.3", 8443),
    ];
    for (cluster, (kind, name, port)) in clusters.iter().skip(1).zip(names) {
        assert_eq!(cluster["load_assignment"]["cluster_name"], cluster["name"]);
        let socket = "/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";
        let socket = cluster.pointer(socket).unwrap();
        assert_eq!(*socket, json!({ "address": name, "port_value": port }));
        let tls = &cluster["transport_socket"]["typed_config"];
        let expected = if kind == "DNS" { json!(name) } else { Value::Null };
        assert_eq!(tls["sni"], expected);
        let checked = &tls["common_tls_context"]["validation_context"];
        assert!(checked["trusted_ca"]["filename"].is_string(), "{name}");
        let san = json!([{ "san_type": kind, "matcher": { "exact": name } }]);
        assert_eq!(checked["match_typed_subject_alt_names"], san);
    }
    // A server that is asked in the clear is one of a development policy.
    let plain = policy()
        .replace("environment: production", "environment: development")
        .replace("https://10.1.2.3:8443/keys", "http://keys.local/keys");
    let config = documents(&render("envoy", &plain, &[])).remove(0);
    let cluster = &config["static_resources"]["clusters"][3];
    assert_eq!((&cluster["name"], &cluster["type"]), (&json!("keys.local"), &json!("LOGICAL_DNS")));
    assert_eq!(cluster["transport_socket"], Value::Null);
    // One cluster can't lead to two servers.
    let two = policy().replace("https://issuer.example/others", "https://issuer.example:444/keys");
    let ran = run(&["render", "envoy", "-"], &[], two.as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("different servers"), "{}", ran.err);
}

#[test]
fn certificates_of_clients_are_checked_and_asked_for_of_everyone_who_needs_one() {
    let only = r#"{"version":1,"name":"x","environment":"production","callers":{"a":{"mtls":{"dns_sans":["a.example"]}}},
        "rules":[{"id":"r","paths":["/r"],"allow":[{"caller":"a"}]}],"unmatched":"deny","forward":{"credential":"remove"}}"#;
    for (text, required) in [(policy(), false), (only.to_owned(), true)] {
        let rendered = render("envoy", &text, &[]);
        let config = documents(&rendered).remove(0);
        let chain = &config["static_resources"]["listeners"][0]["filter_chains"][0];
        let tls = &chain["transport_socket"]["typed_config"];
        assert!(tls["@type"].as_str().unwrap().ends_with(".DownstreamTlsContext"));
        assert_eq!(tls["require_client_certificate"], required);
        let checked = &tls["common_tls_context"]["validation_context"];
        assert!(checked["trusted_ca"]["filename"].is_string());
        assert_eq!(checked["trust_chain_verification"], Value::Null, "ACCEPT_UNTRUSTED is not");
        let filters = chain["filters"][0]["typed_config"]["http_filters"].as_array().unwrap();
        let code = &filters[1]["typed_config"]["config"]["vm_config"]["code"];
        assert_eq!(code["local"]["filename"], "/etc/envoy/wicketgate.wasm");
    }
}

#[test]
fn istio_gets_a_host_and_its_tls_for_each_server() {
    let text = render("istio", &policy(), &["--namespace", "shop", "--app", "billing"]);
    let all = documents(&text);
    let kinds: Vec<_> = all.iter().filter_map(|resource| resource["kind"].as_str()).collect();
    let pair = ["ServiceEntry", "DestinationRule"];
    let expected =
        [&["EnvoyFilter", "TrafficExtension"][..], &pair, &pair, &["PeerAuthentication"]];
    assert_eq!(kinds, expected.concat());
    for resource in all.iter().filter(|resource| resource["kind"].is_string()) {
        assert_eq!(resource["metadata"]["namespace"], "shop");
    }
    let [entry, rule] = [&all[2], &all[3]];
    assert_eq!(entry["spec"]["hosts"], json!(["issuer.example"]));
    assert_eq!(rule["spec"]["host"], "issuer.example");
    let tls = &rule["spec"]["trafficPolicy"]["tls"];
    assert_eq!((&tls["mode"], &tls["sni"]), (&json!("SIMPLE"), &json!("issuer.example")));
    assert_eq!(tls["subjectAltNames"], json!(["issuer.example"]));
    let labels = &all.last().unwrap()["spec"]["selector"]["matchLabels"];
    assert_eq!(*labels, json!({ "app": "billing" }));
    // The cluster that the policy names is Istio's own, or a line says that it has to be.
    assert!(text.contains("`\"cluster\": \"outbound|443||issuer.example\"`"), "{text}");
    assert!(!text.contains("`\"cluster\": \"outbound|443||www.googleapis.com\"`"), "{text}");
}

#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn envoy_itself_accepts_clusters_and_certificates() {
    let wasm = filter();
    let wasm = wasm.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = rcgen::generate_simple_self_signed(["gate.example".to_owned()]).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, label, der) in [
        ("server.crt", "CERTIFICATE", server.cert.der().to_vec()),
        ("server.key", "PRIVATE KEY", server.signing_key.serialize_der()),
        ("clients.crt", "CERTIFICATE", server.cert.der().to_vec()),
    ] {
        let pem = pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, &der).unwrap();
        fs::write(path(name), pem).unwrap();
    }
    let rendered = render("envoy", &policy(), &["--wasm", wasm]);
    let text = rendered
        .replace("/etc/envoy/tls", folder.path().to_str().unwrap())
        .replace("/etc/ssl/certs/ca-certificates.crt", &path("server.crt"));
    let (accepted, log) = validate(&text, true);
    assert!(accepted, "{log}");
    let complaints: Vec<&str> =
        log.lines().filter(|l| l.contains("[warning]") || l.contains("deprecated")).collect();
    assert_eq!(complaints, [""; 0]);
    // A wrong name in one of these parts must be noticed.
    for (right, wrong) in [
        ("match_typed_subject_alt_names", "match_typed_subject_alt_name"),
        ("require_client_certificate: false", "require_client_certificates: false"),
        ("trusted_ca: { filename: ", "trusted_ca: { filename: /nowhere"),
    ] {
        let (accepted, _) = validate(&text.replace(right, wrong), true);
        assert!(!accepted, "accepted with `{wrong}`");
    }
    // The shipped cluster is merged into the shipped configuration as its head says.
    let shipped = |name: &str| fs::read_to_string(root().join("envoy").join(name)).unwrap();
    let whole = shipped("envoy.yaml").replace("/etc/envoy/wicketgate.wasm", wasm);
    let cluster = shipped("key-cluster.yaml");
    let (_, cluster) = cluster.split_once("  clusters:\n").unwrap();
    let cluster = cluster.replace("/etc/ssl/certs/ca-certificates.crt", &path("server.crt"));
    let place = "\n# Connections for the whole process.";
    let (accepted, log) = validate(&whole.replace(place, &(cluster + place)), true);
    assert!(accepted, "{log}");
}
