//! wasm-pack, which makes npm packages of Rust crates.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::run;

/// Changes what is built: the package's stamp contains it.
pub const WASM_PACK_VERSION: &str = "0.15.1";

/// Its program, of exactly the pinned version. It is compiled, because its npm package downloads a
/// binary from outside the registries.
pub fn wasm_pack(cache: &Cache) -> Result<PathBuf> {
    let entry = format!("wasm-pack-{WASM_PACK_VERSION}");
    let what = format!("compiling wasm-pack {WASM_PACK_VERSION}, which takes minutes");
    let folder = cache.install(&entry, &what, |folder, step| {
        let mut install = Command::new("cargo");
        // A debug build, because it only starts other programs.
        install.args(["install", "--locked", "--debug", "--version", WASM_PACK_VERSION]);
        install.arg("wasm-pack").arg("--root").arg(folder);
        // Outside the checkout, whose toolchain and settings are not for it.
        install.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
        run(&mut install, &cache.log("wasm-pack"), step, "try the same command by hand")?;
        wicketgate_runtime::files::remove(&folder.join("target"))
    })?;
    Ok(folder.join("bin/wasm-pack"))
}
