//! The subjects that run the corpus: a row for each, and which vectors it runs.

use anyhow::Result;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::ships::FILTER;
use wicketgate_runtime::vectors::Vector;
use wicketgate_testkit::gate::{Host, HostTools};

use crate::live;

/// The subjects that run the corpus.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Subject {
    /// The decision core, natively.
    Core,
    /// The built filter under wasmtime.
    Filter,
    /// Real Envoy with the filter.
    Envoy,
    /// The Worker on real workerd.
    Worker,
    /// The npm package in Node.
    Node,
}

/// All that is known of a subject.
struct Row {
    /// Its name, in the names of trials and in lists.
    name: &'static str,
    /// A description for the reader of the table.
    about: &'static str,
    /// The kinds of host that it can be, as in a policy's `client_address`.
    kinds: &'static [&'static str],
    runs: Runs,
}

/// How a subject runs vectors.
#[derive(Clone, Copy, Debug)]
pub enum Runs {
    /// The core, in this process.
    Core,
    /// The filter, under wasmtime.
    Filter,
    /// The npm package, in Node.
    Node,
    /// A real host, with an origin behind it.
    Real(Real),
}

/// A real host.
#[derive(Clone, Copy, Debug)]
pub struct Real {
    /// The host, and what running it takes.
    pub tools: fn(&Cache) -> Result<(Host, HostTools)>,
    /// The name by which the list has the differences that the host itself causes: what a proxy does
    /// by itself it does whichever form of the gate it runs.
    listed_as: &'static str,
    /// `true` if the test is the platform's edge, and tells the host the client's address and the
    /// time. Any other sees both for itself.
    pub is_told: bool,
}

impl Subject {
    /// All of them, in the order of the table's columns.
    pub const ALL: [Self; 5] = [Self::Core, Self::Filter, Self::Envoy, Self::Worker, Self::Node];

    const fn row(self) -> Row {
        const ANY: &[&str] = &["envoy", "cloudflare"];
        match self {
            Self::Core => Row {
                name: "core",
                about: "the decision core, natively",
                kinds: ANY,
                runs: Runs::Core,
            },
            Self::Filter => Row {
                name: "filter",
                about: "the built filter under wasmtime",
                kinds: &["envoy"],
                runs: Runs::Filter,
            },
            Self::Envoy => Row {
                name: "envoy",
                about: "real Envoy with the filter, its own defaults, and a real origin",
                kinds: &["envoy"],
                runs: on_envoy(|cache| live::envoy(cache, &FILTER)),
            },
            Self::Worker => Row {
                name: "worker",
                about: "the Worker on real workerd, and a real origin",
                kinds: &["cloudflare"],
                runs: Runs::Real(Real { tools: live::worker, listed_as: "worker", is_told: true }),
            },
            Self::Node => Row {
                name: "node",
                about: "the npm package of the core, in Node",
                kinds: ANY,
                runs: Runs::Node,
            },
        }
    }

    /// Its name, in the names of trials and in lists.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// A description for the reader of the table.
    pub fn about(self) -> &'static str {
        self.row().about
    }

    /// How it runs vectors.
    pub fn runs(self) -> Runs {
        self.row().runs
    }

    /// The name by which the list has its differences.
    pub(super) fn listed_as(self) -> &'static str {
        match self.runs() {
            Runs::Real(real) => real.listed_as,
            _ => self.name(),
        }
    }

    /// Why it does not run a vector, if it does not.
    pub fn skips(self, vector: &Vector) -> Option<Skipped> {
        let Row { kinds, runs, .. } = self.row();
        if vector.host.as_deref().is_some_and(|host| !kinds.contains(&host)) {
            return Some(Skipped::OtherHost);
        }
        match runs {
            Runs::Real(_) if vector.unsendable.is_some() => Some(Skipped::Unsendable),
            Runs::Real(real) if vector.own_clock && !real.is_told => Some(Skipped::Clock),
            _ => None,
        }
    }
}

/// Envoy with its own defaults and a form of the gate.
const fn on_envoy(tools: fn(&Cache) -> Result<(Host, HostTools)>) -> Runs {
    Runs::Real(Real { tools, listed_as: "envoy", is_told: false })
}

/// Why a subject does not run a vector.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Skipped {
    /// It is about how another kind of host knows a client's address.
    OtherHost,
    /// No HTTP/1.1 client can make a real host see this request.
    Unsendable,
    /// The expected result depends on the clock, and a real Envoy has the real one.
    Clock,
}

impl Skipped {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OtherHost, Self::Unsendable, Self::Clock];

    /// Its mark in the table.
    pub fn mark(self) -> &'static str {
        match self {
            Self::OtherHost => "other host",
            Self::Unsendable => "not sendable",
            Self::Clock => "clock",
        }
    }

    /// The meaning of the mark.
    pub fn why(self) -> &'static str {
        match self {
            Self::OtherHost => "it is about how the other kind of host knows a client's address",
            Self::Unsendable => "no HTTP/1.1 client can make a real host see this request",
            Self::Clock => "the answer hangs on the clock, and a real Envoy has the real one",
        }
    }
}
