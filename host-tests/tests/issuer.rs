//! The test issuer does what its answers say, over TLS as without.

use std::io::{Error, Read, Result, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use wicketgate_host_tests::issuer::{Algorithm, Answer, Issuer};
use wicketgate_policy::Time;
use wicketgate_policy::jwt::{
    Audience, ClaimRules, KeySet, KeySource, Refusal, Untrusted, Verified,
};

/// A connection to an issuer.
struct Client(Box<dyn Stream>);

trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

/// A response's head and body.
struct Response {
    head: String,
    body: String,
}

impl Client {
    /// Over TLS if the issuer speaks it; `patience` bounds every read.
    fn connect(issuer: &Issuer, patience: Duration) -> Result<Self> {
        let tcp = TcpStream::connect((Ipv4Addr::LOCALHOST, issuer.port()))?;
        tcp.set_read_timeout(Some(patience))?;
        if issuer.ca_pem().is_empty() {
            return Ok(Self(Box::new(tcp)));
        }
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(issuer.ca_pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let tls = ClientConnection::new(Arc::new(config), name).map_err(Error::other)?;
        Ok(Self(Box::new(StreamOwned::new(tls, tcp))))
    }

    fn send(&mut self, line: &str) -> Result<()> {
        write!(self.0, "{line} HTTP/1.1\r\nHost: issuer.example\r\nx-a: b\r\n\r\n")?;
        self.0.flush()
    }

    /// Reads a response to its end by its length; fails if the connection ends before.
    fn receive(&mut self) -> Result<Response> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok(Response { head, body: String::from_utf8(body).unwrap() })
    }

    fn get(&mut self) -> Result<Response> {
        self.send("GET /keys")?;
        self.receive()
    }
}

const PATIENCE: Duration = Duration::from_secs(10);

fn fetch(issuer: &Issuer) -> Result<Response> {
    Client::connect(issuer, PATIENCE)?.get()
}

fn key_set(response: &Response) -> std::result::Result<KeySet, &'static str> {
    KeySet::parse(response.body.as_bytes(), KeySource::Address).map_err(|faults| faults[0].found)
}

fn verified(issuer: &Issuer, keys: &KeySet, token: &str) -> std::result::Result<Verified, Refusal> {
    let rules = ClaimRules::new(issuer.issuer(), Audience::AnyOf(["gate".into()].into()));
    let token = Untrusted::parse(token.as_bytes())?;
    let check = token.check(keys)?;
    let answer = check.verify().ok_or(Refusal::SignatureUnchecked)?;
    let now = issuer.claims(&json!({}))["iat"].as_i64().unwrap();
    token.signed(&check, &answer)?.claims(&rules, Time::from_unix_millis(now * 1_000))
}

#[test]
fn signs_what_its_keys_verify() {
    let mut issuer = Issuer::start().unwrap();
    let claims = issuer.claims(&json!({ "sub": "other" }));
    let ids = Algorithm::ALL.map(|algorithm| issuer.add_key(algorithm));
    let before = key_set(&fetch(&issuer).unwrap()).unwrap();
    for id in &ids {
        let verified = verified(&issuer, &before, &issuer.sign(id, &claims)).unwrap();
        assert_eq!((verified.subject(), verified.key_id()), (Some("other"), Some(id.as_str())));
    }
    let hostile = json!({ "alg": "none", "kid": ids[0] });
    let token = issuer.sign_with_header(&ids[0], &hostile, &claims);
    assert!(verified(&issuer, &before, &token).is_err());

    let new = issuer.rotate();
    let after = key_set(&fetch(&issuer).unwrap()).unwrap();
    for (old, new) in ids.iter().zip(&new) {
        assert!(verified(&issuer, &after, &issuer.sign(new, &claims)).is_ok());
        let removed = issuer.sign(old, &claims);
        assert!(verified(&issuer, &before, &removed).is_ok());
        assert_eq!(verified(&issuer, &after, &removed), Err(Refusal::KeyUnknown));
    }
    // Another key by an old name.
    issuer.remove_key(&new[1]);
    issuer.add_key_named(Algorithm::Es256, &new[1]);
    let token = issuer.sign(&new[1], &claims);
    assert!(verified(&issuer, &key_set(&fetch(&issuer).unwrap()).unwrap(), &token).is_ok());
    assert_eq!(verified(&issuer, &after, &token), Err(Refusal::SignatureInvalid));
}

