//! Callers that are known by their certificates.

use super::now;
use serde_json::json;
use wicketgate_policy::{
    Certificate, Environment, Gate, Header, Host, MemoryCounts, Names, Peer, Policy, Reason, Step,
    Verdict,
};

fn policy() -> Policy {
    let document = json!({
        "version": 1, "name": "mtls", "environment": "production", "unmatched": "pass",
        "callers": {
            "cron": { "mtls": { "uri_sans": ["spiffe://prod/cron"], "subjects": ["CN=cron"] } },
            "web": { "mtls": { "dns_sans": ["web.example"] } },
        },
        "rules": [
            { "id": "x", "paths": ["/x"], "allow": [{ "caller": "cron" }],
                "deny": { "status": 403, "missing": { "status": 401 } } },
            { "id": "open", "paths": ["/y"], "allow": [] },
        ],
        "forward": { "credential": "remove", "caller_header": "x-caller" },
    });
    Policy::load(document.to_string().as_bytes(), &Environment::new(Host::Envoy)).unwrap()
}

fn decide(path: &str, certificate: Certificate<'_>) -> Result<String, (Reason, u16)> {
    let gate = Gate::new(policy(), MemoryCounts::default());
    let headers = [(":method", "GET"), (":path", path), (":authority", "app")]
        .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    let mut session = gate.session(&headers);
    session.peer(Peer::Unknown);
    session.now(now());
    // It is asked for before it matters, and once.
    if path == "/x" {
        assert!(matches!(session.step(), Step::Certificate));
        session.certificate(certificate);
    }
    let Step::Verdict(decision) = session.step() else { panic!() };
    let line = decision.audit.as_ref().unwrap().to_line();
    match decision.verdict {
        Verdict::Allow(allow) => {
            assert!(line.contains(r#""wicketgate.credential.kind":"mtls""#), "{line}");
            Ok(line.split(r#""user.id":""#).nth(1).unwrap().split('"').next().unwrap().to_owned()
                + "/"
                + allow.caller().unwrap())
        }
        Verdict::Deny(deny) => Err((deny.reason, deny.answer.status)),
        Verdict::Pass { .. } => panic!("passed"),
    }
}

#[test]
fn a_valid_certificate_with_a_name_of_the_caller_and_nothing_else() {
    let uri = |uri: &'static [u8]| Names { uri_san: Some(uri), ..Names::default() };
    for (certificate, expected) in [
        (Certificate::Valid(uri(b"spiffe://prod/cron")), Ok("spiffe://prod/cron/cron")),
        (
            Certificate::Valid(Names { subject: Some(b"CN=cron"), ..Names::default() }),
            Ok("CN=cron/cron"),
        ),
        (Certificate::Valid(uri(b"spiffe://prod/cron2")), Err((Reason::CertificateUnknown, 403))),
        (
            Certificate::Valid(Names { dns_san: Some(b"web.example"), ..Names::default() }),
            Err((Reason::CertificateUnknown, 403)),
        ),
        (Certificate::Valid(Names::default()), Err((Reason::CertificateUnknown, 403))),
        (Certificate::Invalid, Err((Reason::CertificateInvalid, 403))),
        (Certificate::Revoked, Err((Reason::CertificateRevoked, 403))),
        (Certificate::Absent, Err((Reason::CertificateMissing, 401))),
    ] {
        let expected = expected.map(str::to_owned);
        assert_eq!(decide("/x", certificate), expected, "{certificate:?}");
    }
}

#[test]
fn a_rule_without_such_callers_does_not_ask() {
    assert_eq!(decide("/y", Certificate::NotAsked).unwrap_err().0, Reason::NobodyAllowed);
}
