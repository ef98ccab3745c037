//! Policies that both sides are asked about: a stack each, and patterns that nest, cross and end in
//! every way.

use wicketgate_spec::{Gate, Rule};

use crate::core::Core;

/// A policy, as the specification has it and as the core does.
pub struct Subject {
    /// Its special feature.
    pub name: &'static str,
    /// For the specification.
    pub gate: Gate,
    /// For the core.
    pub core: Core,
    /// Hosts to ask for.
    pub hosts: &'static [&'static str],
}

/// Every policy.
#[must_use]
pub fn subjects() -> Vec<Subject> {
    let paths = [
        ("/internal/*", ""),
        ("/api/dashboard/latest-runs", ""),
        ("/balance/{user_id}", ""),
        ("/balance/admin", ""),
    ];
    let pages = [
        ("/account /account/settings", ""),
        ("/internal/*", ""),
        ("/_actions/like", ""),
        ("/shop/item/{id}", "other.example"),
    ];
    vec![
        subject("no stack", None, &[], &[], &paths),
        subject("fastapi", Some("fastapi"), &["/api/v2", "/svc"], &[], &paths),
        subject("nextjs", Some("nextjs"), &["/docs"], &["en", "de-CH"], &paths),
        subject("django", Some("django"), &["/api"], &[], &paths),
        subject("symfony", Some("symfony"), &[], &["en"], &paths),
        subject("rails", Some("rails"), &[], &["de"], &paths),
        subject("astro", Some("astro"), &["/docs"], &[], &pages),
        subject("nuxt", Some("nuxt"), &["/docs"], &["en"], &pages),
        subject("react-router", Some("react-router"), &["/docs"], &[], &pages),
        subject("sveltekit", Some("sveltekit"), &["/docs"], &[], &pages),
        subject(
            "fastify",
            Some("fastify"),
            &["/v1"],
            &[],
            &[
                ("/a/{x}/z", ""),
                ("/{y}/b/*", ""),
                ("/c/{x}/{y}", ""),
                ("/Mixed/{id}/", ""),
                ("/tasks/k-s_1/*", ""),
            ],
        ),
        subject(
            "crossing",
            Some("express"),
            &[],
            &[],
            &[("/a/{x}", ""), ("/{y}/b", ""), ("/a/b/*", ""), ("/jobs /jobs/", ""), ("/c/*", "")],
        ),
        subject(
            "hosts",
            Some("flask"),
            &["/m"],
            &[],
            &[
                ("/internal/*", "one.example"),
                ("/internal/health", "two.example"),
                ("/internal/{x}/deep", "one.example two.example"),
                ("/", ""),
            ],
        ),
        subject(
            "wildcards",
            Some("flask"),
            &["/m"],
            &[],
            &[
                ("/internal/*", "*.example"),
                ("/internal/health", "two.example"),
                ("/internal/{x}/deep", "two.example *.one.example"),
                ("/balance/{id}", "*.one.example"),
            ],
        ),
    ]
}

fn subject(
    name: &'static str,
    stack: Option<&str>,
    mounts: &[&str],
    locales: &[&str],
    rules: &[(&str, &str)],
) -> Subject {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let rules =
        rules.iter().map(|(paths, hosts)| Rule { paths: words(paths), hosts: words(hosts) });
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    let gate = Gate {
        rules: rules.collect(),
        stack: stack.map(str::to_owned),
        mounts: owned(mounts),
        locales: owned(locales),
    };
    let named = gate.rules.iter().any(|rule| !rule.hosts.is_empty());
    let hosts: &[&str] = if named {
        &["one.example", "two.example", "other.example", "x.one.example"]
    } else {
        &["app.example"]
    };
    Subject { name, core: Core::of(&gate), gate, hosts }
}
