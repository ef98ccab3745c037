//! The origins: what serves a guarded handler, and what a gate's policy says of it.
//!
//! Each is data, in a file by what it is: [`node`], [`nextjs`] and [`python`] are servers and
//! frameworks from the package registries, [`frameworks`] those that must be built, [`servers`] what
//! a machine has from its distribution.

mod frameworks;
mod nextjs;
mod node;
mod python;
mod servers;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use wicketgate_runtime::cache::Cache;
use wicketgate_testkit::example::{self, About, Example, OriginSpec};
use wicketgate_testkit::origin::Installed;
use wicketgate_testkit::test_tools;

/// An origin of the attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its name, for people and for `--origin`.
    pub name: &'static str,
    /// The policy's `stack`, none where it doesn't say.
    pub stack: Option<&'static str>,
    /// The policy's `mounts`: below each, `/internal/secret` and `/balance/42` are served too.
    pub mounts: &'static [&'static str],
    /// The policy's `locales`.
    pub locales: &'static [&'static str],
    /// Rules for this origin alone: an id and its paths.
    pub rules: &'static [(&'static str, &'static [&'static str])],
    /// Paths beneath guarded ones that no handler of this origin serves: [public](Form::Public).
    pub open: &'static [&'static str],
    /// Guarded paths beside [those that every origin serves](GUARDED).
    pub more: &'static [&'static str],
    /// Its runtime, and its folder.
    pub runtime: Runtime,
    /// Commands that are run once before its first start, a build for one. Words end at spaces.
    pub prepare: &'static [&'static str],
    /// The command that starts it in the foreground. Words end at spaces; `{python}` and `{port}`
    /// are replaced.
    pub command: &'static str,
    /// Words behind those of the command: the same for several origins.
    pub options: &'static str,
    /// The forms of the attack to which it belongs.
    pub weight: Weight,
    /// The origin with the same framework on another server. Targets that only the framework reads
    /// are tried there; here only those that a server can see.
    pub kin: Option<&'static str>,
    /// Programs that the machine must have.
    pub needs: &'static [&'static str],
    /// `true` if handlers may run for requests that the origin makes to itself, which don't carry
    /// the id of the request that led to them.
    pub asks_itself: bool,
}

/// The runtime of an origin, and its folder below `testing/attack/origins`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// The folder `python`, in a virtual environment with the packages of that file in it.
    Python(&'static str),
    /// A copy of the folder, with the packages of its lock file.
    Node(&'static str),
    /// A copy of the folder, with programs that the machine has.
    Machine(&'static str),
}

/// The forms of the attack to which an origin belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Quick to install and to start: also in the quick form, which is part of `cargo xtask test`.
    Light,
    /// Only in the full form, with every origin.
    Full,
}

/// The two forms of the policy, which guard the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What no rule covers passes.
    Unmatched,
    /// What no other rule covers is public by a rule, `/*`, and so are some paths beneath guarded
    /// ones.
    Public,
}

impl Form {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Unmatched, Self::Public];
}

/// All of them.
pub fn origins() -> impl Iterator<Item = &'static Origin> {
    [nextjs::ORIGINS, node::ORIGINS, python::ORIGINS, frameworks::ORIGINS, servers::ORIGINS]
        .into_iter()
        .flatten()
}

/// The one with this name.
pub fn named(name: &str) -> Option<&'static Origin> {
    origins().find(|origin| origin.name == name)
}

/// The rules of the gate in front of every origin: an id and its paths. They have letters to which
/// other alphabets fold (`k`, `s`, `i`), `-` and `_`, a digit; whole subtrees, one path, one
/// segment.
const RULES: [(&str, &[&str]); 6] = [
    ("internal", &["/internal/*"]),
    ("latest-runs", &["/api/dashboard/latest-runs"]),
    ("balance", &["/balance/{id}"]),
    ("balance-admin", &["/balance/admin"]),
    ("tasks", &["/tasks/*"]),
    ("account", &["/account"]),
];

/// Paths with a guarded handler in every origin.
pub const GUARDED: [&str; 9] = [
    "/internal/secret",
    "/internal/run",
    "/internal/jobs/7/status",
    "/internal/files/a/b.txt",
    "/api/dashboard/latest-runs",
    "/balance/42",
    "/balance/admin",
    "/tasks/kiosk-1_a",
    "/account",
];

/// Public paths of [`Form::Public`] beneath guarded ones and around them.
const OPEN: &[&str] = &["/internal/open", "/internal/open/*", "/internal/jobs/open", "/api/*"];

/// The variable with the token that nobody sends.
pub const TOKEN: &str = "OPS_TOKEN";

