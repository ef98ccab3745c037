//! Parts of envoy.yaml that are not for everybody: WebSockets, streams without an end, and a
//! balancer that speaks the PROXY protocol.

use anyhow::Result;
use clap::Args;

use super::splice::Splice;

/// What the application or its place needs beside the shipped settings.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Options {
    /// Let WebSockets through, each judged at its opening request
    #[arg(long)]
    pub websocket: bool,
    /// A balancer in front tells the client's address by the PROXY protocol (a Network Load Balancer,
    /// HAProxy); nobody else may reach the port
    #[arg(long)]
    pub proxy_protocol: bool,
}

/// Puts them into the shipped file.
pub(super) fn put(file: &mut Splice, options: Options) -> Result<()> {
    if options.websocket {
        file.cut("                # No `upgrade_configs`:", "                http_filters:")?;
        file.replace("                http_filters:\n", UPGRADES)?;
    }
    if options.proxy_protocol {
        file.replace("      filter_chains:\n", LISTENER_FILTER)?;
        file.replace(PEER, PEER_OF_PROXY_PROTOCOL)?;
    }
    Ok(())
}

/// Takes the bounds from answers: a stream of events goes on for as long as both ends like. Idle
/// streams stay open as well.
pub(super) fn unbound(file: &mut Splice) -> Result<()> {
    file.replace("stream_idle_timeout: 60s", "stream_idle_timeout: 0s")?;
    file.cut(
        "                            # CHANGE if a job answers later",
        "                            # No retries",
    )?;
    file.replace(
        "                            timeout: 60s\n",
        "                            timeout: 0s\n",
    )?;
    Ok(())
}

const UPGRADES: &str = "                # WebSockets. The gate judges the opening request like any other, and refuses every
                # other upgrade; what is sent afterwards it does not see. A silent connection is
                # closed after `stream_idle_timeout`.
                upgrade_configs: [{ upgrade_type: websocket }]

                http_filters:
";

const LISTENER_FILTER: &str = "      # The balancer in front names the client at the beginning of each connection (PROXY
      # protocol, version 1 or 2); a connection without it is closed. Whoever else reaches this
      # port can name any address: let only the balancer reach it.
      listener_filters:
        - name: envoy.filters.listener.proxy_protocol
          typed_config:
            \"@type\": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
      filter_chains:
";

const PEER: &str =
    "                              inline_string: \"%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%\"\n";

const PEER_OF_PROXY_PROTOCOL: &str =
    "                              # The client that the balancer names. It stays true only with
                              # `use_remote_address: true` and `xff_num_trusted_hops: 0`, as above:
                              # otherwise this would follow X-Forwarded-For, which a client writes.
                              inline_string: \"%DOWNSTREAM_REMOTE_ADDRESS%\"
";
