//! `wicketgate init` and `completions`, as they are run.

mod common;

use std::fs;

use common::run;
use serde_json::Value;

const SHAPES: [&str; 5] =
    ["scheduled-jobs", "callbacks", "task-queue", "cache-refresh", "service-calls"];

#[test]
fn every_shape_is_checked_at_once() {
    let directory = tempfile::tempdir().unwrap();
    for shape in SHAPES {
        for ending in ["yaml", "json"] {
            let path = directory.path().join(format!("{shape}.{ending}"));
            let path = path.to_str().unwrap();
            let init =
                ["init", "--shape", shape, "--name", "my-app", "--stack", "fastapi", "--out", path];
            let ran = run(&init, &[], b"");
            assert_eq!((ran.code, ran.err.as_str()), (0, ""));
            assert!(
                ran.out.starts_with(path) && ran.out.contains("wicketgate check"),
                "{}",
                ran.out
            );
            // Its comments name the unwise parts.
            let accept = ["check", "--deny-warnings", "--accept", "no-proof", path];
            let ran = run(&accept, &[], b"");
            assert_eq!(ran.code, 0, "{}", ran.out);
            let comments = fs::read_to_string(path).unwrap().contains("# CHANGE");
            assert_eq!(comments, ending == "yaml");
            // Nothing is written over.
            assert_eq!(run(&init, &[], b"").code, 1);
        }
    }
}

/// The stacks, as the help names them.
fn stacks() -> Vec<String> {
    let help = run(&["init", "-h"], &[], b"").out;
    let line = help.lines().find(|line| line.contains("possible values: aiohttp")).unwrap();
    let names = line.split_once("possible values: ").unwrap().1.trim_end_matches(']');
    names.split(", ").map(str::to_owned).collect()
}

const ANSWERS: [(&str, &str); 4] =
    [("envoy", "token"), ("envoy", "jwt"), ("worker", "token"), ("worker", "jwt")];

