//! `wicketgate routes`, as it is run, on routes of real applications.

mod common;

use std::fs;

use common::{assert_snapshot, run};
use serde_json::Value;

const SIGNALS: &str = "examples/signal-jobs/policy.json";

/// Each list with its policy.
const LISTS: [[&str; 3]; 7] = [
    [SIGNALS, "--openapi", "cli/tests/routes/signal-jobs.openapi.json"],
    ["examples/task-worker/policy.json", "--openapi", "cli/tests/routes/task-worker.openapi.json"],
    [
        "examples/billing-services/policy.json",
        "--flask",
        "cli/tests/routes/billing-services.flask.txt",
    ],
    ["examples/latest-runs/policy.json", "--nextjs", "cli/tests/routes/latest-runs.next"],
    [SIGNALS, "--flask", "cli/tests/routes/attack.flask.txt"],
    [SIGNALS, "--django", "cli/tests/routes/attack.django-dense.txt"],
    ["examples/latest-runs/policy.json", "--nextjs", "cli/tests/routes/attack.next"],
];

#[test]
fn real_applications() {
    let mut all = String::new();
    for [policy, flag, file] in LISTS {
        let ran = run(&["routes", policy, flag, file], &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{file}");
        all += &format!("$ wicketgate routes {policy} {flag} {file}\n{}\n", ran.out);
    }
    assert_snapshot("routes.txt", &all);
}

/// The examples guard what looks internal in them.
#[test]
fn the_examples_leave_nothing_open() {
    for [policy, flag, file] in &LISTS[..4] {
        let ran = run(&["routes", policy, flag, file, "--deny-unguarded"], &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    }
    // If `origin` does not name the framework's further paths, they are open, and the report says
    // so.
    for (policy, flag, file, passes) in [
        (LISTS[1][0], LISTS[1][1], LISTS[1][2], "`/api/internal/tasks` passes"),
        (LISTS[3][0], LISTS[3][1], LISTS[3][2], "`/en/internal/runs/1` passes"),
    ] {
        let text = fs::read_to_string(common::root().join(policy)).unwrap();
        let mut document: Value = serde_json::from_str(&text).unwrap();
        let origin = document["origin"].as_object_mut().unwrap();
        origin.retain(|name, _| name == "stack");
        let ran = run(
            &["routes", "-", flag, file, "--deny-unguarded"],
            &[],
            document.to_string().as_bytes(),
        );
        assert_eq!((ran.code, ran.err.as_str()), (2, ""));
        assert!(ran.out.contains(passes), "{}", ran.out);
    }
}

/// However `show_urls` prints them, the routes are the same.
#[test]
fn every_format_of_show_urls() {
    let rows = |format: &str| {
        let file = format!("cli/tests/routes/attack.django-{format}.txt");
        let ran = run(&["routes", SIGNALS, "--django", &file, "--json"], &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        serde_json::from_str::<Value>(&ran.out).unwrap()["routes"].clone()
    };
    let dense = rows("dense");
    assert_eq!(dense.as_array().unwrap().len(), 15);
    for format in ["aligned", "table", "verbose", "json"] {
        assert_eq!(rows(format), dense, "{format}");
    }
}

const OPENAPI: &str = "openapi: 3.1.0
paths:
  /jobs: {post: {responses: {200: {description: ok}}}}
  /internal/{id}: {$ref: '#/components/pathItems/one', parameters: []}
  /balance: {$ref: 'other.yaml#/x'}
  x-note: {}
components: {pathItems: {one: {delete: {}, additionalOperations: {PURGE: {}}}}}
";

#[test]
fn what_is_open_fails_where_that_was_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("openapi.yaml");
    fs::write(&path, OPENAPI).unwrap();
    let routes = |extra: &[&str]| {
        let all = ["routes", SIGNALS, "--json", "--openapi", path.to_str().unwrap()];
        let all: Vec<&str> = all.iter().chain(extra).copied().collect();
        let ran = run(&all, &[], b"");
        (ran.code, serde_json::from_str::<Value>(&ran.out).unwrap_or_default(), ran.err)
    };
    let (code, told, _) = routes(&[]);
    assert_eq!((code, &told["unguarded_internal"]), (0, &1.into()));
    let rows = told["routes"].as_array().unwrap();
    let find = |path: &str, method: &str| {
        rows.iter().find(|row| row["path"] == path && row["method"] == method).unwrap()
    };
    let jobs = find("/jobs", "POST");
    assert_eq!((&jobs["guarded"], &jobs["guard"]), (&false.into(), &"nothing".into()));
    assert_eq!(jobs["looks_internal"], "`jobs`");
    assert_eq!(find("/internal/{id}", "PURGE")["guard"]["rules"][0], "internal");
    assert_eq!(told["unread"][0]["route"], "/balance");
    assert_eq!(routes(&["--deny-unguarded"]).0, 2);
    // A route that can't be read counts as open.
    assert_eq!(routes(&["--deny-unguarded", "--accept", "/jobs"]).0, 2);
    fs::write(&path, OPENAPI.replace("  /balance: {$ref: 'other.yaml#/x'}\n", "")).unwrap();
    let (code, told, _) = routes(&["--deny-unguarded", "--accept", "/jobs"]);
    assert_eq!((code, &told["unguarded_internal"]), (0, &0.into()));
    let (code, _, err) = routes(&["--accept", "/gone"]);
    assert_eq!(code, 1);
    assert!(err.ends_with("has no route `/gone`\n"), "{err}");
}

/// FastAPI's `{p:path}` is `{p}` in OpenAPI: what a rule for one segment leaves open is told.
#[test]
fn what_a_list_does_not_say_is_tried() {
    let policy = |path: &str| {
        format!(
            r#"{{ "version": 1, "name": "x", "environment": "production", "unmatched": "pass",
            "callers": {{ "c": {{ "token": {{ "header": "x-t", "keys": [{{ "id": "a", "env": "A_TOKEN" }}] }} }} }},
            "rules": [{{ "id": "r", "paths": ["{path}"], "allow": [{{ "caller": "c" }}] }}],
            "forward": {{ "credential": "remove" }} }}"#
        )
    };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("openapi.yaml");
    fs::write(&path, "openapi: 3.1.0\npaths:\n  /reports/{p}: {get: {}}\n").unwrap();
    let all = ["routes", "-", "--openapi", path.to_str().unwrap()];
    let one = run(&all, &[], policy("/reports/{p}").as_bytes());
    assert_eq!((one.code, one.err.as_str()), (0, ""));
    assert!(one.out.contains("`/reports/1/1` passes, if a parameter takes that"), "{}", one.out);
    assert!(one.out.contains("note: the list does not tell which parameters"), "{}", one.out);
    let all: Vec<&str> = all.into_iter().chain(["--json"]).collect();
    let told: Value =
        serde_json::from_str(&run(&all, &[], policy("/reports/{p}").as_bytes()).out).unwrap();
    let open = &told["routes"][0]["open_deeper"];
    assert_eq!(open[0], "/reports/1/1", "{told}");
    assert!(open.as_array().unwrap().contains(&"/reports/1/1/1.csv".into()), "{open}");
    let told: Value =
        serde_json::from_str(&run(&all, &[], policy("/reports/*").as_bytes()).out).unwrap();
    assert_eq!(told["routes"][0]["open_deeper"], serde_json::json!([]));
}

