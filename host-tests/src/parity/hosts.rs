//! Which vectors a subject runs.

use wicketgate_runtime::vectors::Vector;

/// The subjects that run the corpus.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Subject {
    /// The decision core, natively.
    Core,
    /// The built filter under wasmtime.
    Filter,
    /// Real Envoy with the filter.
    Envoy,
    /// Real Envoy with the native module.
    Module,
    /// The Worker on real workerd.
    Worker,
    /// The npm package in Node.
    Node,
}

impl Subject {
    /// All of them, in the order of the table's columns.
    pub const ALL: [Self; 6] =
        [Self::Core, Self::Filter, Self::Envoy, Self::Module, Self::Worker, Self::Node];

    /// Its name, in the names of trials and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Filter => "filter",
            Self::Envoy => "envoy",
            Self::Module => "module",
            Self::Worker => "worker",
            Self::Node => "node",
        }
    }

    /// A description for the reader of the table.
    pub fn about(self) -> &'static str {
        match self {
            Self::Core => "the decision core, natively",
            Self::Filter => "the built filter under wasmtime",
            Self::Envoy => "real Envoy with the filter, its own defaults, and a real origin",
            Self::Module => {
                "real Envoy with the native module, its own defaults, and a real origin"
            }
            Self::Worker => "the Worker on real workerd, and a real origin",
            Self::Node => "the npm package of the core, in Node",
        }
    }

    /// Why it does not run a vector, if it does not.
    pub fn skips(self, vector: &Vector) -> Option<Skipped> {
        let kinds: &[&str] = match self {
            Self::Core | Self::Node => &["envoy", "cloudflare"],
            Self::Filter | Self::Envoy | Self::Module => &["envoy"],
            Self::Worker => &["cloudflare"],
        };
        let real = matches!(self, Self::Envoy | Self::Module | Self::Worker);
        if vector.host.as_deref().is_some_and(|host| !kinds.contains(&host)) {
            Some(Skipped::OtherHost)
        } else if real && vector.unsendable.is_some() {
            Some(Skipped::Unsendable)
        } else if matches!(self, Self::Envoy | Self::Module) && vector.own_clock {
            Some(Skipped::Clock)
        } else {
            None
        }
    }
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
