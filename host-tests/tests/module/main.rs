//! The native module in real Envoy: the tests of the filter, each of them once more, but for those of
//! what only the filter has (the filter that tells it the peer, V8).

#[path = "../envoy/abuse.rs"]
mod abuse;
#[path = "../envoy/addresses.rs"]
mod addresses;
#[path = "../envoy/common.rs"]
mod common;
#[path = "../envoy/configuration.rs"]
mod configuration;
#[path = "../envoy/connections.rs"]
mod connections;
#[path = "../envoy/credentials.rs"]
mod credentials;
#[path = "../envoy/grpc.rs"]
mod grpc;
#[path = "../envoy/http2.rs"]
mod http2;
#[path = "../envoy/memory.rs"]
mod memory;
#[path = "../envoy/metrics.rs"]
mod metrics;
#[path = "../envoy/reload.rs"]
mod reload;
#[path = "../envoy/routes.rs"]
mod routes;
#[path = "../envoy/secrets.rs"]
mod secrets;
#[path = "../envoy/shapes.rs"]
mod shapes;
#[path = "../envoy/streaming.rs"]
mod streaming;
#[path = "../envoy/upgrades.rs"]
mod upgrades;

mod loading;
mod secret_files;

use wicketgate_runtime::ships::{MODULE, Ships};

const GATE: Ships = MODULE;
