//! Tools that only tests need beside a Rust toolchain. They are taken from the user's system, or
//! else installed into the [cache](wicketgate_runtime::cache) by the ordinary clients of the
//! package registries.

mod cargo;
mod chromium;
mod machine;
mod node;
mod rust;
mod typescript;
mod wasm_pack;
mod wrangler;

pub use cargo::{CargoTool, cargo_tool};
pub use chromium::{chromium, find_chromium};
pub use machine::{copied_folder, is_there, valgrind};
pub use node::app_folder;
pub use rust::{component, nightly};
pub use typescript::typescript;
pub use wasm_pack::{WASM_PACK_VERSION, wasm_pack};
pub use wicketgate_runtime::tools::python::virtual_environment;
pub use wrangler::wrangler;
