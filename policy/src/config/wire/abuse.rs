//! The part of a policy about abuse.

use crate::form::Faults;
use crate::form::kinds::{object, words};
use crate::form::node::Node;
use crate::form::read::{Members, Read, quote, wrong};
use crate::form::schema::{self, Describe};
use crate::form::{Binding, Duration};
use alloc::format;

object! {
    /// The limits of failures.
    Abuse {
        /// The limit of wrong credentials. Required, except with `cloudflare.calls`.
        optional failures: Failures,
        /// Rate-limit bindings of Cloudflare. Default: each isolate counts for itself alone.
        optional cloudflare: Bindings,
    }
}

object! {
    /// The limit of failures of a client, and of a key, within a window.
    Failures {
        /// The number of failures, 1 to 1000000. When a client (an IPv4 address, or the /64 of an
        /// IPv6 one) or a key reaches it, there is an alert, and further failures are throttled.
        required limit: Count,
        /// The window, which begins with the first failure: `1s` to `1h`. After it the count starts
        /// anew.
        required window: Duration,
        /// A caller with valid credentials is admitted from a throttled client (`admit`) or not
        /// (`refuse`). Default: `admit`.
        optional valid_callers: ValidCallers,
    }
}

object! {
    /// Rate-limit bindings, which count for all isolates of a location.
    Bindings {
        /// The binding that counts failures. Only with `abuse.failures`.
        optional failures: Binding,
        /// The binding that counts the calls of rules with a `rate_limit`.
        optional calls: Binding,
    }
}

object! {
    /// The limit of calls of each caller under a rule within a window.
    RateLimit {
        /// The number of calls that each caller may make: 1 to 1000000.
        required calls: Count,
        /// The window, which begins with the first call: `1s` to `1h`.
        required window: Duration,
    }
}

/// A number of failures or calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count(pub(crate) u32);

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

/// The treatment of a valid caller whose client is throttled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ValidCallers {
    Admit,
    Refuse,
}

words!(ValidCallers { "admit" => Self::Admit, "refuse" => Self::Refuse, });