impl Origin {
    /// The settings that most of them share: a light origin with nothing special.
    const PLAIN: Self = Self {
        name: "",
        stack: None,
        mounts: &[],
        locales: &[],
        rules: &[],
        open: OPEN,
        more: &[],
        runtime: Runtime::Machine(""),
        prepare: &[],
        command: "",
        options: "",
        weight: Weight::Light,
        kin: None,
        needs: &[],
        asks_itself: false,
    };

    /// Returns `true` if it is Next.js, which has ways of its own.
    pub fn is_nextjs(&self) -> bool {
        self.stack == Some("nextjs")
    }

    /// Paths whose handlers are guarded.
    pub fn guarded(&self) -> Vec<String> {
        let mut paths: Vec<String> =
            GUARDED.iter().chain(self.more).map(|path| (*path).to_owned()).collect();
        for mount in self.mounts {
            paths.extend(["/internal/secret", "/balance/42"].map(|path| format!("{mount}{path}")));
        }
        paths
    }

    /// The policy of the gate in front of it: no one has the token, so nothing guarded may run.
    pub fn policy(&self, form: Form) -> Value {
        let rule = |&(id, paths): &(&str, &[&str])| json!({ "id": id, "paths": paths, "allow": [{ "caller": "ops" }] });
        let mut rules: Vec<Value> = RULES.iter().chain(self.rules).map(rule).collect();
        if form == Form::Public {
            let public = |id: &str, paths: &[&str]| json!({ "id": id, "paths": paths, "allow": [{ "public": true }] });
            rules.extend([public("open", self.open), public("site", &["/*"])]);
        }
        let mut origin = serde_json::Map::new();
        if let Some(stack) = self.stack {
            origin.insert("stack".to_owned(), json!(stack));
        }
        if !self.mounts.is_empty() {
            origin.insert("mounts".to_owned(), json!(self.mounts));
        }
        if !self.locales.is_empty() {
            origin.insert("locales".to_owned(), json!(self.locales));
        }
        json!({
            "version": 1,
            "name": "attack",
            "environment": "production",
            "callers": { "ops": { "token": {
                "header": "x-internal-token", "keys": [{ "id": "ops-1", "env": TOKEN }],
            } } },
            "rules": rules,
            "unmatched": "pass",
            "forward": { "credential": "remove", "caller_header": "x-caller" },
            "origin": origin,
        })
    }

    /// A program that it needs and this machine lacks: then it is left out, and named.
    pub fn missing(&self) -> Option<&'static str> {
        self.needs.iter().copied().find(|program| !test_tools::is_there(program))
    }

    /// Installs what it needs; `folder` holds the origins.
    pub fn install(&self, cache: &Cache, folder: &Path) -> Result<Installed> {
        Installed::new(cache, &self.example(folder))
            .with_context(|| format!("the origin `{}`", self.name))
    }

    /// The example that the testkit installs and starts.
    fn example(&self, folder: &Path) -> Example {
        let (runtime, directory, requirements) = match self.runtime {
            Runtime::Python(file) => (example::Runtime::Python, "python", Some(file)),
            Runtime::Node(folder) => (example::Runtime::Node, folder, None),
            Runtime::Machine(folder) => (example::Runtime::Machine, folder, None),
        };
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let origin = OriginSpec {
            runtime,
            requirements: requirements.map(|file| format!("{directory}/{file}")),
            prepare: self.prepare.iter().map(|line| words(line)).collect(),
            command: [words(self.command), words(self.options)].concat(),
            directory: directory.to_owned(),
            ready: "/pub".to_owned(),
        };
        let about = About {
            name: format!("attack-{directory}"),
            about: String::new(),
            origin,
            signing_keys: BTreeMap::new(),
            secrets: vec![TOKEN.to_owned()],
            origin_secrets: Vec::new(),
            environment: BTreeMap::new(),
        };
        Example {
            folder: folder.to_owned(),
            about,
            policy: self.policy(Form::Unmatched).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_different_and_kin_is_there() {
        let mut names = BTreeSet::new();
        for origin in origins() {
            assert!(names.insert(origin.name), "{} twice", origin.name);
            let Some(kin) = origin.kin else { continue };
            let kin = named(kin).expect(kin);
            assert_eq!((kin.stack, kin.kin), (origin.stack, None), "{}", origin.name);
        }
    }

    #[test]
    fn what_a_machine_lacks_is_named() {
        let origin = Origin { needs: &["sh", "no-such-program"], ..Origin::PLAIN };
        assert_eq!(origin.missing(), Some("no-such-program"));
        assert_eq!(Origin { needs: &["sh"], ..Origin::PLAIN }.missing(), None);
    }

    #[test]
    fn the_quick_form_needs_nothing_that_a_machine_may_lack() {
        for origin in origins().filter(|origin| origin.weight == Weight::Light) {
            assert!(origin.needs.is_empty(), "{}", origin.name);
            assert!(!matches!(origin.runtime, Runtime::Machine(_)), "{}", origin.name);
        }
    }
}
