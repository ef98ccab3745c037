//! Real Envoy with the built filter, in front of an origin that writes down every byte.
//!
//! - [`Setup`] says what a test wants of both, [`Gate`] is the pair running;
//! - [`Origin`] records the exact bytes that reach it, whole requests or not;
//! - [`Connection`] is kept for several requests, [`Http2Request`] puts any bytes into HTTP/2's fields;
//! - [`Proxy`] is the Envoy process, with any configuration and any log level.

mod gate;
mod message;
mod origin;
mod proxy;

pub use gate::{Gate, Setup, edit, is_of_the_gate};
pub use message::Message;
pub use origin::Origin;
pub use proxy::{Proxy, Remains};
pub use wicketgate_runtime::http::Connection;
pub use wicketgate_testkit::http2::{Answer as Http2Answer, Request as Http2Request};
