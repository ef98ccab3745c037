//! Envoy chooses a route before the gate runs, and chooses again after the gate's changes. So a
//! verified caller gets the route for that caller, and nobody else does by claiming to be the
//! caller.

use serde_json::{Value, json};
use wicketgate_host_tests::envoy::edit;
use wicketgate_runtime::envoy_config::Manager;

use crate::common::{TOKEN, WRONG, get, setup};

/// A route for the caller `cron`, told by a header that the origin sees.
fn route_by_caller(config: &mut Value) {
    let mut route = edit::routes(config)[0].clone();
    route["match"]["headers"] =
        json!([{ "name": "x-caller", "string_match": { "exact": "cron" } }]);
    route["request_headers_to_add"] =
        json!([{ "header": { "key": "x-route", "value": "for-cron" } }]);
    edit::routes(config).insert(0, route);
}

#[test]
fn the_route_for_a_caller_is_for_that_caller() {
    for manager in [Manager::EnvoyDefaults, Manager::Hardened] {
        let mut gate = setup().manager(manager).edit(route_by_caller).start().unwrap();
        let passed = gate.passed(&get("/internal/a", &[("x-internal-token", TOKEN)])).unwrap();
        assert_eq!(passed.values("x-route"), ["for-cron"]);
        assert_eq!(passed.values("x-caller"), ["cron"]);
        gate.decisions(1).unwrap();

        for name in ["x-caller", "X-Caller", "X-CALLER"] {
            let claimed = gate.passed(&get("/public", &[(name, "cron")])).unwrap();
            assert!(claimed.values("x-route").is_empty(), "{claimed:?}");
            assert!(claimed.values("x-caller").is_empty(), "{claimed:?}");
            let claim = [(name, "cron"), ("x-internal-token", WRONG)];
            let (_, reason) = gate.denied(&get("/internal/a", &claim)).unwrap();
            assert_eq!(reason, "credential_unknown");
        }
        // An authenticated caller has its own name, whatever it claims.
        let claim = [("x-internal-token", TOKEN), ("x-caller", "portal"), ("x-caller", "root")];
        let passed = gate.passed(&get("/internal/a", &claim)).unwrap();
        assert_eq!(passed.values("x-caller"), ["cron"]);
        assert_eq!(passed.values("x-route"), ["for-cron"]);
    }
}
