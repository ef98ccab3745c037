//! The source of an issuer's keys in a policy document.

use crate::form::Faults;
use crate::form::kinds::{object, text};
use crate::form::node::Node;
use crate::form::read::{Members, Read, quote, wrong};
use crate::form::{Duration, KeysVariable, PemVariable};
use alloc::string::String;

object! {
    /// The source of the keys: one of these.
    Keys {
        /// One public key (RFC 7517). One of `jwk`, `jwks`, `jwks_env`, `jwks_uri` and `pem_env` is
        /// required, except with a `preset`.
        optional jwk: Node,
        /// A set of public keys.
        optional jwks: Node,
        /// The variable with a key or a set of keys, which may be secret (HS256).
        optional jwks_env: KeysVariable,
        /// The address of a key set, at most 64 KiB. `https`; `http` in `development` only.
        optional jwks_uri: Uri,
        /// The variable with one public key as PEM.
        optional pem_env: PemVariable,
        /// The cluster by which Envoy reaches the address. The Worker ignores it. Default: the
        /// address's host.
        optional cluster: Cluster,
        /// The time after which keys are fetched again, from `1s` to `24h`. Default: `5m`.
        optional refresh: Duration,
        /// The time for which fetched keys count while the address brings no new ones, from `1s` to
        /// `7d`. Default: `1h`.
        optional max_age: Duration,
        /// The least time from one fetch to the next, from `1s` to `1h`. Default: `10s`.
        optional cooldown: Duration,
        /// The longest time that a fetch may take and a request waits for it, from `1s` to `30s`.
        /// Default: `5s`.
        optional timeout: Duration,
    }
}

/// The name of a cluster of Envoy's.
#[derive(Debug)]
pub(crate) struct Cluster(pub(crate) String);
text!(Cluster, "1 to 128 visible ascii characters", |text: &str| {
    let good = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// An address that is fetched.
#[derive(Debug)]
pub(crate) struct Uri(pub(crate) String);
text!(
    Uri,
    "an address such as `https://issuer.example/keys`, of at most 512 characters",
    |text: &str| {
        let is_host = |host: &str| {
            let (name, port) = host.rsplit_once(':').unwrap_or((host, "443"));
            let named = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
            named && port.parse::<u16>().is_ok_and(|port| port != 0)
        };
        let read = || {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
            let (host, _) = rest.split_once('/')?;
            let is_plain = |b: u8| b.is_ascii_graphic() && !b"\\\"#<>^`{|}".contains(&b);
            (text.len() <= 512 && is_host(host) && text.bytes().all(is_plain)).then_some(())
        };
        read().map(|()| Self(text.into())).ok_or_else(|| quote(text))
    }
);
