//! The plugin: its configuration, and a context for every stream.

use crate::gate::Gate;
use crate::host::{self, identity};
use crate::keys::{self, Fetches};
use crate::metrics::Metrics;
use crate::stream::Stream;
use crate::waiting::Waiting;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{ContextType, LogLevel};
use std::rc::Rc;
use wicketgate_policy::{Document, Environment, Faults, Host, Policy};

/// One plugin configuration in one worker.
#[derive(Default)]
pub struct Root {
    gate: Option<Rc<Gate>>,
    metrics: Rc<Metrics>,
    waiting: Rc<Waiting>,
    fetches: Fetches,
    /// Its own context, to which it returns from the contexts of requests that have waited.
    context: u32,
}

impl Root {
    /// A plugin without a policy yet.
    pub fn new(context: u32) -> Self {
        Self { context, ..Self::default() }
    }
}

impl Context for Root {
    fn on_http_call_response(&mut self, number: u32, headers: usize, body: usize, _: usize) {
        let Some(gate) = &self.gate else { return };
        if let Some(source) = self.fetches.answered(gate, number, headers, body) {
            self.waiting.settle(gate, self.context, source, None);
            keys::rest(&self.waiting);
        }
    }
}

impl RootContext for Root {
    /// `false` makes Envoy refuse the configuration. At start Envoy then does not start; by xDS,
    /// the old configuration stays in force.
    fn on_configure(&mut self, _: usize) -> bool {
        match load(&host::configuration()) {
            Ok(policy) => {
                for notice in policy.notices() {
                    host::log(LogLevel::Warn, &format!("wicketgate: {notice}"));
                }
                self.metrics.policy(policy.version());
                let gate = Gate::new(policy, Rc::clone(&self.metrics));
                keys::prepare(&gate);
                self.gate = Some(Rc::new(gate));
                true
            }
            Err(faults) => {
                let count = faults.len();
                host::log(
                    LogLevel::Error,
                    &format!("wicketgate: the policy is refused, number of faults: {count}"),
                );
                for fault in &faults {
                    host::log(LogLevel::Error, &format!("wicketgate: {fault}"));
                }
                false
            }
        }
    }

    fn on_tick(&mut self) {
        let Some(gate) = &self.gate else { return };
        self.fetches.tick(gate, &self.waiting, self.context);
        keys::rest(&self.waiting);
    }

    fn create_http_context(&self, context: u32) -> Option<Box<dyn HttpContext>> {
        let (gate, waiting) = (self.gate.clone(), Rc::clone(&self.waiting));
        Some(Box::new(Stream::new(gate, Rc::clone(&self.metrics), context, waiting)))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

/// The policy, with the variables that it names taken from the host's environment
/// (`vm_config.environment_variables` in Envoy).
fn load(json: &[u8]) -> Result<Policy, Faults> {
    let document = Document::parse(json)?;
    let mut environment = Environment::new(Host::Envoy);
    if identity::verifies() {
        environment = environment.with_signatures(identity::BY_HOST);
    }
    for name in document.variables() {
        if let Some(value) = host::variable(name) {
            environment = environment.with(name, value);
        }
    }
    document.compile(&environment)
}
