//! Callers that are known by their certificates, on a listener that checks them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    SanType, string::Ia5String,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use wicketgate_host_tests::envoy::{Gate, Setup};
use wicketgate_runtime::http::Request;

type Authority = CertifiedIssuer<'static, KeyPair>;

/// A certificate and its key.
struct Identity(CertificateDer<'static>, KeyPair);

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn identity(authority: &Authority, name: &str, sans: Vec<SanType>) -> Identity {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Example");
    params.distinguished_name.push(DnType::CommonName, name);
    params.subject_alt_names = sans;
    let certificate = params.signed_by(&key, authority).unwrap();
    Identity(certificate.der().clone(), key)
}

fn uri(uri: &str) -> SanType {
    SanType::URI(Ia5String::try_from(uri).unwrap())
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(Ia5String::try_from(name).unwrap())
}

fn pem(label: &str, der: &[u8]) -> String {
    pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap()
}

fn policy() -> Value {
    json!({
        "version": 1, "name": "mtls", "environment": "production", "unmatched": "pass",
        "callers": {
            "cron": { "mtls": { "uri_sans": ["spiffe://prod/ns/jobs/sa/cron"] } },
            "web": { "mtls": { "dns_sans": ["web.example"], "subjects": ["CN=web,O=Example"] } },
        },
        "rules": [{ "id": "jobs", "paths": ["/jobs/*"], "allow": [
            { "methods": ["POST"], "caller": "cron" }, { "methods": ["GET"], "caller": "web" },
        ] }],
        "forward": { "credential": "remove", "caller_header": "x-caller" },
    })
}

/// A listener that takes certificates of this authority, and connections without one.
fn start(authority: &Authority) -> Gate {
    let server = identity(authority, "gate", vec![dns("gate.example")]);
    Setup::new(&policy()).gate(&crate::GATE)
        .tls(json!({
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "tls_certificates": [{
                    "certificate_chain": { "inline_string": pem("CERTIFICATE", &server.0) },
                    "private_key": { "inline_string": pem("PRIVATE KEY", &server.1.serialize_der()) },
                }],
                "validation_context": {
                    "trusted_ca": { "inline_string": pem("CERTIFICATE", authority.der().as_ref()) },
                },
            },
        }))
        .start()
        .unwrap()
}

/// Sends a request over TLS with a certificate or none: the status, `None` where Envoy ends the
/// connection.
fn ask(gate: &Gate, authority: &Authority, client: Option<&Identity>, method: &str) -> Option<u16> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match client {
        None => config.with_no_client_auth(),
        Some(Identity(certificate, key)) => config
            .with_client_auth_cert(
                vec![certificate.clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap(),
    };
    let name = ServerName::try_from("gate.example").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(gate.proxy.address()).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    // Headers that other proxies name clients in: they are no certificate.
    let request = Request::new(method, "/jobs/a").unwrap();
    let request =
        request.with_header("x-forwarded-client-cert", "URI=spiffe://prod/ns/jobs/sa/cron");
    let request = request.unwrap().with_header("connection", "close").unwrap();
    stream.write_all(&request.to_bytes()).ok()?;
    let mut answer = Vec::new();
    let _cut = stream.read_to_end(&mut answer);
    let line = answer.split(|byte| *byte == b' ').nth(1)?;
    std::str::from_utf8(line).ok()?.parse().ok()
}

#[test]
fn a_certificate_of_the_authority_with_a_name_of_the_caller() {
    let (trusted, foreign) = (authority("trusted"), authority("foreign"));
    let mut gate = start(&trusted);
    let cron = || vec![uri("spiffe://prod/ns/jobs/sa/cron")];
    for (client, method, reason, user) in [
        (identity(&trusted, "x", cron()), "POST", None, "spiffe://prod/ns/jobs/sa/cron"),
        (identity(&trusted, "x", cron()), "GET", Some("certificate_unknown"), ""),
        (identity(&trusted, "x", vec![dns("WEB.example")]), "GET", None, "web.example"),
        (identity(&trusted, "web", vec![]), "GET", None, "CN=web,O=Example"),
        (identity(&trusted, "web", vec![]), "POST", Some("certificate_unknown"), ""),
        // The first URI is the one that counts.
        (
            identity(&trusted, "x", vec![uri("spiffe://prod/other"), cron().remove(0)]),
            "POST",
            Some("certificate_unknown"),
            "",
        ),
        (
            identity(&trusted, "x", vec![dns("spiffe.prod.ns.jobs.sa.cron")]),
            "POST",
            Some("certificate_unknown"),
            "",
        ),
    ] {
        let status = ask(&gate, &trusted, Some(&client), method);
        let line = gate.decisions(1).unwrap().remove(0);
        assert_eq!(line.text("error.type"), reason, "{}", line.json());
        assert_eq!(status, Some(if reason.is_none() { 200 } else { 403 }));
        if reason.is_none() {
            assert_eq!(line.text("user.id"), Some(user), "{}", line.json());
            assert_eq!(line.text("wicketgate.credential.kind"), Some("mtls"));
            assert!(gate.one().unwrap().holds("x-caller"));
        }
    }
    assert_eq!(ask(&gate, &trusted, None, "POST"), Some(403));
    let line = gate.decisions(1).unwrap().remove(0);
    assert_eq!(line.text("error.type"), Some("certificate_missing"));
    // Of an authority that nobody trusts: Envoy ends the connection.
    assert_eq!(ask(&gate, &trusted, Some(&identity(&foreign, "x", cron())), "POST"), None);
    assert_eq!(gate.origin.take(), []);
}
