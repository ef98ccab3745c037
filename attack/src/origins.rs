//! The origins: what serves a guarded handler, and what a gate's policy says of it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use wicketgate_harness::cache::Cache;
use wicketgate_harness::example::{About, Example, OriginSpec, Runtime};
use wicketgate_harness::origin::Installed;

/// An origin of the attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its name, for people and for `--origin`.
    pub name: &'static str,
    app: App,
    /// The policy's `stack`, none where it doesn't say.
    stack: Option<&'static str>,
    mounts: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum App {
    /// An application below uvicorn, with the HTTP implementation.
    Uvicorn(&'static str, &'static str),
    /// A WSGI application below gunicorn.
    Gunicorn(&'static str),
    /// A script with its arguments before the port.
    Node(&'static [&'static str]),
    /// Next.js.
    Next,
}

/// All of them.
pub const ORIGINS: [Origin; 16] = [
    nextjs(),
    node("fastify-strict", &["fastify.js", "strict"], Some("fastify")),
    node("fastify-lax", &["fastify.js", "lax"], Some("fastify")),
    node("node-http", &["plain.js"], None),
    node("express-5", &["express.js", "5", "lax"], Some("express")),
    node("express-5-strict", &["express.js", "5", "strict"], Some("express")),
    node("express-4", &["express.js", "4", "lax"], Some("express")),
    node("express-4-strict", &["express.js", "4", "strict"], Some("express")),
    python("flask-gunicorn", App::Gunicorn("flask_app:app"), "flask", &["/v1"]),
    python("django-gunicorn", App::Gunicorn("django_app:application"), "django", &["/v1"]),
    python("starlette-h11", App::Uvicorn("asgi:starlette", "h11"), "starlette", &["/v1"]),
    python(
        "starlette-httptools",
        App::Uvicorn("asgi:starlette", "httptools"),
        "starlette",
        &["/v1"],
    ),
    python("fastapi-h11", App::Uvicorn("asgi:fastapi", "h11"), "fastapi", &["/v1"]),
    python("fastapi-httptools", App::Uvicorn("asgi:fastapi", "httptools"), "fastapi", &["/v1"]),
    python("fastapi-root-h11", App::Uvicorn("asgi:rooted", "h11"), "fastapi", &["/v1", "/api"]),
    python(
        "fastapi-root-httptools",
        App::Uvicorn("asgi:rooted", "httptools"),
        "fastapi",
        &["/v1", "/api"],
    ),
];

const fn nextjs() -> Origin {
    Origin { name: "nextjs", app: App::Next, stack: Some("nextjs"), mounts: &[] }
}

const fn node(
    name: &'static str,
    words: &'static [&'static str],
    stack: Option<&'static str>,
) -> Origin {
    Origin { name, app: App::Node(words), stack, mounts: &["/v1"] }
}

const fn python(
    name: &'static str,
    app: App,
    stack: &'static str,
    mounts: &'static [&'static str],
) -> Origin {
    Origin { name, app, stack: Some(stack), mounts }
}

/// The variable with the token that nobody sends.
pub const TOKEN: &str = "OPS_TOKEN";

impl Origin {
    /// Whether it is Next.js, which has ways of its own.
    pub fn is_nextjs(&self) -> bool {
        self.app == App::Next
    }

    /// Whether handlers may run for requests that the origin makes to itself.
    pub fn asks_itself(&self) -> bool {
        self.is_nextjs()
    }

    /// Paths whose handlers are guarded.
    pub fn guarded(&self) -> Vec<String> {
        let mut paths: Vec<String> = [
            "/internal/secret",
            "/internal/run",
            "/internal/jobs/7/status",
            "/internal/files/a/b.txt",
            "/api/dashboard/latest-runs",
            "/balance/42",
            "/balance/admin",
        ]
        .map(str::to_owned)
        .into();
        let more: &[&str] = match self.app {
            App::Next => &[
                "/old/runs",
                "/older/secret",
                "/alias/42",
                "/_next/data/b1/balance/42.json",
                "/_next/data/b1/internal/secret.json",
                "/_next/data/b1/de/balance/admin.json",
                "/_next/data/b1/old/runs.json",
                "/_next/data/b1/alias/42.json",
                "/_next/image?url=/balance/42&w=640&q=75",
                "/_next/image?w=640&q=75&url=%2Finternal%2Fsecret",
                "/_next/image?url=%2Fapi%2Fdashboard%2Flatest-runs&w=640&q=75",
                "/de/balance/42",
                "/en/old/runs",
                "/internal/secret.rsc",
                "/internal/jobs/7/status.segments/_tree.segment.rsc",
                "/internal/secret?_rsc=1",
            ],
            App::Node(["express.js", ..]) => &["/internal", "/internal/used/x", "/internal/used"],
            App::Node(_) => &["/internal"],
            App::Uvicorn(..) => &["/internal", "/internal/app/x"],
            App::Gunicorn(_) => &["/internal", "/internal/slash/"],
        };
        paths.extend(more.iter().map(|path| (*path).to_owned()));
        for mount in self.mounts {
            paths.extend(["/internal/secret", "/balance/42"].map(|path| format!("{mount}{path}")));
        }
        paths
    }

