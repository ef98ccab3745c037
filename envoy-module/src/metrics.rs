//! Counters with labels, as Envoy wants them.
//!
//! The driver names a counter as `stats_tags` expect it of the filter: `label=.=value;.;` for each
//! label, then the name. Here the labels are Envoy's own, and which a counter has is defined with
//! the configuration.

use crate::abi::{self, EnvoyPtr, ModuleBuffer};
use crate::bytes::ours;
use std::ptr::null_mut;

/// A kind of metric: its name, and its labels in their order.
type Kind = (&'static str, &'static [&'static str]);

const COUNTERS: [Kind; 5] = [
    ("wicketgate_decisions_total", &["outcome", "reason", "rule"]),
    ("wicketgate_grace_total", &["caller", "key"]),
    ("wicketgate_jwks_fetches_total", &["outcome", "reason"]),
    ("wicketgate_alerts_total", &["bucket"]),
    (PANICS, &[]),
];

/// Counts panics, and calls that Envoy refused.
pub const PANICS: &str = "wicketgate_panics_total";

const GAUGE: Kind = ("wicketgate_policy_info", &["digest"]);

/// The numbers that Envoy gave a configuration's metrics; `None` for one that it refused.
#[derive(Debug)]
pub struct Metrics {
    counters: [Option<usize>; COUNTERS.len()],
    gauge: Option<usize>,
}

/// A counter with the values of its labels.
#[derive(Debug, Eq, PartialEq)]
pub struct Counter {
    number: usize,
    values: Vec<Box<str>>,
}

impl Metrics {
    /// Defines all of them. Envoy takes definitions only while `config` is being made.
    pub fn define(config: EnvoyPtr) -> Self {
        Self {
            counters: COUNTERS.map(|kind| define(config, kind, Sort::Counter)),
            gauge: define(config, GAUGE, Sort::Gauge),
        }
    }

    /// The counter that the driver calls by this name.
    pub fn counter(&self, name: &str) -> Option<Counter> {
        let (labels, name) = split(name);
        let place = COUNTERS.iter().position(|(other, _)| *other == name)?;
        let (_, expected) = COUNTERS.get(place)?;
        if !labels.iter().map(|(label, _)| *label).eq(expected.iter().copied()) {
            return None;
        }
        let values = labels.into_iter().map(|(_, value)| value.into()).collect();
        Some(Counter { number: (*self.counters.get(place)?)?, values })
    }

    /// Sets the gauge that the driver calls by this name, from the thread that makes `config`.
    pub fn set_gauge(&self, config: EnvoyPtr, name: &str, value: u64) {
        let (labels, name) = split(name);
        let Some(number) = self.gauge.filter(|_| name == GAUGE.0) else { return };
        let mut values: Vec<ModuleBuffer> =
            labels.iter().map(|(_, value)| ours(value.as_bytes())).collect();
        // SAFETY: `config` is the configuration that Envoy is making, and the buffers are of texts
        // that live until the call returns.
        unsafe {
            abi::envoy_dynamic_module_callback_http_filter_config_set_gauge(
                config,
                number,
                values.as_mut_ptr(),
                values.len(),
                value,
            )
        };
    }
}

impl Counter {
    /// Adds one, on the thread of this stream.
    pub fn increment(&self, stream: EnvoyPtr) {
        let mut values = self.values();
        // SAFETY: `stream` has not ended, and the buffers are of texts that live until the call
        // returns.
        unsafe {
            abi::envoy_dynamic_module_callback_http_filter_increment_counter(
                stream,
                self.number,
                values.as_mut_ptr(),
                values.len(),
                1,
            )
        };
    }

    /// Adds one, on the main thread, in a hook of this configuration.
    pub fn increment_by(&self, config: EnvoyPtr) {
        let mut values = self.values();
        // SAFETY: `config` has not ended, and the buffers are of texts that live until the call
        // returns.
        unsafe {
            abi::envoy_dynamic_module_callback_http_filter_config_increment_counter(
                config,
                self.number,
                values.as_mut_ptr(),
                values.len(),
                1,
            )
        };
    }

    fn values(&self) -> Vec<ModuleBuffer> {
        self.values.iter().map(|value| ours(value.as_bytes())).collect()
    }
}

#[derive(Clone, Copy)]
enum Sort {
    Counter,
    Gauge,
}

fn define(config: EnvoyPtr, (name, labels): Kind, sort: Sort) -> Option<usize> {
    let mut labels: Vec<ModuleBuffer> = labels.iter().map(|label| ours(label.as_bytes())).collect();
    let function = match sort {
        Sort::Counter => abi::envoy_dynamic_module_callback_http_filter_config_define_counter,
        Sort::Gauge => abi::envoy_dynamic_module_callback_http_filter_config_define_gauge,
    };
    let (names, count) =
        if labels.is_empty() { (null_mut(), 0) } else { (labels.as_mut_ptr(), labels.len()) };
    let mut number = 0;
    // SAFETY: `config` is the configuration that Envoy is making; the texts are constants, and
    // `number` is a variable of this function.
    let result = unsafe { function(config, ours(name.as_bytes()), names, count, &raw mut number) };
    (result == abi::METRICS_SUCCESS).then_some(number)
}

/// The labels with their values, and the name that follows them.
fn split(name: &str) -> (Vec<(&str, &str)>, &str) {
    let Some((labels, name)) = name.rsplit_once(";.;") else { return (Vec::new(), name) };
    (labels.split(";.;").filter_map(|label| label.split_once("=.=")).collect(), name)
}
