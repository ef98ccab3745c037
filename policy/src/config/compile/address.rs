//! Networks, and the source of the client's address.

use crate::address::{Cidr, ClientSource, Ranges};
use crate::compiling::{Context, named};
use crate::config::wire;
use crate::environment::Host;
use crate::form::read::{List, Map, join, quote};
use crate::header::HeaderName;
use crate::ids::{Arena, NetworkId};
use alloc::format;
use alloc::string::String;

/// Networks by name.
pub(super) fn networks(
    networks: Map<List<Cidr>>,
    context: &mut Context<'_>,
) -> Arena<NetworkId, (String, Ranges)> {
    named(networks, "networks", context)
        .into_iter()
        .map(|(name, list)| {
            let at = join("networks", &name);
            if list.is_empty() && !context.faults.any_below(&at) {
                context.faults.add(at, "no address", "at least one");
            }
            (name, Ranges::new(list.into_iter().map(|(_, cidr)| cidr)))
        })
        .collect()
}

/// The source for the host on which the policy runs. The sources for other hosts are checked too.
pub(super) fn client(
    sources: Option<wire::ClientAddress>,
    networks: &Arena<NetworkId, (String, Ranges)>,
    context: &mut Context<'_>,
) -> Option<ClientSource> {
    let wire::ClientAddress { envoy, cloudflare } = sources.unwrap_or_default();
    let envoy = match envoy {
        None => Some(ClientSource::Peer),
        Some(source) => on_envoy(source, networks, context),
    };
    let cloudflare = match cloudflare {
        None => HeaderName::parse(CONNECTING_IP).map(ClientSource::Platform),
        Some(source) => on_cloudflare(source, context),
    };
    match context.environment.host() {
        Host::Envoy => envoy,
        Host::Cloudflare => cloudflare,
    }
}

const CONNECTING_IP: &str = "cf-connecting-ip";

fn on_envoy(
    source: wire::Source,
    networks: &Arena<NetworkId, (String, Ranges)>,
    context: &mut Context<'_>,
) -> Option<ClientSource> {
    const AT: &str = "client_address.envoy";
    let wire::Source { from, trusted_proxies } = source;
    let header = from?;
    if header.as_str() == "peer" {
        if trusted_proxies.is_some() {
            context.faults.add(
                join(AT, "trusted_proxies"),
                "trusted proxies with `peer`",
                "none: the peer is believed as it is",
            );
        }
        return Some(ClientSource::Peer);
    }
    let proxies = trusted_proxies.unwrap_or_default();
    if proxies.is_empty() {
        // Refused proxies have faults of their own.
        if context.faults.any_below(&join(AT, "trusted_proxies")) {
            return None;
        }
        context.faults.add(
            join(AT, "trusted_proxies"),
            "nothing",
            format!(
                "the proxies that write {}: anyone else could write it",
                quote(header.as_str())
            ),
        );
        return None;
    }
    for (index, cidr) in &proxies {
        if cidr.is_everything() {
            context.faults.add(
                format!("{AT}.trusted_proxies[{index}]"),
                "a prefix that holds every address",
                "the proxies in front of this host only",
            );
        }
    }
    for (index, cidr) in &proxies {
        let alone = Ranges::new([*cidr]);
        for (name, network) in networks.items() {
            if network.overlaps(&alone) {
                context.faults.add(
                    format!("{AT}.trusted_proxies[{index}]"),
                    format!("a proxy inside the network {}", quote(name)),
                    "proxies outside every network: whoever sits at one can name any address",
                );
            }
        }
    }
    let trusted = Ranges::new(proxies.into_iter().map(|(_, cidr)| cidr));
    Some(ClientSource::Forwarded { header, trusted })
}

fn on_cloudflare(source: wire::Source, context: &mut Context<'_>) -> Option<ClientSource> {
    const AT: &str = "client_address.cloudflare";
    let wire::Source { from, trusted_proxies } = source;
    if trusted_proxies.is_some() {
        context.faults.add(
            join(AT, "trusted_proxies"),
            "trusted proxies",
            "none: the platform writes the header",
        );
    }
    let header = from?;
    if header.as_str() != CONNECTING_IP {
        context.faults.add(join(AT, "from"), quote(header.as_str()), format!("`{CONNECTING_IP}`"));
        return None;
    }
    Some(ClientSource::Platform(header))
}
