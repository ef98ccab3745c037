//! The Worker as it is shipped: built, made a JavaScript module, optimised.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::cargo_build::Build;
use crate::files;
use crate::progress::Step;
use crate::tools::{self, BINARYEN_VERSION};

/// The target of the Workers platform.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The module that the platform starts.
pub const MAIN: &str = "worker.mjs";

/// Its wasm module.
pub const WASM: &str = "index_bg.wasm";

/// The scripts that are written by hand.
const SCRIPTS: [&str; 5] = [MAIN, "instance.mjs", "message.mjs", "origin.mjs", "serve.mjs"];

/// Builds the Worker from the sources in `checkout` as they are now, into the folder `edge-worker` in
/// `target_dir`, which has all of its modules and nothing else. Cargo decides whether there is anything to do; the rest is done again only when
/// what cargo built differs.
pub fn build(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<PathBuf> {
    tools::target(cache, checkout, TARGET)?;
    let binaryen = tools::binaryen(cache)?;
    let mut step = Step::begin("building the Worker");
    let compiled = WORKER.run(cache, checkout, target_dir, &mut step)?;
    let bindgen = BINDGEN.run(cache, checkout, target_dir, &mut step)?;

    let folder = target_dir.join("edge-worker");
    let stamp = target_dir.join("edge-worker.from");
    let mut scripts = Vec::new();
    for name in SCRIPTS {
        scripts.push((name, files::read(&checkout.join("edge-worker").join(name))?));
    }
    let module = std::fs::read(&compiled).with_context(|| compiled.display().to_string())?;
    let tool = std::fs::read(&bindgen).with_context(|| bindgen.display().to_string())?;
    let recipe = format!("{BINARYEN_VERSION} {BINDGEN_OPTIONS:?} {FLAGS:?} {NO_POLICY}");
    let mut parts = vec![module.as_slice(), tool.as_slice(), recipe.as_bytes()];
    parts.extend(scripts.iter().map(|(_, script)| script.as_bytes()));
    let from = files::digest(parts);
    if std::fs::read_to_string(&stamp).ok().as_ref() != Some(&from) {
        // Without its stamp a folder that was half filled is not taken for done.
        let _absent = std::fs::remove_file(&stamp);
        files::remove(&folder)?;
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let work = cache.run_folder()?;
        let mut command = std::process::Command::new(&bindgen);
        command.arg(&compiled).args(BINDGEN_OPTIONS).arg("--out-dir").arg(&folder);
        crate::command::run(&mut command, &work.path().join("bindgen.log"), &mut step, ADVICE)?;
        let (wasm, small) = (folder.join(WASM), work.path().join("small.wasm"));
        binaryen.run("wasm-opt", &FLAGS, &wasm, &small, &mut step)?;
        std::fs::copy(&small, &wasm).with_context(|| wasm.display().to_string())?;
        let index = folder.join("index.js");
        files::write(&index, without_source_phase(&files::read(&index)?))?;
        for (name, script) in &scripts {
            files::write(&folder.join(name), script)?;
        }
        files::write(&folder.join("policy.mjs"), NO_POLICY)?;
        files::write(&stamp, &from)?;
    }
    step.done();
    Ok(folder)
}

/// A module import is what the platform has in place of a source phase import.
fn without_source_phase(index: &str) -> String {
    index.replace("import source ", "import ")
}

const WORKER: Build<'_> = Build {
    package: "wicketgate-edge-worker",
    arguments: &["--release", "--target", TARGET, "--config", SMALL_HASHES],
    extension: "wasm",
};

/// Ed25519 brings SHA-512, and unrolled the two hashes take 19 KB. Here a hash is a small part of
/// what the platform takes for a request.
const SMALL_HASHES: &str =
    r#"target.wasm32-unknown-unknown.rustflags=['--cfg', 'sha2_backend_soft="compact"']"#;

/// A module that can be instantiated again after a trap.
const BINDGEN_OPTIONS: [&str; 7] = [
    "--target",
    "module",
    "--out-name",
    "index",
    "--no-typescript",
    "--experimental-reset-state-function",
    "--force-enable-abort-handler",
];

/// The program that makes JavaScript modules from wasm modules.
pub const BINDGEN: Build<'_> =
    Build { package: "wicketgate-bindgen", arguments: &[], extension: "" };

/// For size: an isolate compiles the module before its first request.
const FLAGS: [&str; 12] = [
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-exception-handling",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The policy comes from the binding `POLICY` then.
const NO_POLICY: &str = "export default undefined;\n";

const ADVICE: &str = "the module that cargo built is at fault";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_imported_as_the_platform_does_it() {
        let index = "import source wasmModule from \"./index_bg.wasm\";\n";
        assert_eq!(without_source_phase(index), "import wasmModule from \"./index_bg.wasm\";\n");
    }
}
