//! The plugin: its configuration, and a context for every stream.

use crate::host;
use crate::metrics::Metrics;
use crate::stream::Stream;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{ContextType, LogLevel};
use std::rc::Rc;
use wicketgate_policy::{Document, Environment, Faults, Host, Policy};

/// One plugin configuration in one worker.
#[derive(Default)]
pub struct Root {
    policy: Option<Rc<Policy>>,
    metrics: Rc<Metrics>,
}

impl Context for Root {}

impl RootContext for Root {
    /// `false` makes Envoy refuse the configuration: at start it does not start, by xDS the one
    /// before stays in force.
    fn on_configure(&mut self, _: usize) -> bool {
        match load(&host::configuration()) {
            Ok(policy) => {
                for notice in policy.notices() {
                    host::log(LogLevel::Warn, &format!("wicketgate: {notice}"));
                }
                self.metrics.policy(policy.version());
                self.policy = Some(Rc::new(policy));
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

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream::new(self.policy.clone(), Rc::clone(&self.metrics))))
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
    for name in document.variables() {
        if let Some(value) = host::variable(name) {
            environment = environment.with(name, value);
        }
    }
    document.compile(&environment)
}
