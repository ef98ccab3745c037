//! The built filter under wasmtime, and the fake host that runs it. One binary of many modules,
//! because linking wasmtime takes longer than all the tests.

mod body;
mod configuration;
mod constant_time;
mod cost;
mod credentials;
mod fake_host;
mod faults;
mod gate;
mod hygiene;
mod life_cycle;
mod manifests;
mod memory;
mod metrics;
mod module;
mod peer;
mod random;
mod response;
mod secrets;
mod worst_case;
mod yaml;
