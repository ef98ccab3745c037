//! Callers known by the certificate that they showed to the platform.

use serde_json::{Value, json};
use wicketgate_runtime::workerd::CERTIFICATE_HEADER;

use crate::common::{Origin, ask, gate, log};

const POLICY: &str = r#"{
    "version": 1, "name": "mtls", "environment": "production", "unmatched": "pass",
    "callers": { "cron": { "mtls": { "subjects": ["CN=cron,O=Example"] } } },
    "rules": [ { "id": "internal", "paths": ["/internal/*"], "allow": [ { "caller": "cron" } ] } ],
    "forward": { "credential": "remove" }
}"#;

fn shown(other: &Value) -> Value {
    let mut shown = json!({ "certPresented": "1", "certVerified": "SUCCESS", "certRevoked": "0",
        "certSubjectDNRFC2253": "CN=cron,O=Example" });
    for (name, value) in other.as_object().unwrap() {
        shown[name] = value.clone();
    }
    shown
}

#[test]
fn only_a_valid_certificate_makes_a_caller() {
    let origin = Origin::answering(b"HTTP/1.1 204 x\r\nConnection: close\r\n\r\n").unwrap();
    let gate = gate(POLICY, None, origin.port());
    let certificate = |shown: &Value| {
        let shown = shown.to_string();
        ask(&gate, "GET", "/internal/x", &[(CERTIFICATE_HEADER, &shown)]).status
    };
    assert_eq!(certificate(&shown(&json!({}))), 204, "{}", log(&gate));
    assert_eq!(origin.take().len(), 1);
    for (other, reason) in [
        (json!({ "certRevoked": "1" }), "certificate_revoked"),
        (json!({ "certRevoked": "" }), "certificate_invalid"),
        (json!({ "certRevoked": null }), "certificate_invalid"),
        (json!({ "certVerified": "FAILED:self signed certificate" }), "certificate_invalid"),
        (json!({ "certVerified": "NONE" }), "certificate_invalid"),
        (json!({ "certVerified": 1 }), "certificate_invalid"),
        (json!({ "certPresented": "0" }), "certificate_missing"),
        (json!({ "certPresented": true }), "certificate_missing"),
        (json!({ "certSubjectDNRFC2253": "CN=other" }), "certificate_unknown"),
        (json!({ "certSubjectDNRFC2253": "" }), "certificate_unknown"),
        (json!({ "certSubjectDNRFC2253": null }), "certificate_unknown"),
    ] {
        let before = log(&gate).len();
        assert_eq!(certificate(&shown(&other)), 403, "{other}");
        let said = log(&gate)[before..].to_owned();
        println!("{other}: {said}");
        assert!(said.contains(&format!("\"{reason}\"")), "{other}: {said}");
    }
    // A header of the client is no certificate, and neither is a value that is no object.
    for headers in [
        &[][..],
        &[("cf-client-cert-subject-dn", "CN=cron,O=Example"), ("cf-cert-presented", "1")],
        &[(CERTIFICATE_HEADER, "null")],
        &[(CERTIFICATE_HEADER, "7")],
    ] {
        assert_eq!(ask(&gate, "GET", "/internal/x", headers).status, 403, "{headers:?}");
    }
    assert!(origin.take().is_empty());
}