#[test]
fn answers_as_it_is_told() {
    let mut issuer = Issuer::start_plain().unwrap();
    issuer.add_key(Algorithm::Es256);
    let keys = fetch(&issuer).unwrap().body;
    let answer = |answer| {
        issuer.serve(answer);
        fetch(&issuer).unwrap()
    };
    let failed = answer(Answer::Status(503));
    assert!(failed.head.starts_with("HTTP/1.1 503 ") && failed.body == keys);
    assert_eq!(answer(Answer::Status(204)).body, "");
    let large = answer(Answer::Large(10_000_000));
    assert!(large.body.len() > 10_000_000);
    let large: Value = serde_json::from_str(&large.body).unwrap();
    assert_eq!(large["keys"].as_array().unwrap().len(), 1);
    assert!(answer(Answer::Html).head.contains("content-type: text/html\r\n"));
    for (told, fault) in [
        (Answer::Html, "text that is not strict json"),
        (Answer::DuplicateKeys, "an id that was there before"),
        (Answer::PrivateKey, "a member of a private key"),
        (Answer::Empty, "no key that signatures of ours can be checked with"),
        (Answer::Secret, "a secret in clear"),
    ] {
        assert_eq!(key_set(&answer(told.clone())).unwrap_err(), fault, "{told:?}");
    }
    let redirect = answer(Answer::Redirect("http://127.0.0.1:1/keys".to_owned()));
    assert!(redirect.head.starts_with("HTTP/1.1 302 "));
    assert!(redirect.head.contains("\r\nlocation: http://127.0.0.1:1/keys\r\n"));
    assert_eq!(answer(Answer::Keys).body, keys);
    issuer.serve(Answer::Truncated);
    assert_eq!(fetch(&issuer).err().unwrap().kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn hangs_until_it_is_told_otherwise() {
    let mut issuer = Issuer::start().unwrap();
    issuer.add_key(Algorithm::EdDsa);
    for waits in [Answer::Hang, Answer::Slow(Duration::from_secs(3600))] {
        issuer.serve(waits);
        let mut client = Client::connect(&issuer, Duration::from_millis(200)).unwrap();
        let before = issuer.fetches();
        client.send("GET /keys").unwrap();
        issuer.wait_for_fetches(before + 1).unwrap();
        assert_eq!(client.receive().err().unwrap().kind(), std::io::ErrorKind::WouldBlock);
        issuer.serve(Answer::Keys);
        // A patience of its own, for this answer does come.
        assert!(key_set(&fetch(&issuer).unwrap()).is_ok());
        assert!(key_set(&client.receive().unwrap()).is_ok());
    }
    issuer.serve(Answer::Slow(Duration::from_millis(50)));
    let start = std::time::Instant::now();
    assert!(key_set(&fetch(&issuer).unwrap()).is_ok());
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[test]
fn records_what_it_is_asked_on_one_connection() {
    let issuer = Issuer::start().unwrap();
    let mut client = Client::connect(&issuer, PATIENCE).unwrap();
    for (line, status) in [("GET /keys", "200"), ("POST /keys", "405"), ("GET /keys?a", "404")] {
        client.send(line).unwrap();
        let head = client.receive().unwrap().head;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {head}");
    }
    assert_eq!((issuer.connections(), issuer.fetches()), (1, 1));
    let requests = issuer.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!((requests[1].method.as_str(), requests[2].target.as_str()), ("POST", "/keys?a"));
    assert_eq!(requests[0].values("host"), ["issuer.example"]);
    assert_eq!(requests[0].values("x-a"), ["b"]);
    assert_eq!(issuer.jwks_uri(), format!("https://localhost:{}/keys", issuer.port()));
}

#[test]
fn shows_certificates_that_are_refused() {
    for (issuer, refusal) in [
        (Issuer::start_with_foreign_certificate().unwrap(), "UnknownIssuer"),
        (Issuer::start_with_wrong_name().unwrap(), "not valid for name"),
    ] {
        let error = fetch(&issuer).err().unwrap().to_string();
        assert!(error.contains(refusal), "{error}");
        issuer.wait_for_connections(1).unwrap();
        assert_eq!(issuer.fetches(), 0);
    }
}

#[test]
fn goes_away_and_comes_back() {
    let mut issuer = Issuer::start().unwrap();
    let port = issuer.port();
    let mut client = Client::connect(&issuer, PATIENCE).unwrap();
    client.get().unwrap();
    for _ in 0..3 {
        issuer.stop_listening();
        let refused = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).err().unwrap();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        assert!(client.get().is_err());
        issuer.listen_again().unwrap();
        client = Client::connect(&issuer, PATIENCE).unwrap();
        client.get().unwrap();
    }
    assert_eq!((issuer.port(), issuer.fetches()), (port, 4));
}

#[test]
fn ends_with_a_request_that_hangs() {
    let issuer = Issuer::start().unwrap();
    issuer.serve(Answer::Hang);
    let mut client = Client::connect(&issuer, PATIENCE).unwrap();
    client.send("GET /keys").unwrap();
    issuer.wait_for_fetches(1).unwrap();
    drop(issuer);
    assert_eq!(client.receive().err().unwrap().kind(), std::io::ErrorKind::UnexpectedEof);
}
