//! What a run needs beside a Rust toolchain: found where the user has it, else installed into
//! the [cache](crate::cache) by the ordinary clients of the package registries.

mod binaryen;
mod cargo;
mod envoy;
mod machine;
mod node;
mod python;
mod rust;
mod typescript;
mod workerd;
mod wrangler;

pub use binaryen::{BINARYEN_VERSION, Binaryen, binaryen};
pub use cargo::{CargoTool, cargo_tool};
pub use envoy::{envoy, envoy_at};
pub use machine::{copied_folder, is_there};
pub use node::app_folder;
pub use python::virtual_environment;
pub use rust::{component, nightly, target};
pub use typescript::typescript;
pub use workerd::workerd;
pub use wrangler::wrangler;
