//! Checks each kind of block.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::commands;
use crate::common::{root, run};
use crate::markdown::{Block, Page};

/// Checks a block. Files that it stands for are put into the folder, where commands are run.
pub fn check(block: &Block, page: &Page, folder: &Path) -> Result<(), String> {
    let words: Vec<&str> = block.kind.iter().map(String::as_str).collect();
    let text = &block.text;
    match *words {
        [language @ ("json" | "yaml"), "policy"] => {
            policy(text, &format!("policy.{language}"), folder)
        }
        ["json" | "yaml", "policy", file] => policy(text, file, folder),
        ["json", "fragment", place] => fragment(text, place, folder),
        ["json", "audit"] => audit(text),
        ["json"] => json_value(text).map(drop),
        ["yaml"] => yaml(text).map(drop),
        ["yaml", "kubernetes"] => kubernetes(text),
        ["yaml", "envoy"] => envoy(text),
        ["yaml", file] => yaml(text).map(|_| write(folder, file, text)),
        ["toml"] => toml::from_str::<Value>(text).map(drop).map_err(|error| error.to_string()),
        ["sh"] => commands::script(text, folder),
        ["console"] => commands::session(text, folder),
        ["python" | "js", path] => source(text, path, folder),
        ["text"] => Ok(()),
        _ => Err(format!("a block of no known kind, in {}: {words:?}", page.name)),
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

fn policy(text: &str, name: &str, folder: &Path) -> Result<(), String> {
    write(folder, name, text);
    let ran = run(&["check", folder.join(name).to_str().unwrap()], &[], b"");
    if ran.code == 0 { Ok(()) } else { Err(format!("`check` says:\n{}{}", ran.out, ran.err)) }
}

/// The policy that fragments are put into.
fn base() -> Value {
    json!({
        "version": 1,
        "name": "my-app",
        "environment": "production",
        "callers": {
            "cron": { "token": {
                "header": "x-internal-token",
                "keys": [{ "id": "2026-q4", "env": "INTERNAL_JOB_TOKEN" }],
            } },
            "scheduler": { "jwt": {
                "issuer": "issuer",
                "audience": "unchecked",
                "keys": { "jwks_env": "SCHEDULER_JWKS" },
            } },
        },
        "rules": [{
            "id": "internal",
            "paths": ["/internal/*"],
            "allow": [{ "caller": "cron" }, { "caller": "scheduler" }],
        }],
        "unmatched": "pass",
        "forward": { "credential": "remove" },
    })
}

/// Members at a place, a JSON pointer without its first slash or `document`.
fn fragment(text: &str, place: &str, folder: &Path) -> Result<(), String> {
    let members = json_value(&format!("{{{text}}}"))?;
    let mut policy = base();
    let pointer = if place == "document" { String::new() } else { format!("/{place}") };
    let at = policy.pointer_mut(&pointer).ok_or("no such place in the policy of this test")?;
    let at = at.as_object_mut().ok_or("no object at this place")?;
    at.extend(members.as_object().unwrap().clone());
    self::policy(&policy.to_string(), "fragment.json", folder)
}

fn audit(text: &str) -> Result<(), String> {
    let schema: Value = serde_json::from_str(&run(&["schema", "audit"], &[], b"").out).unwrap();
    for line in text.lines() {
        let line = json_value(line)?;
        let validator = |schema: &Value| jsonschema::draft7::options().build(schema).unwrap();
        // One that is cut short is held to what its members may be.
        let mut schema = schema.clone();
        if line.get("ecs.version").is_none() {
            schema = json!({ "type": "object", "properties": schema["properties"], "additionalProperties": false });
        }
        if let Some(fault) = validator(&schema).iter_errors(&line).next() {
            return Err(format!("no audit line: {fault}"));
        }
        if let Some(code) = line.get("error.type") {
            let ran = run(&["reasons", code.as_str().unwrap()], &[], b"");
            if ran.code != 0 {
                return Err(ran.err);
            }
        }
    }
    Ok(())
}

fn json_value(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))
}

fn yaml(text: &str) -> Result<Vec<saphyr::Yaml<'_>>, String> {
    use saphyr::LoadableYamlNode as _;
    saphyr::Yaml::load_from_str(text).map_err(|error| format!("no YAML: {error}"))
}

fn kubernetes(text: &str) -> Result<(), String> {
    for document in yaml(text)? {
        for member in ["apiVersion", "kind", "metadata"] {
            if !document.contains_mapping_key(member) {
                return Err(format!("a resource without `{member}`"));
            }
        }
    }
    Ok(())
}

fn envoy(text: &str) -> Result<(), String> {
    yaml(text)?;
    let shipped = fs::read_to_string(root().join("envoy/envoy.yaml")).unwrap();
    let bare = |line: &str| line.split(" #").next().unwrap().trim().replace("- ", "");
    let known: Vec<String> = shipped.lines().map(bare).collect();
    // Names of types and members are those of the file that a test has Envoy validate.
    for name in text.split('"').filter(|part| part.starts_with("type.googleapis.com/")) {
        if !known.iter().any(|line| line.contains(name)) {
            return Err(format!("`{name}` is not in envoy/envoy.yaml"));
        }
    }
    if text.contains("failure_policy:") != text.contains("failure_policy: FAIL_RELOAD") {
        return Err("a gate that does not fail closed".into());
    }
    Ok(())
}

/// Code is in a file of the project, word for word, or a file of the page's own.
fn source(text: &str, path: &str, folder: &Path) -> Result<(), String> {
    if path.contains('/') {
        let file =
            fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))?;
        return if file.contains(text) { Ok(()) } else { Err(format!("not what is in {path}")) };
    }
    write(folder, path, text);
    let parse = "import ast,sys; ast.parse(open(sys.argv[1]).read())";
    let mut command = match path.rsplit_once('.') {
        Some((_, "py")) => {
            let mut command = std::process::Command::new("python3");
            command.args(["-c", parse]);
            command
        }
        _ => {
            let mut command = std::process::Command::new("node");
            command.arg("--check");
            command
        }
    };
    match command.arg(folder.join(path)).output() {
        Ok(output) if !output.status.success() => {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
        // If the language is not installed, its step of `cargo xtask test` reports that.
        _ => Ok(()),
    }
}
