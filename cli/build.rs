//! Has the gate built that an installed command carries, so that `wicketgate up` needs no checkout.
//!
//! A release build carries the filter and the Worker, and a debug build neither, so that nobody waits
//! for them in `cargo test`. `WICKETGATE_CARRY` says otherwise: `gate` or `nothing`.
//!
//! The gate is built by another cargo, for other targets. It has a target folder of its own, because
//! the cargo that runs this script holds the lock of the usual one until the script ends.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={CARRY}");
    let out = variable("OUT_DIR")?;
    let carried = match wanted()? {
        true => gate(&out)?,
        false => NOTHING.to_owned(),
    };
    fs::write(out.join("carried.rs"), carried).map_err(|error| format!("carried.rs: {error}"))
}

const CARRY: &str = "WICKETGATE_CARRY";

fn wanted() -> Result<bool, String> {
    match env::var(CARRY).as_deref() {
        Ok("gate") => Ok(true),
        Ok("nothing") => Ok(false),
        Ok(other) => Err(format!("`{CARRY}` is `{other}`: expected `gate` or `nothing`")),
        Err(_) => Ok(variable("PROFILE")? == Path::new("release")),
    }
}

/// What the command includes if it carries nothing.
const NOTHING: &str = r#"
pub(crate) const FILTER: Option<&[u8]> = None;
pub(crate) const WORKER: &[(&str, &[u8])] = &[];
pub(crate) const ABOUT: &str = "it carries no filter: `wicketgate up` builds one in a checkout, or takes one by `--wasm`";
"#;

/// Builds the gate, and returns what the command includes.
fn gate(out: &Path) -> Result<String, String> {
    let package = variable("CARGO_MANIFEST_DIR")?;
    let checkout = package.parent().ok_or("the package is no part of a checkout")?;
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", checkout.join(source).display());
    }
    let (target, folder) = (out.join("target"), out.join("gate"));
    let mut cargo = Command::new(variable("CARGO")?);
    for (name, _) in env::vars_os() {
        // What this build was told about itself is not for the other.
        let name = name.to_string_lossy();
        if LEAKS.iter().any(|prefix| name.starts_with(prefix)) {
            cargo.env_remove(&*name);
        }
    }
    cargo.current_dir(checkout).args(["run", "--quiet", "--locked"]);
    cargo.args(["--package", "wicketgate-runtime", "--bin", "wicketgate-carry", "--target-dir"]);
    cargo.arg(&target).arg("--").args([checkout, &target, &folder]);
    let status = cargo.status().map_err(|error| format!("cannot run cargo: {error}"))?;
    if !status.success() {
        return Err(format!(
            "the gate that the command carries could not be built: see above. With {CARRY}=nothing \
             the command is built without it; `wicketgate up` then takes a built one by `--wasm`"
        ));
    }
    included(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn included(folder: &Path) -> std::io::Result<String> {
    let mut text = String::from("pub(crate) const FILTER: Option<&[u8]> = Some(include_bytes!(");
    let _infallible = writeln!(text, "{:?}));", folder.join("wicketgate.wasm"));
    text.push_str("pub(crate) const WORKER: &[(&str, &[u8])] = &[\n");
    let entries = fs::read_dir(folder.join("worker"))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default();
        let _infallible = writeln!(text, "    ({name:?}, include_bytes!({path:?})),");
    }
    let about = fs::read_to_string(folder.join("about.txt"))?;
    let _infallible = write!(text, "];\npub(crate) const ABOUT: &str = {:?};\n", about.trim_end());
    Ok(text)
}

fn variable(name: &str) -> Result<PathBuf, String> {
    env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("cargo sets no `{name}`"))
}

/// Whatever the gate is built from, and what builds it.
const SOURCES: [&str; 11] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "driver/src",
    "edge-worker",
    "filter",
    "policy/Cargo.toml",
    "policy/src",
    "runtime/Cargo.toml",
    "runtime/src",
    "rust-toolchain.toml",
];

/// Beginnings of variables that would change the other build.
const LEAKS: [&str; 11] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_CFG_",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_FEATURE_",
    "CARGO_LLVM_COV",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PROFILE_",
    "RUSTC_",
    "RUSTFLAGS",
];
