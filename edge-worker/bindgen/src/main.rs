//! Makes JavaScript modules from a wasm module that was built with `wasm-bindgen`.
//!
//! It does only that part of the `wasm-bindgen` command. It compiles in a third of the command's
//! time, and its version can't differ from that of the library.

use std::path::Path;

use anyhow::{Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [kind, wasm, folder] = arguments.as_slice() else {
        bail!("usage: wicketgate-bindgen npm|worker WASM FOLDER")
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).remove_producers_section(true);
    match kind.as_str() {
        // The caller hands this module its wasm.
        "npm" => bindgen.web(true)?.typescript(false).out_name("wicketgate_policy"),
        // This module can be instantiated again after a trap.
        "worker" => bindgen
            .module(true)?
            .out_name("index")
            .typescript(false)
            .reset_state_function(true)
            .force_enable_abort_handler(true),
        _ => bail!("`{kind}`: expected npm or worker"),
    };
    bindgen.generate(Path::new(folder))
}
