//! Warnings about what the hosts make of a policy: headers that they refuse, addresses that they
//! can't read, and bounds.

use wicketgate_policy::Fault;

use super::code::{Code, Warnings, items};
use crate::document::Tree;
use crate::render::MAX_VARIABLE;

/// Warns of headers with an underscore, of addresses without keys, of clocks that must agree to the
/// millisecond, and of a policy that is too long for a variable of a Worker.
pub(super) fn warn(tree: &Tree, warnings: &mut Warnings<'_>) {
    headers(tree, warnings);
    for caller in tree.get("callers").map(Tree::members).unwrap_or_default() {
        let Some(jwt) = caller.value.get("jwt") else { continue };
        let at = Fault::member("callers", &caller.name) + ".jwt";
        keys(jwt, &at, warnings);
        if jwt.get("leeway").is_none() {
            warnings.add(
                Code::NoLeeway,
                at,
                format!(
                    "without `leeway` a new token of `{}` is refused where the issuer's clock is ahead, be it by a second",
                    caller.name
                ),
                "`\"leeway\": \"30s\"`",
            );
        }
    }
    let bytes = tree.to_json().len();
    if bytes > MAX_VARIABLE {
        warnings.add(
            Code::WorkerBound,
            "",
            format!(
                "on Cloudflare a variable holds at most 5 KB, and this policy takes {bytes} bytes without blanks"
            ),
            "`wicketgate render wrangler`, which puts such a policy into the Worker itself",
        );
    }
}

fn headers(tree: &Tree, warnings: &mut Warnings<'_>) {
    let mut sent: Vec<(String, &str)> = Vec::new();
    for caller in tree.get("callers").map(Tree::members).unwrap_or_default() {
        let at = Fault::member("callers", &caller.name);
        for kind in ["token", "jwt"] {
            let header = caller.value.get(kind).and_then(|kind| kind.text_of("header"));
            sent.extend(header.map(|header| (format!("{at}.{kind}.header"), header)));
        }
    }
    for (index, header) in items(tree, "identity_headers") {
        sent.extend(header.text().map(|header| (format!("identity_headers[{index}]"), header)));
    }
    let envoy = tree.get("client_address").and_then(|address| address.get("envoy"));
    let from = envoy.and_then(|envoy| envoy.text_of("from"));
    sent.extend(from.map(|header| ("client_address.envoy.from".to_owned(), header)));
    for (at, header) in sent.into_iter().filter(|(_, header)| header.contains('_')) {
        warnings.add(
            Code::HeaderRefused,
            at,
            "a header with `_` in its name does not arrive: the hardened Envoy answers 400 to it, and nginx drops it",
            format!(
                "`{}`, or in envoy.yaml `headers_with_underscores_action: ALLOW`",
                header.to_ascii_lowercase().replace('_', "-")
            ),
        );
    }
    let forward = tree.get("forward");
    let caller = forward.and_then(|forward| forward.text_of("caller_header"));
    let proof = forward.and_then(|forward| forward.get("proof")?.text_of("header"));
    for (at, header) in [("forward.caller_header", caller), ("forward.proof.header", proof)] {
        let Some(header) = header.filter(|header| header.contains('_')) else { continue };
        warnings.add(
            Code::HeaderRefused,
            at,
            "nginx, gunicorn and other servers drop a header with `_` in its name",
            format!("`{}`", header.to_ascii_lowercase().replace('_', "-")),
        );
    }
}

fn keys(jwt: &Tree, at: &str, warnings: &mut Warnings<'_>) {
    let Some(uri) = jwt.get("keys").and_then(|keys| keys.text_of("jwks_uri")) else { return };
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let host = path.split("://").nth(1).unwrap_or_default().split(['/', ':']).next();
    let is_description =
        ["/openid-configuration", "/oauth-authorization-server", "/openid-federation"]
            .iter()
            .any(|end| path.trim_end_matches('/').ends_with(end));
    if is_description {
        warnings.add(
            Code::KeysAbsent,
            format!("{at}.keys.jwks_uri"),
            "this address describes the issuer and holds no keys: every token would be refused with `jwks_malformed`",
            format!("the `jwks_uri` that it names: `curl -s {path} | grep -o '\"jwks_uri\"[^,]*'`"),
        );
    } else if host.is_some_and(|host| host.starts_with("kubernetes.default")) {
        warnings.add(
            Code::KeysAbsent,
            format!("{at}.keys.jwks_uri"),
            "the API server shows its keys to those who bring a token, and the gate brings none",
            "`jwks_env` with what `kubectl get --raw /openid/v1/jwks` prints",
        );
    }
}