/// A rule in shadow mode guards nothing, and what denies what no rule covers guards everything.
/// A route below a server's path is another one than without it.
#[test]
fn servers_of_a_path_and_variables_of_a_server_count() {
    let file = std::env::temp_dir().join(format!("servers-{}.json", std::process::id()));
    for (servers, prefix) in [
        (
            r#"{"openapi": "3.0.0", "servers": [{"url": "https://h/{base}",
                "variables": {"base": {"default": "v1", "enum": ["v1", "v2"]}}}],
                "paths": {"/jobs/x": {"get": {}}}}"#,
            "`/v1`, `/v2`",
        ),
        (
            r#"{"openapi": "3.0.0",
                "paths": {"/jobs/x": {"servers": [{"url": "/v3"}], "get": {}}}}"#,
            "`/v3`",
        ),
        (
            r#"{"openapi": "3.0.0",
                "paths": {"/jobs/x": {"get": {"servers": [{"url": "/v4"}]}}}}"#,
            "`/v4`",
        ),
    ] {
        fs::write(&file, servers).unwrap();
        let ran = run(&["routes", SIGNALS, "--openapi", file.to_str().unwrap()], &[], b"");
        let note = format!("its servers are below {prefix}: paths are asked with and without");
        assert!(ran.out.contains(&note), "{}{}", ran.out, ran.err);
    }
    fs::remove_file(&file).unwrap();
}

