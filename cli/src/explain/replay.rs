//! Makes a request from an audit line, which should leave the same line.
//!
//! The line tells the result of checking the credential, and not the credential. So the request
//! gets one with the same result.

use wicketgate_policy::jwt::MAX_LEN;
use wicketgate_policy::{Environment, Host, Policy, Reason, Time};

use super::certificate;
use super::digests::{token_of, with_known_digests};
use super::line::Line;
use super::report::Report;
use super::request::Asked;
use crate::diagnostics::Diagnostic;
use crate::document::{Document, Tree};
use crate::policy::compile_with;
use crate::secrets;

/// A request that was made up, and its decision.
pub(super) struct Replay {
    pub(super) report: Report,
    pub(super) assumed: Vec<String>,
    /// The version of the policy that was asked.
    pub(super) version: String,
}

/// A token that no key matches.
const UNKNOWN: &str = "kq7Wm2ZrT9xVb4Nc8Lp1Hs6Yd3Gf5JuA-unknown";

/// Asks the policy again.
pub(super) fn replay(
    document: &Document,
    line: &Line,
    now: Time,
) -> Result<Replay, Vec<Diagnostic>> {
    let host = line.text("wicketgate.host").and_then(Host::parse).unwrap_or(Host::Envoy);
    let known = with_known_digests(document);
    let (own, document) = (document, known.as_ref().unwrap_or(document));
    // If the secret of a caller was absent, leave it out again.
    let absent = line.reason() == Some(Reason::CallerNotConfigured);
    let rule = line.text("rule.id");
    let policy = compile_with(document, |core, tree| environment(core, tree, host, absent, rule))?;
    let mut replay = Builder { line, document, policy: &policy, now, assumed: Vec::new() };
    let asked = replay.request(host);
    let assumed = replay.assumed;
    let mut report = Report::of(&policy, document, &asked, now);
    let mut version = policy.version().to_owned();
    if known.is_some() {
        let own = compile_with(own, |core, tree| secrets::made_up(core, tree, host))?;
        report.call_version(&version, own.version());
        version = own.version().to_owned();
    }
    Ok(Replay { report, assumed, version })
}

fn environment(
    core: &wicketgate_policy::Document,
    tree: &Tree,
    host: Host,
    absent: bool,
    rule: Option<&str>,
) -> Environment {
    let left_out: Vec<&str> = if absent {
        callers_of(tree, rule)
            .flat_map(|caller| keys(tree, caller))
            .filter_map(|key| key.text_of("env"))
            .chain(callers_of(tree, rule).filter_map(|caller| key_variable(tree, caller)))
            .collect()
    } else {
        Vec::new()
    };
    secrets::made_up_but(core, tree, host, &left_out)
}

/// The callers that a rule names, or without a rule, all callers.
fn callers_of<'t>(tree: &'t Tree, rule: Option<&str>) -> impl Iterator<Item = &'t str> {
    let rules = tree.get("rules").map(Tree::items).unwrap_or_default().iter();
    let rules = rules.filter(move |item| rule.is_none_or(|rule| item.text_of("id") == Some(rule)));
    rules
        .filter_map(|rule| rule.get("allow"))
        .flat_map(Tree::items)
        .filter_map(|alternative| alternative.text_of("caller"))
}

fn token<'t>(tree: &'t Tree, caller: &str) -> Option<&'t Tree> {
    tree.get("callers")?.get(caller)?.get("token")
}

fn jwt<'t>(tree: &'t Tree, caller: &str) -> Option<&'t Tree> {
    tree.get("callers")?.get(caller)?.get("jwt")
}

/// The variable with the keys for a caller's signed tokens.
fn key_variable<'t>(tree: &'t Tree, caller: &str) -> Option<&'t str> {
    let keys = jwt(tree, caller)?.get("keys")?;
    keys.text_of("jwks_env").or_else(|| keys.text_of("pem_env"))
}

fn keys<'t>(tree: &'t Tree, caller: &str) -> &'t [Tree] {
    token(tree, caller).and_then(|token| token.get("keys")).map(Tree::items).unwrap_or_default()
}

fn is_plain_host(host: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(byte);
    (1..120).contains(&host.len()) && host.iter().all(is_plain)
}

struct Builder<'b> {
    line: &'b Line,
    document: &'b Document,
    policy: &'b Policy,
    now: Time,
    assumed: Vec<String>,
}

