//! An issuer of signed tokens, with an address that its keys are fetched from: a real server, over
//! TLS or without, that can be slow, wrong, hostile or away.

mod answer;
mod certificates;
mod keys;
mod pem;
mod request;
mod server;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use serde_json::{Value, json};

pub use answer::Answer;
pub use keys::Algorithm;
pub use request::Request;

use certificates::Certificate;
use keys::Key;
use server::{PATH, Server};

/// The issuer. It starts without keys and answers [`Answer::Keys`]. Dropping it ends its threads.
pub struct Issuer {
    server: Server,
    scheme: &'static str,
    ca_pem: String,
    current: Vec<Key>,
    removed: Vec<Key>,
    made: usize,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Private keys stay out of it.
        f.debug_struct("Issuer").field("jwks_uri", &self.jwks_uri()).finish_non_exhaustive()
    }
}

impl Issuer {
    /// Starts it over TLS on a free port of 127.0.0.1, with a certificate for `localhost`,
    /// `issuer.example` and 127.0.0.1 of [`Self::ca_pem`].
    pub fn start() -> Result<Self> {
        Self::over_tls(Certificate::Good)
    }

    /// The same with a certificate of another authority than [`Self::ca_pem`].
    pub fn start_with_foreign_certificate() -> Result<Self> {
        Self::over_tls(Certificate::Foreign)
    }

    /// The same with a certificate of [`Self::ca_pem`] for `elsewhere.example`.
    pub fn start_with_wrong_name() -> Result<Self> {
        Self::over_tls(Certificate::OtherName)
    }

    /// Starts it without TLS. Nothing it serves is signed by [`Self::ca_pem`], which is empty.
    pub fn start_plain() -> Result<Self> {
        Ok(Self::new(Server::start(None)?, "http", String::new()))
    }

    fn over_tls(certificate: Certificate) -> Result<Self> {
        let (config, ca_pem) = certificates::made(certificate)?;
        Ok(Self::new(Server::start(Some(config))?, "https", ca_pem))
    }

    fn new(server: Server, scheme: &'static str, ca_pem: String) -> Self {
        Self { server, scheme, ca_pem, current: Vec::new(), removed: Vec::new(), made: 0 }
    }

