//! Reads files of cases: vectors that may leave out usual parts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use wicketgate_policy::Time;
use wicketgate_runtime::vectors::{self, Vector};

use super::sign;
use crate::diagnostics::place;
use crate::document::{Document, Tree};
use crate::secrets;

/// A case and its place.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) vector: Vector,
    pub(super) file: String,
    pub(super) line: usize,
}

/// The files given, or the one beside the policy.
pub(super) fn files(policy: &Path, given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let extensions = ["test.yaml", "test.yml", "test.json"];
    let beside = extensions.map(|extension| policy.with_extension(extension));
    match beside.iter().find(|path| path.exists()) {
        Some(path) => Ok(vec![path.clone()]),
        None => {
            let [first, ..] = &beside;
            bail!("no cases: `{}` is not there, and no --cases names a file", first.display())
        }
    }
}

/// The cases of a file.
pub(super) fn read(path: &Path, policy: &Document, now: Time) -> Result<Vec<Case>> {
    let document = Document::open(path)?;
    if let Some((fault, span)) = &document.broken {
        let (line, column) = place(&document.source, span.start);
        bail!("{}:{line}:{column}: {}", document.name, fault.found);
    }
    let tree = document.tree.as_ref().context("no document")?;
    let mut file: Map<String, Value> = serde_json::from_slice(&document.json)
        .with_context(|| format!("`{}` is no object with `cases`", document.name))?;
    if let Some(cases) = file.remove("cases") {
        file.insert("vectors".into(), cases);
    }
    let default = |name: &str, value: Value, file: &mut Map<String, Value>| {
        file.entry(name).or_insert(value);
    };
    default("about", "".into(), &mut file);
    default("now", now.to_string().into(), &mut file);
    default("policy", "".into(), &mut file);
    let env = made_up(policy, file.get("env"));
    file.insert("env".into(), env);
    let at = file.get("now").and_then(Value::as_str).and_then(Time::parse).unwrap_or(now);
    let written: Value = serde_json::from_slice(&policy.json).unwrap_or_default();
    let signed =
        sign::sign(&mut file, &written, at).with_context(|| format!("in `{}`", document.name))?;
    let keys = with_made_up(file.remove("jwks"), &signed)?;
    let json = Value::Object(file).to_string();
    let folder = path.parent().unwrap_or(Path::new("."));
    let other = |name: &str| -> Result<String> {
        // A case without a policy is for the policy at hand.
        if name.is_empty() {
            return at_hand(policy, keys.as_ref());
        }
        let other = Document::open(&folder.join(name))?;
        Ok(String::from_utf8(other.json)?)
    };
    let vectors = vectors::parse(&document.name, &json, &other)?;
    let list = tree.get("cases").or_else(|| tree.get("vectors"));
    let items = list.map(Tree::items).unwrap_or_default();
    let case = |(index, vector): (usize, Vector)| {
        let start = items.get(index).map_or(0, |item| item.span.start);
        Case { vector, file: document.name.clone(), line: place(&document.source, start).0 }
    };
    Ok(vectors.into_iter().enumerate().map(case).collect())
}

/// The key sets of the file, and that of this command for the callers whose tokens it signed.
fn with_made_up(keys: Option<Value>, signed: &BTreeSet<String>) -> Result<Option<Value>> {
    if signed.is_empty() {
        return Ok(keys);
    }
    let mut keys = match keys {
        Some(Value::Object(keys)) => keys,
        None => Map::new(),
        Some(_) => bail!("`jwks` is no object with a key set for each caller"),
    };
    let made_up: Value = serde_json::from_str(secrets::MADE_UP_JWKS)?;
    keys.extend(signed.iter().map(|caller| (caller.clone(), made_up.clone())));
    Ok(Some(keys.into()))
}

/// The policy at hand, its callers' keys replaced by those of the file: whoever writes cases has
/// no key of the real issuer to sign with, and nothing is fetched here.
fn at_hand(policy: &Document, keys: Option<&Value>) -> Result<String> {
    let Some(keys) = keys else { return Ok(String::from_utf8(policy.json.clone())?) };
    let keys = keys.as_object().context("`jwks` is no object with a key set for each caller")?;
    let mut document: Value = serde_json::from_slice(&policy.json)?;
    for (caller, set) in keys {
        let jwt = document.pointer_mut("/callers").and_then(|callers| callers.get_mut(caller));
        let jwt = jwt.and_then(|caller| caller.get_mut("jwt")).and_then(Value::as_object_mut);
        let Some(jwt) = jwt else {
            bail!(
                "`jwks` names `{}`, and no caller of this name has a `jwt`",
                caller.escape_debug()
            )
        };
        jwt.insert("keys".into(), serde_json::json!({ "jwks": set }));
    }
    Ok(document.to_string())
}

/// The file's own environment, and a made-up secret for each variable that it leaves out.
fn made_up(policy: &Document, given: Option<&Value>) -> Value {
    let mut env = given.and_then(Value::as_object).cloned().unwrap_or_default();
    if given.is_some_and(|given| !given.is_object()) {
        return given.cloned().unwrap_or_default();
    }
    let core = wicketgate_policy::Document::parse(&policy.json);
    if let (Ok(core), Some(tree)) = (core, &policy.tree) {
        for variable in core.variables() {
            let value = secrets::made_up_value(variable, tree);
            env.entry(&variable.name).or_insert(value.into());
        }
    }
    Value::Object(env)
}