#[test]
fn modes_of_a_policy() {
    let policy = |unmatched: &str, mode: &str| {
        format!(
            r#"{{ "version": 1, "name": "x", "environment": "production", "unmatched": "{unmatched}",
            "callers": {{ "c": {{ "token": {{ "header": "x-t", "keys": [{{ "id": "a", "env": "A_TOKEN" }}] }} }} }},
            "rules": [{{ "id": "r", "paths": ["/internal/*"], "mode": "{mode}", "allow": [{{ "caller": "c" }}] }},
                {{ "id": "other", "paths": ["/{{x}}/run"], "hosts": ["a.example"], "allow": [{{ "caller": "c", "methods": ["PUT"] }}] }}],
            "forward": {{ "credential": "remove" }} }}"#
        )
    };
    let told = |policy: &str, extra: &[&str]| {
        let all = ["routes", "-", "--django", "cli/tests/routes/attack.django-dense.txt", "--json"];
        let all: Vec<&str> = all.iter().chain(extra).copied().collect();
        let ran = run(&all, &[], policy.as_bytes());
        assert_eq!(ran.err, "");
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        let row = |path: &str| {
            let rows = told["routes"].as_array().unwrap();
            rows.iter().find(|row| row["path"] == path).unwrap().clone()
        };
        (row("/internal/secret"), row("/pub"), row("/internal/run"))
    };
    let (secret, public, run) = told(&policy("pass", "enforce"), &[]);
    assert_eq!((&secret["guarded"], &public["guarded"]), (&true.into(), &false.into()));
    // Two rules cover it, and admit one caller, by one method, together.
    assert_eq!(run["guard"]["rules"], serde_json::json!(["r", "other"]));
    assert_eq!(
        run["callers"],
        serde_json::json!([{ "caller": "c", "public": false, "methods": ["PUT"], "networks": [] }])
    );
    let (_, _, run) = told(&policy("pass", "enforce"), &["--authority", "b.example"]);
    assert_eq!(run["guard"]["rules"], serde_json::json!(["r", "other"]));
    let (secret, _, _) = told(&policy("pass", "shadow"), &[]);
    assert_eq!(secret["guarded"], false);
    let (secret, public, _) = told(&policy("deny", "shadow"), &[]);
    assert_eq!((&secret["guard"], &public["guard"]), (&"unmatched".into(), &"unmatched".into()));
}

#[test]
fn what_is_no_list_is_no_panic() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x");
    let path = path.to_str().unwrap();
    for (flag, text, message) in [
        ("--openapi", "", "nothing"),
        ("--openapi", "{", ""),
        ("--openapi", "[]", "is no document of OpenAPI 3"),
        ("--openapi", "swagger: '2.0'", "is of Swagger 2"),
        ("--openapi", "openapi: 3.0.0", "has no routes"),
        ("--openapi", "openapi: 3.0.0\npaths: 7", "has no routes"),
        ("--flask", "", "has no heading"),
        ("--flask", "Endpoint  Methods  Rule\n\u{e9}\n", "has fewer columns"),
        ("--django", "", "has no routes"),
        ("--django", "[7]", "is no list of `show_urls --format json`"),
        ("--nextjs", "", "is it built?"),
    ] {
        fs::write(path, text).unwrap();
        let ran = run(&["routes", SIGNALS, flag, path], &[], b"");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{flag} {text}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(message), "{text}: {}", ran.err);
    }
    // Lines that can't be read are told; nothing in them moves the cursor.
    let ran =
        run(&["routes", SIGNALS, "--django", "-"], &[], b"^a|b$\n/<\x1b[31m\n\xff\n/internal/x\n");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("not read") && ran.out.contains("/internal/x"), "{}", ran.out);
    assert!(ran.out.chars().all(|c| c == '\n' || !c.is_control()), "{}", ran.out);
    assert_eq!(run(&["routes", SIGNALS], &[], b"").code, 1);
    assert_eq!(run(&["routes", SIGNALS, "--nextjs", "no/such"], &[], b"").code, 1);
    assert_eq!(
        run(&["routes", "policy/tests/bad/52-patterns.json", "--flask", "-"], &[], b"").code,
        3
    );
}
