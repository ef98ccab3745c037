//! Builds the gate into a folder, for the command's build script, which can't depend on this crate:
//! it would be compiled twice for everybody who runs `cargo test`.

use std::path::Path;

use anyhow::{Result, bail};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::{carry, interrupt, progress};

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [checkout, target_dir, folder] = arguments.as_slice() else {
        bail!("usage: wicketgate-carry CHECKOUT TARGET_DIR FOLDER")
    };
    progress::show();
    interrupt::install()?;
    carry::build(&Cache::open()?, Path::new(checkout), Path::new(target_dir), Path::new(folder))
}
