//! A secret's value appears nowhere that somebody reads: not in the gate's own lines at trace
//! level, not in Envoy's configuration dump, statistics and access log.

use wicketgate_host_tests::envoy::{Setup, edit, is_of_the_gate};

use crate::common::{BEARER, PROOF, TOKEN, WRONG, get, policy, setup, with_secrets};

/// Everything that shows something of a gate after it has served all kinds of requests.
struct Shown {
    /// The lines of Envoy's log that the gate wrote. Envoy's own lines at trace level show each
    /// client's raw headers, tokens included: that is Envoy's, and nothing a filter can prevent.
    gate_lines: String,
    /// Envoy's own lines.
    envoy_lines: String,
    pages: Vec<(&'static str, String)>,
    access_log: String,
}

fn shown(setup: &Setup) -> Shown {
    let gate = setup.start().unwrap();
    let bearer = format!("Bearer {BEARER}");
    for request in [
        get("/internal/a", &[("x-internal-token", TOKEN)]),
        get("/internal/a", &[("x-internal-token", WRONG)]),
        get("/internal/a", &[("x-internal-token", TOKEN), ("x-internal-token", TOKEN)]),
        get("/internal/a", &[("x-internal-token", &format!("{TOKEN},{TOKEN}"))]),
        // Allowed: Envoy trims the space.
        get("/internal/a", &[("x-internal-token", &format!("{TOKEN} "))]),
        get("/internal/a", &[("x-internal-token", &format!("{TOKEN}\u{ff}"))]),
        get("/internal/a", &[("authorization", &bearer)]),
        get(&format!("/internal/a?token={TOKEN}"), &[]),
        get(&format!("/internal/a?x-internal-token={TOKEN}"), &[]),
        get("/internal/a", &[]),
        get("/office/a", &[("x-internal-token", TOKEN)]),
        get("/portal/a", &[("authorization", &bearer), ("x-user-id", "u-17")]),
        get("/portal/a", &[("authorization", &bearer), ("x-user-id", "u-17, u-18")]),
        get("/portal/a", &[("authorization", BEARER)]),
        get("/portal/a", &[("x-internal-token", TOKEN)]),
        get("/public", &[("x-internal-token", TOKEN), ("x-origin-proof", PROOF)]),
    ] {
        gate.ask(&request).unwrap();
    }
    let mut proofs = gate.origin.take();
    proofs.retain(|message| message.values("x-origin-proof") == [PROOF]);
    assert_eq!(proofs.len(), 3, "allowed requests, and no other, carry the proof: {proofs:?}");
    let page = |path| (path, gate.proxy.page(path).unwrap());
    let pages = [
        "/config_dump?include_eds",
        "/stats",
        "/stats/prometheus",
        "/server_info",
        "/clusters",
        "/listeners",
    ]
    .map(page)
    .into();
    let remains = gate.stop();
    let (gate_lines, envoy_lines): (Vec<_>, Vec<_>) =
        remains.log.lines().partition(|line| is_of_the_gate(line));
    Shown {
        gate_lines: gate_lines.join("\n"),
        envoy_lines: envoy_lines.join("\n"),
        pages,
        access_log: remains.access_log,
    }
}

impl Shown {
    fn places(&self) -> Vec<(&str, &str)> {
        let pages = self.pages.iter().map(|(name, text)| (*name, text.as_str()));
        [("the gate's lines", &*self.gate_lines), ("the access log", &*self.access_log)]
            .into_iter()
            .chain(pages)
            .collect()
    }

    /// The places where `text` is found, also any eight characters of it, because half a secret is
    /// a leak too.
    fn find(&self, text: &str) -> Vec<&str> {
        let pieces = || (0..=text.len() - 8).map(|at| &text[at..at + 8]);
        let holds = |(_, shown): &(&str, &str)| pieces().any(|piece| shown.contains(piece));
        self.places().into_iter().filter(holds).map(|(name, _)| name).collect()
    }
}

#[test]
fn no_secret_is_shown_at_trace_level() {
    for levels in [
        &["-l", "trace"][..],
        &[
            "-l",
            "warning",
            "--component-log-level",
            "wasm:trace,dynamic_modules:trace,http:trace,filter:trace",
        ],
    ] {
        let shown = shown(&setup().levels(levels));
        assert_eq!(shown.gate_lines.matches("wicketgate.decision\":\"allow").count(), 3);
        for secret in [TOKEN, BEARER, PROOF, WRONG] {
            assert!(shown.find(secret).is_empty(), "{secret} in {:?}", shown.find(secret));
        }
        // The same search finds what is no secret: names of variables in the configuration, the
        // caller in the gate's lines, a path in the access log.
        assert!(shown.find("CRON_TOKEN").contains(&"/config_dump?include_eds"));
        assert!(shown.find("\"user.id\":\"portal\"").contains(&"the gate's lines"));
        assert!(shown.find("wicketgate_decisions_total").contains(&"/stats/prometheus"));
        assert!(shown.find("/internal/a").contains(&"the access log"));
        // And Envoy did log at that level.
        assert!(shown.envoy_lines.contains(TOKEN), "Envoy's own lines show raw headers");
    }
}

#[test]
fn a_secret_put_where_the_configuration_is_shown_is_found() {
    let mut policy = policy();
    policy["name"] = "gt7vqx2mzb9k".into();
    let shown = shown(&with_secrets(&policy).edit(|config| {
        edit::manager(config)["stat_prefix"] = TOKEN.into();
    }));
    assert!(shown.find(TOKEN).contains(&"/config_dump?include_eds"));
    assert!(shown.find(TOKEN).contains(&"/stats"));
    assert!(shown.find("gt7vqx2mzb9k").contains(&"the gate's lines"));
}

#[test]
fn a_refused_policy_does_not_show_the_secret() {
    // Too weak to be one: the gate has to say so without saying what it is.
    let weak = "hunter2-hunter2";
    let log = setup().secret("CRON_TOKEN", weak).refused().unwrap();
    assert!(log.contains("CRON_TOKEN"), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
}
