//! `wicketgate routes --write` and `--check`: policies that say everything an application serves.

mod common;

use std::fs;

use common::{assert_snapshot, run};
use serde_json::Value;

/// Lists of real applications.
const LISTS: [[&str; 2]; 7] = [
    ["--openapi", "cli/tests/routes/signal-jobs.openapi.json"],
    ["--openapi", "cli/tests/routes/task-worker.openapi.json"],
    ["--flask", "cli/tests/routes/billing-services.flask.txt"],
    ["--nextjs", "cli/tests/routes/latest-runs.next"],
    ["--flask", "cli/tests/routes/attack.flask.txt"],
    ["--django", "cli/tests/routes/attack.django-dense.txt"],
    ["--nextjs", "cli/tests/routes/attack.next"],
];

#[test]
fn a_written_policy_knows_every_route() {
    let directory = tempfile::tempdir().unwrap();
    let mut all = String::new();
    for (number, [flag, file]) in LISTS.iter().enumerate() {
        let path = directory.path().join(format!("{number}.yaml"));
        let path = path.to_str().unwrap();
        let write = ["routes", "--write", path, flag, file];
        let ran = run(&write, &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{file}");
        assert!(ran.out.starts_with(path) && ran.out.contains("wicketgate check"), "{}", ran.out);
        let ran = run(&write, &[], b"");
        assert!(ran.code == 1 && ran.err.contains("is there already"), "{}", ran.err);

        let ran = run(&["check", "--deny-warnings", "--accept", "no-proof", path], &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{file}\n{}", ran.out);
        // A CI says nothing about it.
        let ran = run(&["routes", path, "--check", flag, file], &[], b"");
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""), "{file}");
        // The core agrees: what looks internal is guarded, and all else is public, by its method.
        let ran = run(&["routes", path, "--json", flag, file], &[], b"");
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        let rows = told["routes"].as_array().unwrap();
        assert!(rows.len() >= 8, "{file}");
        for row in rows {
            let internal = !row["looks_internal"].is_null();
            assert_eq!(row["guarded"], internal, "{file}\n{row}");
            assert_eq!(row["public"], !internal, "{file}\n{row}");
            assert!(!row["callers"].as_array().unwrap().is_empty(), "{file}\n{row}");
        }
        // What nobody named is denied.
        let nothing = ["explain", path, "--target", "/wicketgate/asks/for-this"];
        let ran = run(&nothing, &[], b"");
        assert!(ran.code == 2 && ran.out.contains("denied: unmatched"), "{file}\n{}", ran.out);
        let text = fs::read_to_string(path).unwrap();
        all +=
            &format!("$ wicketgate routes --write policy.yaml {flag} {file}\n{}\n", undated(&text));
    }
    assert_snapshot("positive.txt", &all);
}

