//! Every way to hold a token wrongly has a reason of its own in the audit line, and the client
//! can't tell one from another.

use wicketgate_host_tests::envoy::{Gate, Setup, edit};
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_runtime::http::{Request, Response};

use crate::common::{BEARER, TOKEN, WRONG, comparable, get, setup};

const HEADER: &str = "X-Internal-Token";

/// Requests for `/internal/run`, and the reason for which each is denied.
fn rows() -> Vec<(Request, &'static str)> {
    let one = |value: &str| get("/internal/run", &[(HEADER, value)]);
    let two = |a: &str, b: &str| get("/internal/run", &[(HEADER, a), (HEADER, b)]);
    let long = "x".repeat(64 * 1024);
    let (start, end) = TOKEN.split_at(20);
    vec![
        (get("/internal/run", &[]), "credential_missing"),
        (one(""), "credential_empty"),
        (one("   "), "credential_empty"),
        (one(WRONG), "credential_unknown"),
        (one(start), "credential_unknown"),
        (one(&format!("{TOKEN}x")), "credential_unknown"),
        (one(&TOKEN.to_lowercase()), "credential_unknown"),
        (one(&format!("Bearer {TOKEN}")), "credential_malformed"),
        (two(TOKEN, TOKEN), "credential_duplicate"),
        (two(TOKEN, ""), "credential_duplicate"),
        (two("", TOKEN), "credential_duplicate"),
        (two(WRONG, TOKEN), "credential_duplicate"),
        (
            get("/internal/run", &[(HEADER, WRONG), ("x-internal-TOKEN", TOKEN)]),
            "credential_duplicate",
        ),
        (one(&format!("{TOKEN}, {WRONG}")), "credential_list"),
        (one(&format!("{TOKEN},")), "credential_list"),
        (one(&long), "credential_too_long"),
        (one(&format!("{TOKEN}{long}")), "credential_too_long"),
        (one(&format!("{TOKEN}\u{ff}")), "credential_malformed"),
        (one("\u{ff}\u{fe}"), "credential_malformed"),
        (one(&format!("{start}\t{end}")), "credential_malformed"),
        // Envoy joins a folded line with a space in between.
        (one(&format!("{start}\r\n {end}")), "credential_malformed"),
        (one(&format!("{WRONG}\r\n {TOKEN}")), "credential_malformed"),
        (get(&format!("/internal/run?token={TOKEN}"), &[]), "credential_in_query"),
        (get(&format!("/internal/run?x-internal-token={TOKEN}"), &[]), "credential_in_query"),
        (
            get("/internal/run", &[("authorization", &format!("Bearer {TOKEN}"))]),
            "credential_wrong_header",
        ),
        (
            get("/internal/run", &[("authorization", &format!("Bearer {BEARER}"))]),
            "credential_wrong_header",
        ),
        (get("/internal/run", &[("cookie", &format!("token={TOKEN}"))]), "credential_missing"),
    ]
}

/// With room for a header of 64 KB.
fn roomy(setup: Setup, manager: Manager) -> Gate {
    let roomy = setup.manager(manager).edit(|config| {
        edit::manager(config)["max_request_headers_kb"] = 512.into();
    });
    roomy.start().unwrap()
}

fn all_the_same(gate: &mut Gate, rows: Vec<(Request, &str)>) {
    let mut first: Option<Response> = None;
    for (request, reason) in rows {
        let shown = String::from_utf8_lossy(&request.to_bytes()).chars().take(200).collect();
        let shown: String = shown;
        let (response, given) = gate.denied(&request).unwrap();
        assert_eq!(given, reason, "{shown}");
        let response = comparable(response);
        assert_eq!(response.status, 403, "{shown}");
        assert_eq!(response.text(), r#"{"detail":"Invalid internal token"}"#, "{shown}");
        assert_eq!(first.get_or_insert_with(|| response.clone()), &response, "{shown}");
    }
}

#[test]
fn each_has_its_reason_and_all_have_one_answer() {
    for manager in [Manager::EnvoyDefaults, Manager::Hardened] {
        let mut gate = roomy(setup(), manager);
        all_the_same(&mut gate, rows());
        let allowed = gate.passed(&get("/internal/run", &[(HEADER, TOKEN)])).unwrap();
        assert_eq!(allowed.values("x-caller"), ["cron"]);
        assert!(!allowed.holds(TOKEN) && allowed.values("x-internal-token").is_empty());
    }
}

#[test]
fn an_underscore_is_another_name() {
    let mut gate = setup().manager(Manager::EnvoyDefaults).start().unwrap();
    for name in ["X_Internal_Token", "x_internal-token", "x.internal.token"] {
        let (_, reason) = gate.denied(&get("/internal/run", &[(name, TOKEN)])).unwrap();
        assert_eq!(reason, "credential_wrong_header", "{name}");
        // Beside the right one it changes nothing, and does not reach the origin.
        let both = get("/internal/run", &[(name, WRONG), (HEADER, TOKEN)]);
        let passed = gate.passed(&both).unwrap();
        assert!(!passed.holds(WRONG), "{name}: {passed:?}");
        gate.decisions(1).unwrap();
    }
}

#[test]
fn a_lone_carriage_return_makes_no_token() {
    let gate = setup().manager(Manager::EnvoyDefaults).start().unwrap();
    let (start, end) = TOKEN.split_at(20);
    // Envoy takes a lone carriage return out of a value, or refuses the request; it never
    // becomes a second header. What is left is the token or it is not: the origin, at any rate,
    // sees what the gate has judged.
    for value in [format!("\r{TOKEN}"), format!("{start}\r{end}"), format!("{WRONG}\rX-Caller: me")]
    {
        let response = gate.ask(&get("/internal/run", &[(HEADER, &value)])).unwrap();
        let received = gate.origin.take();
        match response.status {
            200 => assert_eq!(received[0].values("x-caller"), ["cron"], "{received:?}"),
            400 | 403 => assert!(received.is_empty(), "{received:?}"),
            other => panic!("{other} for {value:?}"),
        }
    }
    gate.untouched().unwrap();
}
