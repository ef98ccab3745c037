//! Commands that the documentation shows.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::common::{root, run};

/// Programs that are not ours, which a page may ask people to run.
const OTHERS: [&str; 13] = [
    "cp", "curl", "docker", "envoy", "export", "gcloud", "git", "grep", "istioctl", "kubectl",
    "npx", "python3", "sudo",
];

/// Commands without what they say.
pub fn script(text: &str, folder: &Path) -> Result<(), String> {
    for line in joined(text) {
        command(&line, folder)?;
    }
    Ok(())
}

/// Commands after `$`, and what each says.
pub fn session(text: &str, folder: &Path) -> Result<(), String> {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for line in joined(text) {
        match (line.strip_prefix("$ "), said.last_mut()) {
            (Some(command), _) => said.push((command.to_owned(), Vec::new())),
            (None, Some((_, shown))) => shown.push(line),
            (None, None) => return Err("what no command says".into()),
        }
    }
    for (line, shown) in said {
        let found = command(&line, folder)?;
        if shown.iter().all(|line| line.trim().is_empty()) {
            continue;
        }
        if line.starts_with("curl ") {
            answer(&line, &shown, folder)?;
        } else if let Some(found) = found {
            let found: Vec<&str> = found.lines().collect();
            let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
            if !matches_lines(&shown, &found) {
                let (shown, found) = (shown.join("\n"), found.join("\n"));
                return Err(format!("`{line}` is shown to say\n{shown}\nand says\n{found}"));
            }
        }
    }
    Ok(())
}

/// Lines, with those that end in a backslash joined to the next, without comments and empty ones
/// before the first command.
fn joined(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    text.lines().map(str::to_owned).collect()
}

/// Runs a command if it is one of ours, and returns its output. Fails if the command is unknown.
fn command(line: &str, folder: &Path) -> Result<Option<String>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let words = shlex::split(&placeholders(line)).ok_or_else(|| format!("no shell: {line}"))?;
    let mut at = 0;
    while words.get(at).is_some_and(|word| word.contains('=') && !word.starts_with('-')) {
        at += 1;
    }
    match words.get(at).map(String::as_str) {
        Some("wicketgate") => ours(line, folder).map(Some),
        Some("cargo") => cargo(&words[at..]).map(|()| None),
        Some(program) if OTHERS.contains(&program) => {
            // Ours may be behind a pipe, or within it.
            if line.contains("| wicketgate ") || line.contains("$(wicketgate ") {
                return ours(line, folder).map(Some);
            }
            Ok(None)
        }
        _ => Err(format!("a command that is not known: {line}")),
    }
}

/// A line for curl is asked of the core too, which has words for what shells don't.
fn placeholders(line: &str) -> String {
    line.replace('…', "x")
}

fn cargo(words: &[String]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match *words {
        ["cargo", "xtask", command, ..] => {
            let file = root().join(format!("xtask/src/{}.rs", command.replace('-', "_")));
            let text = fs::read_to_string(&file).unwrap_or_default();
            if !text.contains("clap::Args") && !text.contains("ExitCode") {
                return Err(format!("`cargo xtask {command}` is not known"));
            }
            // Its options are fields, or stand with what several commands share.
            let shared = fs::read_to_string(root().join("xtask/src/host.rs")).unwrap();
            for option in words.iter().filter_map(|word| word.strip_prefix("--")) {
                let name = option.split('=').next().unwrap().replace('-', "_");
                if ![&text, &shared].iter().any(|text| text.contains(&format!("{name}:"))) {
                    return Err(format!("`cargo xtask {command}` has no `--{option}`"));
                }
            }
            Ok(())
        }
        ["cargo", "install", "--locked", "--path", "cli"] | ["cargo", "test", ..] => Ok(()),
        _ => Err(format!("a command of cargo's that is not known: {words:?}")),
    }
}

/// Runs a line with ours in it, in a shell whose other programs are those of the machine.
fn ours(line: &str, folder: &Path) -> Result<String, String> {
    // Cut the part that would run on another machine.
    let line = line.split(" | kubectl").next().unwrap().split(" | npx").next().unwrap();
    let line = line.replace('…', "0");
    // The gate that it starts would run until Ctrl-C: a line is read up to its last option.
    let is_help = line.trim_start().starts_with("wicketgate up ");
    let line = if is_help { line + " --help" } else { line };
    let bin = Path::new(env!("CARGO_BIN_EXE_wicketgate")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &line])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    if is_help && output.status.success() {
        return Ok(String::new());
    }
    if error.contains("Usage:") || error.contains("--help") || error.contains("not found") {
        return Err(format!("`{line}` is no command:\n{error}"));
    }
    // A page may show a command without the files that it reads: then it was parsed.
    let lacks = ["cannot read", "No such file", "there is no terminal"];
    let is_lacking = lacks.iter().any(|what| error.contains(what));
    if output.status.code() == Some(1) && !is_lacking {
        return Err(format!("`{line}` fails:\n{error}"));
    }
    let said = String::from_utf8(output.stdout).unwrap();
    Ok(said + &error)
}

/// The answer that is shown to a line for curl is the one that the core gives.
fn answer(line: &str, shown: &[String], folder: &Path) -> Result<(), String> {
    let status = |line: &String| {
        let mut words = line.split(' ').skip_while(|word| !word.starts_with("HTTP/"));
        words.nth(1).and_then(|status| status.parse::<u64>().ok())
    };
    let Some(status) = shown.iter().find_map(status) else { return Ok(()) };
    let policy = ["policy.json", "policy.yaml"].map(|name| folder.join(name));
    let Some(policy) = policy.iter().find(|path| path.exists()) else {
        return Err("an answer, and no policy on the page".into());
    };
    let ran = run(&["explain", policy.to_str().unwrap(), "--json", "--curl", line], &[], b"");
    let told: Value = serde_json::from_str(&ran.out).map_err(|_| ran.err.clone())?;
    let own = told.pointer("/answer/status").and_then(Value::as_u64);
    match (ran.code, own) {
        (0, None) if status == 200 => Ok(()),
        (2, Some(own)) if status == own => {
            let body = told.pointer("/answer/body").and_then(Value::as_str).unwrap_or_default();
            let last = shown.iter().rfind(|line| !line.is_empty()).unwrap();
            if body.is_empty() || last == body {
                Ok(())
            } else {
                Err(format!("the body is {body}"))
            }
        }
        (code, own) => {
            Err(format!("{status} is shown, and the core says {own:?} ({code}): {line}"))
        }
    }
}

fn matches_lines(shown: &[&str], found: &[&str]) -> bool {
    match shown.split_first() {
        None => found.iter().all(|line| line.is_empty()),
        Some((&"…", rest)) => (0..=found.len()).any(|at| matches_lines(rest, &found[at..])),
        Some((line, rest)) => found
            .split_first()
            .is_some_and(|(first, others)| matches(line, first) && matches_lines(rest, others)),
    }
}

/// Returns `true` if a line matches the shown one, in which `…` stands for anything.
fn matches(shown: &str, found: &str) -> bool {
    let mut parts = shown.trim_end().split('…');
    let Some(mut rest) = found.trim_end().strip_prefix(parts.next().unwrap()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}
