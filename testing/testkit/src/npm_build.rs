//! The core as an npm package, as it is published: built by wasm-pack, and put beside the files that
//! are written by hand.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::cargo_build::{Build, without_leaks};
use wicketgate_runtime::progress::Step;
use wicketgate_runtime::ships::Ships;
use wicketgate_runtime::tools::{self, BINARYEN_VERSION, Binaryen};
use wicketgate_runtime::worker_build::{BINDGEN, TARGET};
use wicketgate_runtime::{command, files};

use crate::test_tools::{WASM_PACK_VERSION, wasm_pack};

/// The name that users import.
pub const NAME: &str = "wicketgate-policy";

/// The package. A page fetches and compiles its module before it decides anything. It may weigh more
/// than the filter, because it tells the steps of a decision (`explain`) and reads lines for curl.
pub const PACKAGE: Ships = Ships {
    name: "npm",
    about: "The core as a package for Node and browsers",
    make: build,
    measured: Some(WASM),
    limit: 768 * 1024,
};

/// Builds the package from the sources in `checkout` as they are now, into the folder `npm` in
/// `target_dir`, which has all of its files and nothing else.
/// Cargo decides whether there is anything to do; the rest is done again only when what cargo
/// built or what is written by hand differs.
fn build(cache: &Cache, checkout: &Path, target_dir: &Path) -> Result<PathBuf> {
    tools::target(cache, checkout, TARGET)?;
    let binaryen = tools::binaryen(cache)?;
    let program = wasm_pack(cache)?;
    let mut step = Step::begin("building the npm package");
    let compiled = CORE.run(cache, checkout, target_dir, &mut step)?;
    let bindgen = BINDGEN.run(cache, checkout, target_dir, &mut step)?;

    let mut sources = files::sources(&checkout.join("policy-js/package"))?;
    for shared in ["LICENSE-APACHE", "LICENSE-MIT"] {
        sources.insert(shared.into(), checkout.join(shared));
    }
    let mut parts =
        vec![format!("{BINARYEN_VERSION} {WASM_PACK_VERSION} {OPTIONS:?}").into_bytes()];
    let manifest = checkout.join(CRATE).join("Cargo.toml");
    for input in sources.values().chain([&compiled, &bindgen, &manifest]) {
        parts.push(std::fs::read(input).with_context(|| input.display().to_string())?);
    }
    let (folder, stamp) = (target_dir.join("npm"), target_dir.join("npm.from"));
    let from = files::digest(parts.iter().map(Vec::as_slice));
    if std::fs::read_to_string(&stamp).ok().as_ref() != Some(&from) {
        // Without its stamp a folder that was half filled is not taken for done.
        let _absent = std::fs::remove_file(&stamp);
        files::remove(&folder)?;
        files::copy(&sources, &folder)?;
        let work = cache.run_folder()?;
        let pack = work.path().join("pkg");
        let mut command = Command::new(&program);
        without_leaks(&mut command).current_dir(checkout).env("CARGO_TARGET_DIR", target_dir);
        command.env("PATH", path(&work.path().join("bin"), &bindgen, &binaryen)?);
        command.args(["build", CRATE]).args(OPTIONS).arg("--out-dir").arg(&pack);
        command::run(&mut command, &work.path().join("wasm-pack.log"), &mut step, ADVICE)?;
        for name in [SCRIPT, WASM] {
            std::fs::copy(pack.join(name), folder.join(name)).with_context(|| name.to_owned())?;
        }
        files::write(&stamp, &from)?;
    }
    step.done();
    Ok(folder)
}

/// The `PATH` on which wasm-pack finds our `wasm-bindgen` and `wasm-opt` in place of downloading them.
fn path(folder: &Path, bindgen: &Path, binaryen: &Binaryen) -> Result<OsString> {
    std::fs::create_dir_all(folder).context("cannot make a folder for wasm-bindgen")?;
    std::os::unix::fs::symlink(bindgen, folder.join("wasm-bindgen"))
        .context("cannot link wasm-bindgen")?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let first = [folder, binaryen.programs()].map(Path::to_owned);
    Ok(std::env::join_paths(first.into_iter().chain(std::env::split_paths(&path)))?)
}

/// What wasm-pack builds first of all. Cargo alone tells whether there is anything to do.
const CORE: Build<'_> = Build {
    package: "wicketgate-policy-js",
    arguments: &["--release", "--target", TARGET],
    extension: "wasm",
};

const CRATE: &str = "policy-js";

/// A module that is handed its wasm, because both entries of the package are written by hand, and so
/// are its types and `package.json`. Flags of `wasm-opt` are in the crate's `Cargo.toml`.
const OPTIONS: [&str; 8] = [
    "--mode",
    "no-install",
    "--target",
    "web",
    "--out-name",
    "wicketgate_policy",
    "--no-typescript",
    "--no-pack",
];

const SCRIPT: &str = "wicketgate_policy.js";

const WASM: &str = "wicketgate_policy_bg.wasm";

const ADVICE: &str = "the module that cargo built is at fault";