impl Builder<'_> {
    fn request(&mut self, host: Host) -> Asked {
        let line = self.line;
        let mut asked = Asked {
            method: line.bytes("http.request.method").unwrap_or_default(),
            target: line.bytes("url.path").filter(|path| !path.is_empty()),
            authority: line.bytes("server.address"),
            peer: line.text("network.peer.address").map(str::to_owned),
            ..Asked::default()
        };
        // A value that was refused for its length is cut in the line.
        match line.reason() {
            Some(Reason::MalformedMethod) if asked.method.len() >= 32 => asked.method.push(b'x'),
            Some(Reason::MalformedAuthority) => {
                let authority = asked.authority.iter_mut().filter(|host| host.len() >= 120);
                authority.for_each(|host| host.extend_from_slice(&[b'x'; 256]));
                // If the authority is fine, a header named the part before the path.
                if asked.authority.as_deref().is_some_and(is_plain_host) {
                    asked.add_header("x-forwarded-host", "a/b");
                    self.assumed.push("an `x-forwarded-host` with a path in it".into());
                }
            }
            _ => {}
        }
        self.client(host, &mut asked);
        self.credential(&mut asked);
        if line.reason() == Some(Reason::UpgradeRefused) {
            asked.add_header("upgrade", "h2c");
            self.assumed.push("an upgrade to h2c".into());
        }
        self.handler(&mut asked);
        self.identity(&mut asked);
        if asked.target.as_ref().is_some_and(|path| path.len() >= 250) {
            self.assumed.push("a path that ends where the line cut it".into());
        }
        asked
    }

    /// Adds the header or parameter that named another handler. The line does not have it.
    fn handler(&mut self, asked: &mut Asked) {
        match self.line.reason() {
            Some(Reason::HandlerUnclear) => {
                let origin = self.document.tree.as_ref().and_then(|tree| tree.get("origin"));
                let stack = origin.and_then(|origin| origin.text_of("stack"));
                let is_router = stack == Some("react-router");
                asked.add_header(if is_router { "rsc-action-id" } else { "next-action" }, "x");
                self.assumed.push("a header that names an action".into());
            }
            Some(Reason::MethodOverrideNotAllowed) => {
                // Add more methods than are judged, which is refused whatever the rule allows.
                if let Some(target) = &mut asked.target {
                    let named =
                        (b'A'..=b'E').map(|method| format!("_method={}", char::from(method)));
                    target.push(b'?');
                    target.extend(named.collect::<Vec<_>>().join("&").into_bytes());
                }
                self.assumed.push("a query that names other methods".into());
            }
            _ => {}
        }
    }

    /// Puts the client's address where the policy reads it.
    fn client(&mut self, host: Host, asked: &mut Asked) {
        let Some(client) = self.line.text("client.address") else { return };
        let source = self.document.tree.as_ref().and_then(|tree| tree.get("client_address"));
        let from = match host {
            Host::Cloudflare => Some("cf-connecting-ip"),
            Host::Envoy => source
                .and_then(|source| source.get("envoy")?.text_of("from"))
                .filter(|from| !from.eq_ignore_ascii_case("peer")),
        };
        if let Some(from) = from {
            asked.add_header(from, client);
        }
    }

    fn credential(&mut self, asked: &mut Asked) {
        let (line, Some(tree)) = (self.line, &self.document.tree) else { return };
        let rule = line.text("rule.id");
        let key = line.text("wicketgate.credential.key_id");
        if let Some((certificate, assumed)) = certificate::of_line(line, tree) {
            asked.certificate = certificate;
            self.assumed.push(assumed);
            return;
        }
        if line.is_signed() && line.reason() != Some(Reason::JwtMalformed) {
            self.assumed.push("no credential in the place of the signed token".into());
            return;
        }
        if let Some(id) = key {
            let caller = line.text("wicketgate.caller").or_else(|| line.text("user.id"));
            let callers: Vec<&str> = match caller {
                Some(caller) => vec![caller],
                None => callers_of(tree, rule).collect(),
            };
            let found = callers.iter().find_map(|caller| {
                let key = keys(tree, caller).iter().find(|key| key.text_of("id") == Some(id))?;
                Some((*caller, key))
            });
            match found.and_then(|(caller, key)| Some((caller, token_of(key, tree)?))) {
                Some((caller, secret)) => {
                    self.add(caller, &secret, asked);
                    self.assumed.push(format!("the token of key `{id}` of `{caller}`"));
                }
                None => self.assumed.push(format!(
                    "nothing for key `{}`, which this policy does not have",
                    id.escape_debug()
                )),
            }
            return;
        }
        let has = |caller: &&str| {
            jwt(tree, caller).is_some() || !line.is_signed() && token(tree, caller).is_some()
        };
        let Some(caller) = callers_of(tree, rule).find(has) else { return };
        let value = match line.reason() {
            // Without any credential, its absence would be the reason before the network.
            Some(
                Reason::CredentialUnknown
                | Reason::CallerNotConfigured
                | Reason::JwtMalformed
                | Reason::NetworkNotAllowed,
            ) => UNKNOWN.to_owned(),
            Some(Reason::CredentialEmpty) => String::new(),
            Some(Reason::CredentialList) => {
                let (header, value) = self.carried(caller, UNKNOWN);
                asked.add_header(&header, format!("{value},{value}"));
                self.assumed.push("two credentials in one header".into());
                return;
            }
            Some(Reason::CredentialMalformed) => format!("{UNKNOWN}\u{1}"),
            // This is long enough for signed tokens too, which may be longer than others.
            Some(Reason::CredentialTooLong) => "x".repeat(MAX_LEN + 1),
            Some(Reason::CredentialDuplicate) => {
                self.add(caller, UNKNOWN, asked);
                UNKNOWN.to_owned()
            }
            Some(Reason::CredentialWrongScheme) => {
                let (header, _) = self.carried(caller, UNKNOWN);
                asked.add_header(&header, format!("Other {UNKNOWN}"));
                self.assumed.push("a credential of another scheme".into());
                return;
            }
            Some(Reason::CredentialInQuery) => {
                if let Some(target) = &mut asked.target {
                    target.extend_from_slice(b"?token=x");
                }
                self.assumed.push("a query with a credential".into());
                return;
            }
            Some(Reason::CredentialWrongHeader) => {
                let read: Vec<String> =
                    callers_of(tree, rule).map(|c| self.carried(c, "").0).collect();
                let usual = ["x-api-key", "authorization"];
                let other = usual.iter().find(|name| !read.iter().any(|read| read == *name));
                asked.add_header(other.unwrap_or(&"x-token"), UNKNOWN);
                self.assumed.push("a credential in another header".into());
                return;
            }
            Some(Reason::CallersDisagree) => {
                // Each rule's caller sends a token of its own.
                let mut headers: Vec<String> = Vec::new();
                for key in self.policy.keys(self.now) {
                    let known =
                        keys(tree, key.caller).iter().find(|k| k.text_of("id") == Some(key.id));
                    let token = known.and_then(|known| token_of(known, tree));
                    if let Some(token) = token
                        && key.standing.is_ok()
                        && !headers.contains(&key.header.to_owned())
                    {
                        headers.push(key.header.to_owned());
                        self.add(key.caller, &token, asked);
                    }
                }
                self.assumed.push("a good token in every header".into());
                return;
            }
            _ => return,
        };
        self.add(caller, &value, asked);
        self.assumed.push("a credential of which the same comes".into());
    }

    /// Adds an identity header that is passed, or one that can't be.
    fn identity(&mut self, asked: &mut Asked) {
        let passed = self.line.bytes("wicketgate.on_behalf_of");
        let names = self.document.tree.as_ref().and_then(|tree| tree.get("identity_headers"));
        let names = names.map(Tree::items).unwrap_or_default();
        let malformed = self.line.reason() == Some(Reason::IdentityMalformed);
        for name in names.iter().filter_map(Tree::text).take(if malformed { 64 } else { 1 }) {
            if malformed {
                asked.add_header(name, "");
                self.assumed.push(format!("an empty `{}`", name.escape_debug()));
            } else if let Some(passed) = &passed {
                asked.add_header(name, passed.clone());
            }
        }
    }

    /// The header with which a caller sends a secret: its name and its value.
    fn carried(&self, caller: &str, secret: &str) -> (String, String) {
        let token = self.document.tree.as_ref().and_then(|tree| token(tree, caller));
        let signed = token.is_none() || self.line.reason() == Some(Reason::JwtMalformed);
        let carried = self.policy.carry(caller, secret, signed);
        carried.map(|(header, value)| (header.to_owned(), value)).unwrap_or_default()
    }

    fn add(&self, caller: &str, secret: &str, asked: &mut Asked) {
        let (header, value) = self.carried(caller, secret);
        asked.add_header(&header, value);
    }
}
