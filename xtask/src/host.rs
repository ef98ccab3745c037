//! The program that the gate runs in, as an option of the commands.

use wicketgate_runtime::envoy_config::Manager;
use wicketgate_testkit::gate::Host;

/// The options that choose a host.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct HostArguments {
    /// The program that the gate runs in
    #[arg(long, value_enum, default_value = "envoy")]
    host: Kind,
    /// Use Envoy's own connection-manager settings instead of the hardened ones
    #[arg(long)]
    envoy_defaults: bool,
}

/// The hosts there are.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Real Envoy with the filter
    Envoy,
    /// Real Envoy with the native module
    Module,
    /// Cloudflare's runtime, workerd, with the Worker
    Worker,
}

impl HostArguments {
    /// The host; settings of Envoy have no meaning for another.
    pub(crate) fn host(self) -> anyhow::Result<Host> {
        match (self.host, self.envoy_defaults) {
            (Kind::Envoy, false) => Ok(Host::Envoy(Manager::Hardened)),
            (Kind::Envoy, true) => Ok(Host::Envoy(Manager::EnvoyDefaults)),
            (Kind::Module, false) => Ok(Host::Module(Manager::Hardened)),
            (Kind::Module, true) => Ok(Host::Module(Manager::EnvoyDefaults)),
            (Kind::Worker, false) => Ok(Host::Worker),
            (Kind::Worker, true) => {
                anyhow::bail!("`--envoy-defaults` goes with `--host envoy` and `--host module`")
            }
        }
    }
}
