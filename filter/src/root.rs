//! The plugin: its configuration, and a context for every stream.

use crate::host::{self, Proxy, identity};
use crate::stream::Filter;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use wicketgate_driver::Worker;
use wicketgate_policy::jwt::Scheme;
use wicketgate_policy::{Document, Environment, Faults, Host, Policy};

/// One plugin configuration in one worker.
pub struct Root(Worker<Proxy>);

impl Root {
    /// A plugin without a policy yet.
    pub fn new(context: u32) -> Self {
        Self(Worker::new(Proxy, context))
    }
}

impl Context for Root {
    fn on_http_call_response(&mut self, number: u32, headers: usize, body: usize, _: usize) {
        host::fetched(headers, body, |fetched| self.0.fetched(number, fetched));
    }
}

impl RootContext for Root {
    /// `false` makes Envoy refuse the configuration. At start Envoy then does not start; by xDS,
    /// the old configuration stays in force.
    fn on_configure(&mut self, _: usize) -> bool {
        let by_host = if identity::verifies() { identity::BY_HOST } else { &[] };
        self.0.configure(load(&host::configuration(), by_host), by_host)
    }

    fn on_tick(&mut self) {
        self.0.tick();
    }

    fn create_http_context(&self, context: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Filter(self.0.stream(context))))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

/// The policy, with the variables that it names taken from the host's environment
/// (`vm_config.environment_variables` in Envoy).
fn load(json: &[u8], by_host: &'static [Scheme]) -> Result<Policy, Faults> {
    let document = Document::parse(json)?;
    let mut environment = Environment::new(Host::Envoy).with_signatures(by_host);
    for variable in document.variables() {
        if let Some(value) = host::variable(&variable.name) {
            environment = environment.with(&variable.name, value);
        }
    }
    document.compile(&environment)
}
