//! What a policy says about abuse.

use super::super::fault::Faults;
use super::super::node::Node;
use super::super::read::{Members, Read, quote, wrong};
use super::super::schema::{self, Describe};
use super::{Duration, Variable};
use alloc::format;

object! {
    /// When refusals turn into throttling.
    Abuse {
        /// How many wrong credentials are borne. It must be there but where `cloudflare.calls` is.
        optional failures: Failures,
        /// Rate-limit bindings of Cloudflare. Unless said: each isolate counts for itself alone.
        optional cloudflare: Bindings,
    }
}

object! {
    /// How many failures of a client, and of a key, are borne within a window.
    Failures {
        /// At so many failures of a client (an IPv4 address, or the /64 of an IPv6 one) or of a key
        /// there is an alert, and those that follow are throttled: 1 to 1000000.
        required limit: Count,
        /// From the first failure on, after which all is forgotten: `1s` to `1h`.
        required window: Duration,
        /// Whether a caller with valid credentials is admitted from a client that is throttled
        /// (`admit`) or not (`refuse`). Unless said: `admit`.
        optional valid_callers: ValidCallers,
    }
}

object! {
    /// Rate-limit bindings, which count for all isolates of a place.
    Bindings {
        /// The binding that counts failures, with `abuse.failures` only.
        optional failures: Variable,
        /// The binding that counts the calls of rules with a `rate_limit`.
        optional calls: Variable,
    }
}

object! {
    /// How many calls each caller may make under a rule within a window.
    RateLimit {
        /// So many calls of each caller are admitted: 1 to 1000000.
        required calls: Count,
        /// From the first call on: `1s` to `1h`.
        required window: Duration,
    }
}

/// A number of failures or calls.
#[derive(Clone, Copy, Debug)]
pub(in crate::config) struct Count(pub(in crate::config) u32);

impl Count {
    const MAX: u32 = 1_000_000;
}

impl Read for Count {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        const EXPECTED: &str = "a number from 1 to 1000000";
        match node {
            Node::Number(text) => match text.parse() {
                Ok(count @ 1..=Self::MAX) => Some(Self(count)),
                _ => {
                    faults.add(at, quote(text), EXPECTED);
                    None
                }
            },
            other => wrong(other, EXPECTED, at, faults),
        }
    }
}

impl Describe for Count {
    fn describe() -> Node {
        schema::number(1, Self::MAX)
    }
}

/// What becomes of a valid caller whose client is throttled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::config) enum ValidCallers {
    Admit,
    Refuse,
}

words!(ValidCallers { "admit" => Self::Admit, "refuse" => Self::Refuse, });
