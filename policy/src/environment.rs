//! The host's part in a policy: which kind of host it is, and the values of its variables.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use zeroize::Zeroizing;

/// The kind of host that a policy runs on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Host {
    /// Cloudflare Workers.
    Cloudflare,
    /// Envoy, and the products that are built on it.
    Envoy,
}

impl Host {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Cloudflare, Self::Envoy];

    /// The host of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name() == name)
    }

    /// Its name in a policy and in audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cloudflare => "cloudflare",
            Self::Envoy => "envoy",
        }
    }

    /// The header with the host's id of a request, which an answer that the gate writes keeps.
    pub(crate) const fn correlation(self) -> &'static str {
        match self {
            Self::Cloudflare => "cf-ray",
            Self::Envoy => "x-request-id",
        }
    }
}

/// The variables that a policy names, as the host has them.
pub struct Environment {
    host: Host,
    variables: Vec<(String, Zeroizing<Vec<u8>>)>,
    signatures: &'static [crate::jwt::Scheme],
}

impl Environment {
    /// Confirms a policy's `environment`: a development policy takes effect only where the host
    /// says `development` too.
    pub const CONFIRMATION: &str = "WICKETGATE_ENVIRONMENT";

    /// An environment without variables.
    #[must_use]
    pub fn new(host: Host) -> Self {
        Self { host, variables: Vec::new(), signatures: &[] }
    }

    /// Adds a variable. Leave out those that the host does not have.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.variables.push((name.into(), Zeroizing::new(value.into())));
        self
    }

    /// Adds the schemes of which the host checks signatures, beside the algorithms that the core
    /// checks itself.
    #[must_use]
    pub fn with_signatures(self, signatures: &'static [crate::jwt::Scheme]) -> Self {
        Self { signatures, ..self }
    }

    /// Returns `true` if the host or the core checks signatures of this algorithm.
    pub(crate) fn checks(&self, algorithm: crate::jwt::Algorithm) -> bool {
        algorithm.is_built_in() || self.signatures.contains(&algorithm.scheme())
    }

    pub(crate) fn host(&self) -> Host {
        self.host
    }

    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.variables.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_slice())
    }
}

/// Names only.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("host", &self.host)
            .field("variables", &self.variables.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn values_are_not_printed() {
        let environment = Environment::new(Host::Envoy).with("TOKEN", *b"hunter2");
        let printed = format!("{environment:?}");
        assert!(
            printed.contains("TOKEN") && !printed.contains("hunter2") && !printed.contains("104")
        );
        assert_eq!(environment.get("TOKEN"), Some(&b"hunter2"[..]));
    }
}