/// Whatever is answered, `check` finds nothing but what a person has to decide.
#[test]
fn every_answer_is_a_policy_to_begin_with() {
    let directory = tempfile::tempdir().unwrap();
    let stacks = stacks();
    assert!(stacks.len() >= 18, "{stacks:?}");
    let mut files = Vec::new();
    for shape in SHAPES {
        for stack in &stacks {
            for (host, credential) in ANSWERS {
                // Each with some stack, and every stack with two of them: what a stack changes are
                // lines of its own.
                if matches!((host, credential), ("envoy", "jwt") | ("worker", "token"))
                    && !["flask", "nextjs"].contains(&stack.as_str())
                {
                    continue;
                }
                let name = format!("{shape}-{stack}-{host}-{credential}.yaml");
                let path = directory.path().join(name).display().to_string();
                let answers = ["--shape", shape, "--name", "my-app", "--stack", stack];
                let more = ["--host", host, "--credential", credential, "--out", &path];
                let ran = run(&[&["init"], &answers[..], &more[..]].concat(), &[], b"");
                assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{path}");
                let render = if host == "envoy" { "render envoy" } else { "render wrangler" };
                assert!(ran.out.contains(render), "{path}\n{}", ran.out);
                let secret = ran.out.contains("wicketgate token new");
                assert_eq!(secret, credential == "token", "{path}\n{}", ran.out);
                files.push(path);
            }
        }
    }
    let mut arguments = vec!["check", "--json", "--accept", "no-proof"];
    arguments.extend(files.iter().map(String::as_str));
    let ran = run(&arguments, &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let told = told.as_array().unwrap();
    assert_eq!(told.len(), files.len());
    for (file, told) in files.iter().zip(told) {
        let codes: Vec<&str> = told["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|said| said["code"].as_str().unwrap_or("a fault"))
            .collect();
        // What lies around the application, and which server actions are public, is not to be seen.
        let decide = match file {
            file if file.contains("-nextjs-") => &["origin-unseen", "actions-unsaid"][..],
            file if file.contains("-other-") => &["origin-unknown"],
            _ => &["origin-unseen"],
        };
        assert_eq!(codes, decide, "{file}");
        let text = fs::read_to_string(file).unwrap();
        assert_eq!(text.contains("cf-connecting-ip"), file.contains("-worker-"), "{file}\n{text}");
        assert_eq!(text.contains("jwks_uri"), file.contains("-jwt."), "{file}\n{text}");
        assert!(text.contains("# CHANGE"), "{file}\n{text}");
    }
}

#[test]
fn a_shape_guards_what_it_says() {
    let init =
        ["init", "--shape", "scheduled-jobs", "--name", "a", "--stack", "express", "--out", "-"];
    let policy = run(&init, &[], b"").out;
    for (target, token, code) in [
        ("/internal/run_scan", true, 0),
        ("/internal/run_scan", false, 2),
        ("/internal/other", true, 2),
        ("/", false, 0),
    ] {
        let mut arguments = vec!["explain", "-", "--method", "POST", "--target", target];
        if token {
            arguments.extend(["-H", "x-internal-token: $INTERNAL_JOB_TOKEN"]);
        }
        let ran = run(&arguments, &[], policy.as_bytes());
        assert_eq!(ran.code, code, "{target}\n{}{}", ran.out, ran.err);
    }
    let json: Vec<&str> = init.into_iter().chain(["--json"]).collect();
    let told: Value = serde_json::from_str(&run(&json, &[], b"").out).unwrap();
    assert_eq!((&told["name"], &told["text"]), (&"a".into(), &policy.into()));
}

#[test]
fn what_is_missing_is_named_where_nobody_can_be_asked() {
    for (arguments, message) in [
        (
            &["init", "--out", "-"][..],
            "error: --shape is missing, and there is no terminal to ask on\n",
        ),
        (&["init", "--out", "-", "--shape", "callbacks"], "error: --name is missing"),
        (
            &["init", "--out", "-", "--shape", "callbacks", "--name", "a"],
            "error: --stack is missing",
        ),
        (
            &["init", "--out", "-", "--shape", "callbacks", "--name", "A", "--stack", "flask"],
            "error: a name has 1 to 64",
        ),
        (&["init", "--out", "-", "--shape", "other"], "error: invalid value 'other'"),
        (
            &[
                "init",
                "--out",
                "/no/such/folder/x",
                "--shape",
                "callbacks",
                "--name",
                "a",
                "--stack",
                "flask",
            ],
            "error: cannot write",
        ),
    ] {
        let ran = run(arguments, &[], b"");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{arguments:?}");
        assert!(ran.err.starts_with(message), "{}", ran.err);
    }
}

#[test]
fn completions_know_every_command_and_every_command_has_examples() {
    let help = run(&["--help"], &[], b"").out;
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(commands.len() >= 8, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(&["completions", shell], &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        for command in &commands {
            assert!(ran.out.contains(command), "{shell} {command}");
        }
    }
    for command in commands.iter().filter(|command| **command != "help") {
        let help = run(&[command, "--help"], &[], b"");
        // `token` has commands of its own, whose help has them.
        let has = help.out.contains("Examples:\n") && help.out.contains("Exit codes: 0 ");
        assert_eq!(has, *command != "token", "{command}\n{}", help.out);
    }
    for command in ["new", "digest", "jwk", "rotate"] {
        assert!(run(&["token", command, "--help"], &[], b"").out.contains("Examples:\n"));
    }
}

/// Nobody reads, or the disk is full: an exit code, and no panic.
#[cfg(target_os = "linux")]
#[test]
fn what_can_not_be_written_is_an_error() {
    use std::fs::OpenOptions;
    use std::process::{Command, Stdio};
    let full = || Stdio::from(OpenOptions::new().write(true).open("/dev/full").unwrap());
    let code = |arguments: &[&str], out: Stdio, err: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wicketgate"));
        command.args(arguments).current_dir(common::root());
        command.stdin(Stdio::null()).stdout(out).stderr(err).status().unwrap().code()
    };
    assert_eq!(code(&["check", "no/such/file"], Stdio::null(), full()), Some(1));
    assert_eq!(code(&["schema"], full(), full()), Some(1));
    assert_eq!(code(&["token", "new"], Stdio::null(), full()), Some(0));
    assert_eq!(code(&["no-such-command"], full(), full()), Some(1));
    let covered = ["test", "cli/tests/test/jobs.yaml", "--min-coverage", "100"];
    assert_eq!(code(&covered, Stdio::null(), full()), Some(2));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(code(&["schema"], writer.into(), Stdio::null()), Some(0));
}
