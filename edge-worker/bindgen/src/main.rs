//! Makes JavaScript modules from a wasm module that was built with `wasm-bindgen`.
//!
//! It does that part of the `wasm-bindgen` command, with the arguments that `wasm-pack` gives and
//! that the Worker's build needs. It compiles in a third of the command's time, which has a test
//! runner, and its version can't differ from that of the library.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut bindgen = Bindgen::new();
    // What it would add there, wasm-opt removes again.
    bindgen.remove_producers_section(true);
    let (mut module, mut folder) = (None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("`{argument}` has no value"));
        match argument.as_str() {
            "--version" => {
                println!("wasm-bindgen {}", wasm_bindgen_shared::version());
                return Ok(());
            }
            "--out-dir" => folder = Some(PathBuf::from(value()?)),
            "--out-name" => _ = bindgen.out_name(&value()?),
            "--target" => match value()?.as_str() {
                "bundler" => _ = bindgen.bundler(true)?,
                "module" => _ = bindgen.module(true)?,
                "nodejs" => _ = bindgen.nodejs(true)?,
                "web" => _ = bindgen.web(true)?,
                other => bail!("`--target` is `{other}`: expected bundler, module, nodejs or web"),
            },
            "--typescript" => _ = bindgen.typescript(true),
            "--no-typescript" => _ = bindgen.typescript(false),
            "--experimental-reset-state-function" => _ = bindgen.reset_state_function(true),
            "--force-enable-abort-handler" => _ = bindgen.force_enable_abort_handler(true),
            option if option.starts_with('-') => bail!("`{option}` is not known here"),
            path => module = Some(PathBuf::from(path)),
        }
    }
    let module = module.context("no module")?;
    bindgen.input_path(module).generate(folder.context("no `--out-dir`")?)
}
