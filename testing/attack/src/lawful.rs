//! The other side: public URLs that are lawful and awkward must reach the origin as the same bytes.

mod echo;
mod urls;

pub use urls::urls;

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_testkit::gate::{Gate, Host, HostTools};

use crate::judge::{self, Judge};
use crate::origins::{Form, Origin, TOKEN};
use crate::probe::Probe;
use crate::wire;
use echo::Echo;

/// A lawful URL that did not arrive as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The target that was sent.
    pub target: Vec<u8>,
    /// The target that arrived, `None` if none did.
    pub arrived: Option<Vec<u8>>,
}

/// Those of `urls` that the core would refuse or change under the policy of `origin` in this form.
pub fn judged(origin: &Origin, form: Form, urls: &[Vec<u8>]) -> Result<Vec<Lost>> {
    let core = Judge::core(origin, form)?;
    let lost = |url: &Vec<u8>| {
        let arrived = core.forwards(&Probe::get(url.clone())).map(|probe| probe.target);
        (arrived.as_ref() != Some(url)).then(|| Lost { target: url.clone(), arrived })
    };
    Ok(urls.iter().filter(|url| is_asked(url, form)).filter_map(lost).collect())
}

/// Those that do not arrive as the same bytes behind a host with the policy of `origin`.
///
/// Hosts change and refuse some URLs by themselves: the hardened Envoy as it is told to, any host
/// where a URL is none by RFC 3986 or has dot segments. There, what comes of it behind a gate that
/// guards nothing is what is expected; everywhere else, what was sent.
pub fn sent(
    cache: &Cache,
    origin: &Origin,
    form: Form,
    host: Host,
    tools: &HostTools,
    urls: &[Vec<u8>],
) -> Result<Vec<Lost>> {
    let by_itself = arrivals(cache, &elsewhere(), host, tools, urls)?;
    let hardened = matches!(host, Host::Envoy(Manager::Hardened) | Host::Module(Manager::Hardened));
    let expected = urls.iter().zip(by_itself).map(|(url, by_itself)| {
        if hardened || !is_strict(url) { by_itself } else { Some(url.clone()) }
    });
    let arrived = arrivals(cache, &origin.policy(form), host, tools, urls)?;
    let pairs = urls.iter().zip(arrived.into_iter().zip(expected));
    let pairs = pairs.filter(|(url, _)| is_asked(url, form));
    let lost = pairs.filter(|(_, (arrived, expected))| arrived != expected);
    Ok(lost.map(|(url, (arrived, _))| Lost { target: url.clone(), arrived }).collect())
}

/// Returns `true` if a policy in this form lets a target through. `*` is no path, so a rule that
/// opens all paths does not open it: what is public must be so in every reading.
fn is_asked(url: &[u8], form: Form) -> bool {
    form == Form::Unmatched || url != b"*"
}

/// Returns `true` if a target holds nothing but what RFC 3986 allows in a path and a query, and no
/// dot segments: no host has a reason to touch it.
fn is_strict(url: &[u8]) -> bool {
    let path = url.split(|&byte| byte == b'?').next().unwrap_or_default();
    let dots = path.split(|&byte| byte == b'/').any(|segment| {
        let segment = segment.to_ascii_lowercase();
        let text = String::from_utf8_lossy(&segment).replace("%2e", ".");
        text == "." || text == ".."
    });
    let allowed =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(byte);
    url.starts_with(b"/") && !dots && url.iter().all(allowed)
}

fn arrivals(
    cache: &Cache,
    policy: &Value,
    host: Host,
    tools: &HostTools,
    urls: &[Vec<u8>],
) -> Result<Vec<Option<Vec<u8>>>> {
    let echo = Echo::start()?;
    let secrets = BTreeMap::from([(TOKEN.to_owned(), judge::token().to_owned())]);
    let policy = policy.to_string();
    let mut gate =
        Gate::start(host, tools, &policy, echo.address(), &secrets, cache.run_folder()?)?;
    let probes: Vec<Probe> = urls.iter().map(|url| Probe::get(url.clone())).collect();
    wire::send(gate.address(), &probes.iter().collect::<Vec<_>>(), &|at| at.to_string(), 8)?;
    gate.check()?;
    let mut arrived = echo.arrived();
    Ok((0..urls.len()).map(|at| arrived.remove(at.to_string().as_bytes())).collect())
}

/// A policy that guards nothing that anybody asks for.
fn elsewhere() -> Value {
    json!({
        "version": 1,
        "name": "elsewhere",
        "environment": "production",
        "callers": { "ops": { "token": {
            "header": "x-internal-token", "keys": [{ "id": "ops-1", "env": TOKEN }],
        } } },
        "rules": [
            { "id": "never", "paths": ["/never-asked-for"], "allow": [{ "caller": "ops" }] },
        ],
        "unmatched": "pass",
        "forward": { "credential": "remove" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_host_has_a_reason_to_touch() {
        for url in ["/", "/a//b;c=d?e=/../f", "/100%25/...", "/~x/%7E"] {
            assert!(is_strict(url.as_bytes()), "{url}");
        }
        for url in ["*", "/a/../b", "/a/%2E", "/a#b", "/<", "/caf\u{e9}", "/a b"] {
            assert!(!is_strict(url.as_bytes()), "{url}");
        }
    }
}
