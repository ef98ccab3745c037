//! The filter as Envoy gets it, built by whoever tests it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

/// The bytes of the filter, built from the sources as they are now.
///
/// Cargo runs once per process and does nothing where nothing changed; looking for a file that
/// happens to be there would test the filter of yesterday.
pub fn filter() -> Result<&'static [u8]> {
    static BUILT: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let path = build().map_err(|error| format!("{error:#}"))?;
        std::fs::read(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
    });
    built.as_deref().map_err(|message| anyhow::anyhow!("{message}"))
}

/// Where [`filter`] leaves the file, for those who give it to Envoy.
pub fn filter_path() -> Result<PathBuf> {
    filter()?;
    Ok(artifact())
}

fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--package", "wicketgate-filter", "--release"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(target_dir())
        .current_dir(workspace());
    for (name, _) in std::env::vars_os() {
        if leaks_into_the_build(&name) {
            command.env_remove(name);
        }
    }
    let output = command.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!(
            "the filter does not build (is the target there? `rustup target add {TARGET}`)\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(artifact())
}

/// What tools set for the build of the tests must not change the filter: coverage
/// instrumentation doesn't even link for wasm.
fn leaks_into_the_build(name: &OsStr) -> bool {
    const PREFIXES: [&str; 4] = ["CARGO_LLVM_COV", "CARGO_PKG_", "CARGO_PROFILE_", "LLVM_PROFILE"];
    const NAMES: [&str; 7] = [
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_MANIFEST_DIR",
        "CARGO_TARGET_DIR",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
    ];
    let name = name.to_string_lossy();
    NAMES.contains(&name.as_ref()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn artifact() -> PathBuf {
    target_dir().join(TARGET).join("release").join("wicketgate_filter.wasm")
}

/// A directory of its own: a build that runs while another holds the lock would wait for it.
fn target_dir() -> PathBuf {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => workspace().join(directory),
        None => workspace().join("target"),
    };
    target.join("host-tests-wasm")
}

fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

const TARGET: &str = "wasm32-wasip1";
