//! Cargo, run to build one thing from the sources as they are now.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::cache::Cache;
use crate::files;
use crate::process::Process;
use crate::progress::Step;
use crate::wait::wait_until;

/// The thing to build.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// The package.
    pub package: &'a str,
    /// Further arguments of `cargo build`.
    pub arguments: &'a [&'a str],
    /// Among the files of the package, the extension of the one that is wanted; empty for a
    /// program.
    pub extension: &'a str,
}

impl Build<'_> {
    /// Builds it and returns where it is. Cargo decides whether there is anything to do.
    pub fn run(
        &self,
        cache: &Cache,
        checkout: &Path,
        target_dir: &Path,
        step: &mut Step,
    ) -> Result<PathBuf> {
        let Build { package, arguments, extension } = *self;
        let folder = cache.run_folder()?;
        let messages = folder.path().join("cargo.jsonl");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        without_leaks(&mut cargo)
            .current_dir(checkout)
            .args(["build", "--quiet", "--package", package])
            .args(["--message-format", "json-render-diagnostics"])
            .args(arguments)
            .arg("--target-dir")
            .arg(target_dir)
            .stdout(Stdio::from(File::create(&messages).context("cannot write a log")?))
            .stderr(Stdio::inherit());
        let mut process = Process::start_with_outputs(&mut cargo, &messages)?;
        let status = wait_until("cargo build", Duration::from_secs(30 * 60), || {
            step.tick();
            process.ended()
        })?;
        if !status.success() {
            bail!("`{package}` does not compile: see above");
        }
        artifact(&files::read(&messages)?, package, extension)
            .with_context(|| format!("cargo built no `{package}`"))
    }
}

/// Takes the variables from a command's environment that tools set for the build of tests. They must
/// not change what ships: coverage instrumentation does not even link for wasm.
pub fn without_leaks(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if leaks_into_the_build(&name) {
            command.env_remove(name);
        }
    }
    command
}

fn leaks_into_the_build(name: &OsStr) -> bool {
    const PREFIXES: [&str; 4] = ["CARGO_LLVM_COV", "CARGO_PKG_", "CARGO_PROFILE_", "LLVM_PROFILE"];
    const NAMES: [&str; 6] = [
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_MANIFEST_DIR",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
    ];
    let name = name.to_string_lossy();
    NAMES.contains(&name.as_ref()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The file among cargo's messages. Libraries are named with underscores, programs as they are.
fn artifact(messages: &str, package: &str, extension: &str) -> Option<PathBuf> {
    let library = package.replace('-', "_");
    let built = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let name = message.get("target")?.get("name")?.as_str()?;
        let files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str);
        let of = |file: &&Path| file.extension().unwrap_or_default() == extension;
        let found = files.map(Path::new).find(of)?.to_owned();
        (name == package || name == library).then_some(found)
    };
    messages.lines().find_map(built)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_file_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"log"},"filenames":["/t/log.wasm"]}
{"reason":"compiler-message","message":{}}
{"reason":"compiler-artifact","target":{"name":"the_gate"},"filenames":["/t/a.rlib","/t/a.wasm"]}
{"reason":"compiler-artifact","target":{"name":"the-tool"},"filenames":["/t/the-tool"]}
{"reason":"build-finished","success":true}"#;
        let found = |package, extension| artifact(messages, package, extension);
        assert_eq!(found("the-gate", "wasm"), Some(PathBuf::from("/t/a.wasm")));
        assert_eq!(found("the-tool", ""), Some(PathBuf::from("/t/the-tool")));
        assert_eq!(found("the-other", "wasm"), None);
    }

    #[test]
    fn tools_do_not_change_what_ships() {
        for name in ["RUSTFLAGS", "CARGO_LLVM_COV_TARGET_DIR", "CARGO_PROFILE_RELEASE_LTO"] {
            assert!(leaks_into_the_build(name.as_ref()), "{name}");
        }
        assert!(!leaks_into_the_build("PATH".as_ref()));
    }
}
