//! The Envoy filter as it is shipped: built, without the callbacks it doesn't use, optimised.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::cache::Cache;
use crate::cargo_build::Build;
use crate::files;
use crate::progress::Step;
use crate::tools::{self, BINARYEN_VERSION};

/// The target that gives the filter its environment variables.
pub const TARGET: &str = "wasm32-wasip1";

/// The callbacks that a host may call. The SDK exports every callback of the ABI, and Envoy calls
/// each that exists. Empty ones would cost time on every stream, and their code would take space.
pub const EXPORTS: [&str; 14] = [
    "_initialize",
    "memory",
    "proxy_abi_version_0_2_1",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_delete",
    "proxy_on_http_call_response",
    "proxy_on_memory_allocate",
    "proxy_on_request_body",
    "proxy_on_request_headers",
    "proxy_on_request_trailers",
    "proxy_on_response_headers",
    "proxy_on_tick",
    "proxy_on_vm_start",
];

/// Builds the filter from the sources in `checkout` as they are now. Cargo decides whether there
/// is anything to do; what it built is optimised again only when it differs.
pub fn build(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<PathBuf> {
    tools::target(cache, checkout, TARGET)?;
    let binaryen = tools::binaryen(cache)?;
    let mut step = Step::begin("building the filter");
    let compiled = CARGO.run(cache, checkout, target_dir, &mut step)?;

    let path = compiled.with_file_name("wicketgate.wasm");
    let stamp = path.with_extension("wasm.from");
    let module = std::fs::read(&compiled).with_context(|| compiled.display().to_string())?;
    let recipe = format!("{BINARYEN_VERSION} {EXPORTS:?} {FLAGS:?}");
    let from = files::digest([module.as_slice(), recipe.as_bytes()]);
    if !path.exists() || std::fs::read_to_string(&stamp).ok().as_ref() != Some(&from) {
        let work = cache.run_folder()?;
        let (graph, used) = (work.path().join("graph.json"), work.path().join("used.wasm"));
        let done = work.path().join("done.wasm");
        files::write(&graph, roots(&EXPORTS).to_string())?;
        let graph = format!("--graph-file={}", graph.display());
        let flags = [&[graph.as_str()][..], &FEATURES].concat();
        binaryen.run("wasm-metadce", &flags, &compiled, &used, &mut step)?;
        let flags = [&FLAGS[..], &FEATURES].concat();
        binaryen.run("wasm-opt", &flags, &used, &done, &mut step)?;
        // Without its stamp a module that was half copied is not taken for done.
        let _absent = std::fs::remove_file(&stamp);
        std::fs::copy(&done, &path).with_context(|| path.display().to_string())?;
        files::write(&stamp, &from)?;
    }
    step.done();
    Ok(path)
}

/// Builds the filter with a comparison of secrets that ends at the first wrong byte, and nothing
/// else done to it: what the tests of constant time have to catch. Not for use.
pub fn build_with_early_exit(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<PathBuf> {
    build_with(cache, checkout, target_dir, "'--cfg', 'wicketgate_early_exit'")
}

/// Builds the filter with faults that a request's header can cause, and with at most 16 MiB of
/// memory, so that its end is soon reached. Not for use.
pub fn build_with_faults(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<PathBuf> {
    let flags = "'--cfg', 'wicketgate_faults', '-C', 'link-arg=--max-memory=16777216'";
    build_with(cache, checkout, target_dir, flags)
}

fn build_with(cache: &Cache, checkout: &Path, target_dir: &Path, flags: &str) -> Result<PathBuf> {
    tools::target(cache, checkout, TARGET)?;
    let flags = format!("target.{TARGET}.rustflags=[{flags}]");
    let arguments = [CARGO.arguments, &["--config", &flags]].concat();
    let mut step = Step::begin("building the filter for a test");
    let built =
        Build { arguments: &arguments, ..CARGO }.run(cache, checkout, target_dir, &mut step)?;
    step.done();
    Ok(built)
}

const CARGO: Build<'static> = Build {
    package: "wicketgate-filter",
    arguments: &["--release", "--target", TARGET],
    extension: "wasm",
};

/// For size: Envoy compiles the whole module in every worker before the first request.
const FLAGS: [&str; 4] = ["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// The features that rustc uses for this target.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The exports as wasm-metadce takes them: roots, from which the rest is reached.
fn roots(exports: &[&str]) -> Value {
    let root = |name: &&str| json!({ "name": name, "root": true, "export": name });
    exports.iter().map(root).collect()
}
