//! The built filter in real Envoy, in front of an origin that writes down every byte: what the
//! examples' tables can't show. One binary of many modules, because linking takes its time; each
//! test starts and ends its own Envoy.

mod abuse;
mod addresses;
mod alerts;
mod common;
mod configuration;
mod connections;
mod credentials;
mod grpc;
mod http2;
mod memory;
mod metrics;
mod peer;
mod reload;
mod routes;
mod secrets;
mod shapes;
mod streaming;
mod upgrades;

use wicketgate_runtime::ships::{FILTER, Ships};

/// The form of the gate. `tests/module` has the same tests with another.
const GATE: Ships = FILTER;