    /// The authority that a client of this issuer trusts, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Its port, which stays the same while it is away.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The `iss` of its tokens.
    pub fn issuer(&self) -> &'static str {
        "https://issuer.example"
    }

    /// The address of its keys, on `localhost`.
    pub fn jwks_uri(&self) -> String {
        self.jwks_uri_at("localhost")
    }

    /// The address of its keys, on another name of its certificate.
    pub fn jwks_uri_at(&self, host: &str) -> String {
        format!("{}://{host}:{}{PATH}", self.scheme, self.port())
    }

    /// Answers requests for the keys so from now on, those that wait as well.
    pub fn serve(&self, answer: Answer) {
        self.server.serve(answer);
    }

    /// Goes away: ends every connection, and refuses others until [`Self::listen_again`].
    pub fn stop_listening(&mut self) {
        self.server.stop();
    }

    /// Comes back, on the same port.
    pub fn listen_again(&mut self) -> Result<()> {
        self.server.listen()
    }

    /// The number of requests for the keys since the start, answered or not.
    pub fn fetches(&self) -> usize {
        self.server.state().fetches
    }

    /// Waits until so many requests for the keys have arrived since the start; fails after ten
    /// seconds.
    pub fn wait_for_fetches(&self, count: usize) -> Result<()> {
        self.server.wait("a fetch of keys", PATIENCE, |state| state.fetches >= count)
    }

    /// The number of connections that it has accepted since the start, whatever became of them.
    pub fn connections(&self) -> usize {
        self.server.state().accepted
    }

    /// Waits until it has accepted so many connections since the start; fails after ten seconds.
    pub fn wait_for_connections(&self, count: usize) -> Result<()> {
        self.server.wait("a connection", PATIENCE, |state| state.accepted >= count)
    }

    /// Every request since the start, those for other paths or with other methods too.
    pub fn requests(&self) -> Vec<Request> {
        self.server.state().requests.clone()
    }

    /// Makes a key and serves it. Returns its id, such as `es256-1`.
    pub fn add_key(&mut self, algorithm: Algorithm) -> String {
        let id = self.next_id(algorithm);
        self.add_key_named(algorithm, &id);
        id
    }

    /// Makes a key with this id, which may have been another key's before, and serves it.
    pub fn add_key_named(&mut self, algorithm: Algorithm, id: &str) {
        self.current.push(Key::new(algorithm, id.to_owned()));
        self.publish();
    }

    /// Serves the keys of this id no more. They can still sign.
    pub fn remove_key(&mut self, id: &str) {
        self.removed.extend(self.current.extract_if(.., |key| key.id() == id));
        self.publish();
    }

    /// Replaces every key by a new one for the same algorithm. Returns the new ids.
    pub fn rotate(&mut self) -> Vec<String> {
        let old = std::mem::take(&mut self.current);
        for algorithm in old.iter().map(Key::algorithm) {
            let id = self.next_id(algorithm);
            self.current.push(Key::new(algorithm, id));
        }
        self.removed.extend(old);
        // At once: nobody is served half of the new set.
        self.publish();
        self.current.iter().map(|key| key.id().to_owned()).collect()
    }

    /// A token with these claims, signed by the key of this id: `alg`, `kid` and `typ` are right.
    ///
    /// # Panics
    /// If there has never been such a key.
    pub fn sign(&self, id: &str, claims: &Value) -> String {
        let alg = self.key(id).algorithm().name();
        self.sign_with_header(id, &json!({ "alg": alg, "kid": id, "typ": "JWT" }), claims)
    }

    /// A token with this header, whatever it says, signed by the key of this id.
    ///
    /// # Panics
    /// If there has never been such a key.
    pub fn sign_with_header(&self, id: &str, header: &Value, claims: &Value) -> String {
        self.sign_raw(id, header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// A token of a header and a payload as they are written, signed by the key of this id.
    ///
    /// # Panics
    /// If there has never been such a key.
    pub fn sign_raw(&self, id: &str, header: &[u8], payload: &[u8]) -> String {
        keys::compact(self.key(id), header, payload)
    }

    /// The public key of this id in PEM (`SubjectPublicKeyInfo`).
    ///
    /// # Panics
    /// If there has never been such a key.
    pub fn public_pem(&self, id: &str) -> String {
        self.key(id).public_pem()
    }

    /// A token that pretends: with this header and a MAC by the *text* of the public key of this
    /// id, which whoever takes a public key for a secret would find to be right (RFC 8725,
    /// section 2.1).
    ///
    /// # Panics
    /// If there has never been such a key.
    pub fn confuse(&self, id: &str, header: &Value, claims: &Value) -> String {
        keys::mac(self.public_pem(id).as_bytes(), header, claims)
    }

    /// Makes a key with this id that is served to nobody. It can sign.
    pub fn add_key_unserved(&mut self, algorithm: Algorithm, id: &str) {
        self.removed.push(Key::new(algorithm, id.to_owned()));
    }

    /// Claims that hold for ten minutes from now, for the audience `gate` and the subject `cron`,
    /// with the members of `other` instead: `null` leaves one out.
    pub fn claims(&self, other: &Value) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let mut claims = json!({
            "iss": self.issuer(), "aud": "gate", "sub": "cron", "iat": now, "exp": now + 600,
        });
        for (name, value) in other.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        if let Some(members) = claims.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        claims
    }

    fn next_id(&mut self, algorithm: Algorithm) -> String {
        self.made += 1;
        format!("{}-{}", algorithm.name().to_lowercase(), self.made)
    }

    /// The newest key of an id; a removed one only if no other has it.
    fn key(&self, id: &str) -> &Key {
        let mut keys = self.removed.iter().chain(&self.current).rev();
        keys.find(|key| key.id() == id).unwrap_or_else(|| panic!("no key `{id}`"))
    }

    fn publish(&self) {
        self.server.state().jwks = self.current.iter().map(Key::jwk).collect();
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
