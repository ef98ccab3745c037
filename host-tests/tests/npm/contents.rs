//! Checks the content of the package, and that its types declare all of it.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use wicketgate_policy::Reason;
use wicketgate_runtime::files;
use wicketgate_runtime::vectors::{self, Native, Subject};
use wicketgate_testkit::npm_build::{NAME, PACKAGE};

use crate::installed::Installed;

/// The files that `package.json` lists are there, and nothing else but what npm always packs;
/// whatever it points to is among them.
pub(crate) fn files(installed: &Installed) -> Result<()> {
    let package: Value = serde_json::from_str(&read(installed, "package.json")?)?;
    ensure!(package["name"] == NAME, "its name is {}", package["name"]);
    let version = env!("CARGO_PKG_VERSION");
    ensure!(package["version"] == version, "{} is not {version}", package["version"]);

    let text = |value: &Value| value.as_str().map(|text| text.trim_start_matches("./").to_owned());
    let list = |value: &Value| -> BTreeSet<String> {
        value.as_array().into_iter().flatten().filter_map(text).collect()
    };
    let mut expected = list(&package["files"]);
    expected.extend(["README.md", "package.json"].map(str::to_owned));
    let found = files::sources(&installed.package())?;
    let found: BTreeSet<String> = found.keys().map(|path| path.display().to_string()).collect();
    ensure!(found == expected, "expected {expected:?}, found {found:?}");

    let entries = &package["exports"]["."];
    for (one, other) in [("main", "node"), ("module", "default"), ("types", "types")] {
        ensure!(package[one] == entries[other] && package[one].is_string(), "`{one}`");
    }
    let named = ["node", "default", "types"].map(|name| text(&entries[name]).unwrap_or_default());
    let effects = list(&package["sideEffects"]);
    // A bundler that left out the entry would leave the module without its wasm.
    ensure!(named[..2].iter().all(|entry| effects.contains(entry)), "`sideEffects`: {effects:?}");
    for name in named.iter().chain(&effects) {
        ensure!(found.contains(name), "`{name}` is not in the package");
    }
    Ok(())
}

/// The module is within its limit.
pub(crate) fn size(installed: &Installed) -> Result<()> {
    let size = installed.package().join("wicketgate_policy_bg.wasm").metadata()?.len();
    println!("{NAME}: {size} bytes of wasm of at most {}", PACKAGE.limit);
    ensure!(size <= PACKAGE.limit, "{size} bytes are more than {}", PACKAGE.limit);
    Ok(())
}

/// `Reason` is the list of the core, in its order.
pub(crate) fn reasons(installed: &Installed) -> Result<()> {
    let types = read(installed, "index.d.ts")?;
    let union = between(&types, "export type Reason =\n", ";")?;
    let listed: Vec<&str> = union.split('|').skip(1).map(|code| code.trim()).collect();
    let codes: Vec<String> =
        Reason::ALL.iter().map(|reason| format!("\"{}\"", reason.code())).collect();
    ensure!(listed == codes, "expected {codes:?}, found {listed:?}");
    Ok(())
}

/// `AuditEvent` has every field that occurs in the lines of the corpus, and requires those that
/// are in every line. (Fields of several requests together occur in no line of the corpus.)
pub(crate) fn audit_fields(installed: &Installed) -> Result<()> {
    let types = read(installed, "index.d.ts")?;
    let body = between(&types, "export interface AuditEvent {\n", "\n}")?;
    let mut listed: BTreeSet<(String, bool)> = BTreeSet::new();
    for line in body.lines().filter(|line| line.contains("readonly \"")) {
        let (name, rest) =
            between(line, "readonly \"", ": ")?.split_once('"').context("a quote")?;
        listed.insert((name.to_owned(), rest.is_empty()));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let mut core = Native::default();
    let (mut some, mut all) = (BTreeSet::new(), None::<BTreeSet<String>>);
    for vector in vectors::load(&folder)? {
        for line in core.run(&vector).lines {
            let fields: serde_json::Map<String, Value> = serde_json::from_str(&line)?;
            let fields: BTreeSet<String> = fields.into_iter().map(|(name, _)| name).collect();
            all = Some(all.map_or_else(|| fields.clone(), |all| &all & &fields));
            some.extend(fields);
        }
    }
    let all = all.unwrap_or_default();
    let found: BTreeSet<(String, bool)> =
        some.into_iter().map(|name| (name.clone(), all.contains(&name))).collect();
    ensure!(found.is_subset(&listed), "not in the types, or other there: {:?}", &found - &listed);
    let required = listed.iter().filter(|(_, is_required)| *is_required);
    let absent: Vec<_> = required.filter(|(name, _)| !all.contains(name)).collect();
    ensure!(absent.is_empty(), "required, and not in every line: {absent:?}");
    Ok(())
}

fn read(installed: &Installed, name: &str) -> Result<String> {
    files::read(&installed.package().join(name))
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Result<&'t str> {
    let rest = text.split_once(before).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| rest.split_once(after)).map(|(found, _)| found);
    found.with_context(|| format!("no `{before}` up to `{after}`"))
}
