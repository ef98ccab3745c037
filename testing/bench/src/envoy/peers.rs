//! Envoy's other filters for the same purpose, set up to check the same.

use serde_json::{Value, json};

use super::config::{SERVICE, filter};

/// `rbac`: the address.
pub(super) fn rbac() -> Value {
    let here = json!({ "direct_remote_ip": { "address_prefix": "127.0.0.0", "prefix_len": 24 } });
    filter(
        "rbac.v3.RBAC",
        json!({ "rules": { "action": "ALLOW", "policies": { "here": {
            "permissions": [{ "any": true }], "principals": [here],
        }}}}),
    )
}

/// `api_key_auth`: the token. With `edits` the origin gets the caller in place of the token.
pub(super) fn api_key(token: &str, edits: bool) -> Value {
    let mut config = json!({
        "credentials": [{ "key": token, "client": "cron" }],
        "key_sources": [{ "header": "x-internal-token" }],
    });
    if edits {
        config["forwarding"] = json!({ "header": "x-caller", "hide_credentials": true });
    }
    filter("api_key_auth.v3.ApiKeyAuth", config)
}

/// `lua`: both.
pub(super) fn lua(token: &str, edits: bool) -> Value {
    let after = if edits {
        "headers:remove(\"x-internal-token\")\n  headers:replace(\"x-caller\", \"cron\")\n"
    } else {
        ""
    };
    let code = format!(
        "local token = \"{token}\"\n\
         function envoy_on_request(handle)\n\
         \x20 local headers = handle:headers()\n\
         \x20 if string.sub(headers:get(\":path\"), 1, 10) ~= \"/internal/\" then return end\n\
         \x20 local peer = handle:streamInfo():downstreamDirectRemoteAddress()\n\
         \x20 if headers:get(\"x-internal-token\") ~= token or string.sub(peer, 1, 8) ~= \"127.0.0.\" then\n\
         \x20   handle:respond({{[\":status\"] = \"403\"}}, \"Forbidden\")\n\
         \x20   return\n\
         \x20 end\n  {after}end\n"
    );
    filter("lua.v3.Lua", json!({ "default_source_code": { "inline_string": code } }))
}

/// `jwt_authn`, with a cache or without.
pub(super) fn jwt_authn(jwks: &str, cached: bool) -> Value {
    let mut provider = json!({
        "issuer": "https://issuer.example", "audiences": ["gate"],
        "local_jwks": { "inline_string": jwks },
    });
    if cached {
        provider["jwt_cache_config"] = json!({ "jwt_cache_size": 512 });
    }
    filter(
        "jwt_authn.v3.JwtAuthentication",
        json!({
            "providers": { "issuer": provider },
            "rules": [{ "match": { "prefix": "/internal/" }, "requires": { "provider_name": "issuer" } }],
        }),
    )
}

/// `ext_authz` over HTTP: a service that checks both.
pub(super) fn ext_authz() -> Value {
    filter(
        "ext_authz.v3.ExtAuthz",
        json!({
            "http_service": { "server_uri": {
                "uri": "http://service.example", "cluster": SERVICE, "timeout": "5s",
            }},
            "allowed_headers": { "patterns": [
                { "exact": "x-internal-token" }, { "exact": "x-envoy-external-address" },
            ]},
        }),
    )
}