    /// The policy of the gate in front of it: no one has the token, so nothing guarded may run.
    pub fn policy(&self) -> Value {
        let allow = json!([{ "caller": "ops" }]);
        let rule = |id: &str, paths: &[&str]| json!({ "id": id, "paths": paths, "allow": allow });
        let mut rules = vec![
            rule("internal", &["/internal/*"]),
            rule("latest-runs", &["/api/dashboard/latest-runs"]),
            rule("balance", &["/balance/{id}"]),
            rule("balance-admin", &["/balance/admin"]),
        ];
        let mut policy = json!({
            "version": 1,
            "name": "attack",
            "environment": "production",
            "callers": { "ops": { "token": {
                "header": "x-internal-token", "keys": [{ "id": "ops-1", "env": TOKEN }],
            } } },
            "unmatched": "pass",
            "forward": { "credential": "remove" },
        });
        let mut origin = serde_json::Map::new();
        if let Some(stack) = self.stack {
            origin.insert("stack".to_owned(), json!(stack));
        }
        if !self.mounts.is_empty() {
            origin.insert("mounts".to_owned(), json!(self.mounts));
        }
        if self.is_nextjs() {
            // A gate can't see rewrites: whoever has them names their sources.
            rules.push(rule("rewritten", &["/old/runs", "/older/*", "/alias/{id}"]));
            origin.insert("locales".to_owned(), json!(["en", "de"]));
        }
        policy["rules"] = json!(rules);
        policy["origin"] = Value::Object(origin);
        policy
    }

    /// Installs what it needs; `folder` holds the origins.
    pub fn install(&self, cache: &Cache, folder: &Path) -> Result<Installed> {
        Installed::new(cache, &self.example(folder))
            .with_context(|| format!("the origin `{}`", self.name))
    }

    /// What the harness installs and starts.
    fn example(&self, folder: &Path) -> Example {
        let (name, directory) = match self.app {
            App::Next => ("attack-nextjs", "nextjs"),
            App::Node(_) => ("attack-node", "node"),
            App::Uvicorn(..) | App::Gunicorn(_) => ("attack-python", "python"),
        };
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let (command, prepare): (Vec<String>, Vec<Vec<String>>) = match self.app {
            App::Next => (
                words(&[
                    "node",
                    "node_modules/next/dist/bin/next",
                    "start",
                    "--hostname",
                    "127.0.0.1",
                    "--port",
                    "{port}",
                ]),
                // Building imports the handlers, which open their file.
                vec![words(&["env", "ATTACK_RAN=/dev/null", "npm", "run", "build"])],
            ),
            App::Node(script) => (words(&[&["node"], script, &["{port}"]].concat()), Vec::new()),
            App::Uvicorn(app, http) => (
                words(&[
                    "{python}",
                    "-m",
                    "uvicorn",
                    app,
                    "--http",
                    http,
                    "--host",
                    "127.0.0.1",
                    "--port",
                    "{port}",
                    "--log-level",
                    "critical",
                    "--no-access-log",
                    "--timeout-keep-alive",
                    "60",
                ]),
                Vec::new(),
            ),
            App::Gunicorn(app) => (
                words(&[
                    "{python}",
                    "-m",
                    "gunicorn",
                    app,
                    "--config",
                    "gunicorn.conf.py",
                    "--bind",
                    "127.0.0.1:{port}",
                    "--log-level",
                    "critical",
                ]),
                Vec::new(),
            ),
        };
        let python = matches!(self.app, App::Uvicorn(..) | App::Gunicorn(_));
        let origin = OriginSpec {
            runtime: if python { Runtime::Python } else { Runtime::Node },
            requirements: python.then(|| "python/requirements.txt".to_owned()),
            prepare,
            command,
            directory: directory.to_owned(),
            ready: "/pub".to_owned(),
        };
        let about = About {
            name: name.to_owned(),
            about: String::new(),
            origin,
            signing_keys: BTreeMap::new(),
            secrets: vec![TOKEN.to_owned()],
            origin_secrets: Vec::new(),
            environment: BTreeMap::new(),
        };
        Example { folder: folder.to_owned(), about, policy: self.policy().to_string() }
    }
}