fn undated(text: &str) -> String {
    let mut parts = text.split("created: ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts
        .fold(first, |text, part| text + "created: 2026-11-30" + part.get(10..).unwrap_or_default())
}

/// Parameters of every router become `{…}` and `/*`; odd but honest values of them pass.
#[test]
fn parameters() {
    let written = |arguments: &[&str], list: &str| {
        let all = ["routes", "--write", "-"].iter().chain(arguments).copied();
        let ran = run(&all.collect::<Vec<_>>(), &[], list.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{list}");
        ran.out
    };
    let flask = "Endpoint  Methods  Rule\n--------  -------  ----\n\
        a         GET      /files/<path:p>\n\
        b         GET      /wiki/<title>\n\
        c         GET      /o/<int:id>/edit\n\
        d         POST     /o/new/edit\n\
        e         GET      /<any(about, help):page>\n\
        f         POST     /hooks/<id>\n";
    let django = "/polls/<int:question_id>/\n/files/<path:path>\n^articles/(?P<year>[0-9]{4})/$\n";
    let narrow = written(&["--one-segment", "--flask", "-"], flask);
    assert!(narrow.contains("\"/wiki/{title}\"") && !narrow.contains("/wiki/*"), "{narrow}");
    let flask = written(&["--flask", "-"], flask);
    for part in ["- /files/*", "- /wiki/* # CHANGE", "\"/o/{id}/edit\"", "- /about\n", "- /help\n"]
    {
        assert!(flask.contains(part), "{part}\n{flask}");
    }
    let django = written(&["--django", "-"], django);
    for part in
        ["\"/polls/{question_id}/\"", "\"/polls/{question_id}\"", "- /files/*", "/articles/{"]
    {
        assert!(django.contains(part), "{part}\n{django}");
    }
    for (policy, method, target, code) in [
        (&flask, "GET", "/wiki/J%C3%BCrgen%20%26%20S%C3%B6hne?x=/../y", 0),
        (&flask, "GET", "/wiki/AC%2FDC", 0),
        (&narrow, "GET", "/wiki/AC%2FDC", 2),
        (&flask, "HEAD", "/files/2026/report%20(final).pdf", 0),
        (&flask, "GET", "/o/new/edit", 0),
        (&flask, "POST", "/o/new/edit", 0),
        (&flask, "POST", "/o/1/edit", 2),
        (&flask, "POST", "/hooks/7", 2),
        (&flask, "GET", "/contact", 2),
        (&django, "GET", "/polls/5/", 0),
        (&django, "GET", "/polls/5", 0),
        (&django, "GET", "/polls/5/x", 2),
        (&django, "GET", "/static/admin/base.css", 0),
    ] {
        let all = ["explain", "-", "--method", method, "--target", target];
        let ran = run(&all, &[], policy.as_bytes());
        assert_eq!(ran.code, code, "{method} {target}\n{}{}\n{policy}", ran.out, ran.err);
    }
    let hook = [
        "explain",
        "-",
        "--method",
        "POST",
        "--target",
        "/hooks/7",
        "-H",
        "x-internal-token: $INTERNAL_TOKEN",
    ];
    assert_eq!(run(&hook, &[], flask.as_bytes()).code, 0);
}

const OPENAPI: &str =
    "openapi: 3.1.0\npaths:\n  /items/{id}: {get: {}}\n  /items: {get: {}, post: {}}\n";

#[test]
fn the_framework_is_asked_for_where_nothing_shows_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("openapi.yaml");
    fs::write(&path, OPENAPI).unwrap();
    let path = path.to_str().unwrap();
    let ran = run(&["routes", "--write", "-", "--openapi", path], &[], b"");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("error: --stack is missing"), "{}", ran.err);
    let write =
        ["routes", "--write", "-", "--openapi", path, "--stack", "express", "--name", "shop"];
    let ran = run(&write, &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.contains("name: \"shop\"") && ran.out.contains("stack: express"),
        "{}",
        ran.out
    );
    // Nothing in it looks internal, so it has no caller.
    assert!(!ran.out.contains("callers:"), "{}", ran.out);
    for wrong in [
        &["routes", "policy.yaml", "--write", "-", "--openapi", path][..],
        &["routes", "--openapi", path],
        &["routes", "--write", "-", "--check", "--openapi", path],
        &["routes", "--write", "-", "--stack", "express", "--name", "A B", "--openapi", path],
    ] {
        assert_eq!(run(wrong, &[], b"").code, 1, "{wrong:?}");
    }
}

/// A route that came after the policy is named, in either form of a policy.
#[test]
fn what_a_policy_does_not_know() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("openapi.yaml");
    fs::write(&path, OPENAPI).unwrap();
    let list = path.to_str().unwrap();
    let write = ["routes", "--write", "-", "--openapi", list, "--stack", "express"];
    let policy = run(&write, &[], b"").out;
    let check = |policy: &str, extra: &[&str]| {
        let all = ["routes", "-", "--check", "--openapi", list];
        let all: Vec<&str> = all.iter().chain(extra).copied().collect();
        let ran = run(&all, &[], policy.as_bytes());
        assert_eq!(ran.err, "");
        (ran.code, ran.out)
    };
    assert_eq!(check(&policy, &[]), (0, String::new()));
    fs::write(
        &path,
        format!("{OPENAPI}  /export: {{get: {{}}}}\n").replace("id}: {", "id}: {delete: {}, "),
    )
    .unwrap();
    let (code, told) = check(&policy, &[]);
    assert_eq!(code, 2);
    assert!(
        told.starts_with("2 routes of ") && told.contains("`my-app` does not know\n"),
        "{told}"
    );
    assert!(told.contains("  GET     /export  no rule covers it, so it is denied\n"), "{told}");
    assert!(
        told.contains("  DELETE  /items/{id}  no alternative of public-get-head names DELETE\n"),
        "{told}"
    );
    let open = policy.replace("unmatched: deny", "unmatched: pass");
    assert!(check(&open, &[]).1.contains("/export  no rule covers it, so it passes\n"));
    let accept = ["--accept", "/export", "--accept", "/items/{id}"];
    assert_eq!(check(&policy, &accept), (0, String::new()));
    let (code, json) = check(&policy, &["--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, json["routes"].as_array().unwrap().len()), (2, 2));
    assert_eq!(json["routes"][0]["path"], "/export");
}
