//! Bounds for the cost of the gate in Envoy, compared with other filters.

use crate::ratios::{Bound, beside, bound};

/// The bounds, and what tells how far they can be met.
pub(crate) const BOUNDS: [Bound; 27] = [
    bound(
        "the module, token and address / api_key_auth and rbac that edit the same",
        "module",
        "api-key-rbac-edits",
        1.5,
    ),
    bound(
        "the module on a public path / api_key_auth and rbac that edit the same",
        "module-public",
        "api-key-rbac-edits",
        0.5,
    ),
    bound("the module, token and address / lua that edits the same", "module", "lua-edits", 0.7),
    cached(
        "the module, HS256 cached / jwt_authn cached",
        "module-hs256-cached",
        "jwt-authn-hs256-cached",
    ),
    cached(
        "the module, RS256 cached / jwt_authn cached",
        "module-rs256-cached",
        "jwt-authn-rs256-cached",
    ),
    cached(
        "the module, ES256 cached / jwt_authn cached",
        "module-es256-cached",
        "jwt-authn-es256-cached",
    ),
    uncached(
        "the module, HS256 uncached / jwt_authn uncached",
        "module-hs256-uncached",
        "jwt-authn-hs256-uncached",
    ),
    uncached(
        "the module, RS256 uncached / jwt_authn uncached",
        "module-rs256-uncached",
        "jwt-authn-rs256-uncached",
    ),
    uncached(
        "the module, ES256 uncached / jwt_authn uncached",
        "module-es256-uncached",
        "jwt-authn-es256-uncached",
    ),
    bound("the module, denied with its audit line / allowed", "module-denied", "module", 2.0),
    beside("the module, token and address / the gate in wasm", "module", "gate"),
    bound("the gate on a public path / no-op wasm", "gate-public", "noop", 1.3),
    bound("the gate, token and address / no-op wasm", "gate", "noop", 1.9),
    bound("the gate, token and address / api_key_auth and rbac", "gate", "api-key-rbac", 2.0),
    bound("the gate, token and address / lua", "gate", "lua", 1.3),
    bound("the gate, token and address / ext_authz over HTTP", "gate", "ext-authz", 0.15),
    bound(
        "the gate, HS256 cached / jwt_authn, HS256 uncached",
        "gate-hs256-cached",
        "jwt-authn-hs256-uncached",
        0.5,
    ),
    bound(
        "the gate, RS256 uncached / jwt_authn, RS256 uncached",
        "gate-rs256-uncached",
        "jwt-authn-rs256-uncached",
        1.5,
    ),
    bound("the gate, 10,000 rules / 1", "gate-10k-rules", "gate", 1.1),
    bound("the gate, 1,000,000 networks / 1", "gate-1m-networks", "gate", 1.1),
    bound("the gate, 10,000 keys / 1", "gate-10k-keys", "gate-1-key", 1.1),
    beside("a public path's host calls alone / no-op wasm", "calls-public", "noop"),
    beside("the gate on a public path / its host calls alone", "gate-public", "calls-public"),
    beside("an allowed request's host calls alone / no-op wasm", "calls-allowed", "noop"),
    bound("the gate, token and address / its host calls alone", "gate", "calls-allowed", 1.25),
    beside("the gate, the check alone / lua", "gate-check", "lua"),
    beside("the gate, token and address / lua that edits the same", "gate", "lua-edits"),
];

const fn cached(what: &'static str, arm: &'static str, to: &'static str) -> Bound {
    bound(what, arm, to, 1.5)
}

const fn uncached(what: &'static str, arm: &'static str, to: &'static str) -> Bound {
    bound(what, arm, to, 1.0)
}
