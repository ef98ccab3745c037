//! A policy that was checked. Decisions are made from it.

use crate::address::{ClientSource, Ranges};
use crate::answer::DenyAnswers;
use crate::choose::{Authorities, Router};
use crate::credential::Caller;
use crate::credential::token::KeyTable;
use crate::environment::Host;
use crate::header::{Actions, HeaderName, HeaderValue, Hygiene};
use crate::ids::{Arena, CallerId, IdentityId, KeySourceId, KeyTableId, NetworkId, RuleId};
use crate::index::same;
use crate::path::Aliases;
use crate::{
    abuse::{Abuse, Rate},
    jwt::KeyAddress,
};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A policy, valid by construction.
#[derive(Debug)]
pub struct Policy {
    pub(crate) name: Box<str>,
    pub(crate) version: Box<str>,
    pub(crate) host: Host,
    pub(crate) development: bool,
    pub(crate) rules: Arena<RuleId, Rule>,
    pub(crate) router: Router,
    pub(crate) shadow: Router,
    pub(crate) authorities: Authorities,
    pub(crate) aliases: Aliases,
    pub(crate) callers: Arena<CallerId, Caller>,
    /// Every credential header, with the keys of the tokens that it carries. A header that carries
    /// only signed tokens has no keys here.
    pub(crate) tables: Arena<KeyTableId, KeyTable>,
    pub(crate) key_addresses: Arena<KeySourceId, KeyAddress>,
    pub(crate) networks: Arena<NetworkId, Ranges>,
    pub(crate) client: ClientSource,
    pub(crate) hygiene: Hygiene,
    pub(crate) actions: Actions,
    pub(crate) identities: Arena<IdentityId, HeaderName>,
    pub(crate) deny_unmatched: bool,
    pub(crate) default_deny: DenyAnswers,
    pub(crate) forward: Forward,
    pub(crate) audit: Audit,
    pub(crate) abuse: Abuse,
    /// No decision depends on the time, and some have no event that needs it.
    pub(crate) is_timeless: bool,
    pub(crate) no_store: (HeaderName, HeaderValue),
    pub(crate) notices: Vec<String>,
}

impl Policy {
    /// The policy's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first 12 hexadecimal digits of the document's SHA-256.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Messages for the operator when the policy takes effect: development mode, absent secrets.
    /// The host logs them as warnings.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Returns `true` if the host hands decisions to its access log (`audit.access_log`).
    #[must_use]
    pub const fn is_shown_in_access_logs(&self) -> bool {
        self.audit.access_log
    }

    /// The addresses from which keys of signed tokens are fetched, each once.
    #[must_use]
    pub fn key_addresses(&self) -> &[KeyAddress] {
        self.key_addresses.items()
    }

    /// Returns `true` if some alternative names this method.
    pub(crate) fn names_method(&self, method: &[u8]) -> bool {
        let alternatives = self.rules.items().iter().flat_map(|rule| &rule.allow);
        alternatives.filter(|a| a.methods.is_some()).any(|a| a.has_method(method))
    }

    pub(crate) fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id)
    }
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: Box<str>,
    /// A target whose readings disagree is checked against every rule instead of refused.
    pub(crate) check_ambiguous: bool,
    pub(crate) allow: Vec<Alternative>,
    /// The key tables of the callers that it names, in their order.
    pub(crate) tables: Vec<KeyTableId>,
    /// Some alternative opens to everybody.
    pub(crate) has_open: bool,
    /// Some alternative names methods, so the answer can depend on the request's.
    pub(crate) names_methods: bool,
    pub(crate) deny: DenyAnswers,
    /// Allowed answers are kept out of shared caches, or not. If the policy doesn't say, those are
    /// that not everybody may have.
    pub(crate) private: Option<bool>,
    /// Bodies of server errors are replaced.
    pub(crate) replace_errors: bool,
    pub(crate) rate: Option<Rate>,
}

impl Rule {
    /// Returns `true` if everybody may ask with this method, and the decision depends on nothing
    /// else: no credential could make it another, nothing is counted, and no event is kept.
    pub(crate) fn is_open(&self, method: &[u8]) -> bool {
        if !self.has_open {
            return false;
        }
        let mut alternatives = self.allow.iter().filter(|a| a.has_method(method)).peekable();
        self.rate.is_none()
            && !self.replace_errors
            && alternatives.peek().is_some()
            && alternatives.all(Alternative::is_open)
    }

    /// Returns `true` if a request of this method may need no credential.
    pub(crate) fn is_public_for(&self, method: &[u8]) -> bool {
        self.allow.iter().any(|a| a.who == Who::Public && a.has_method(method))
    }
}

#[derive(Debug)]
pub(crate) struct Alternative {
    /// `None` is every method.
    pub(crate) methods: Option<Vec<Box<str>>>,
    pub(crate) who: Who,
    pub(crate) network: Option<NetworkId>,
    pub(crate) pass_identity: Vec<IdentityId>,
}

impl Alternative {
    /// Returns `true` if it opens to everybody, so that nothing is guarded.
    pub(crate) fn is_open(&self) -> bool {
        self.who == Who::Public && self.network.is_none()
    }

    pub(crate) fn has_method(&self, method: &[u8]) -> bool {
        let Some(methods) = &self.methods else { return true };
        methods.iter().any(|name| same(name.as_bytes(), method))
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Who {
    /// Everybody, or everybody in the network, without a credential, because the policy says so.
    Public,
    /// Everybody, in place of a caller: in development only.
    Anyone,
    /// A caller, with a credential.
    Caller(CallerId),
}

#[derive(Debug)]
pub(crate) struct Forward {
    pub(crate) remove_credential: bool,
    pub(crate) caller_header: Option<HeaderName>,
    pub(crate) proof: Option<(HeaderName, HeaderValue)>,
}

#[derive(Debug)]
pub(crate) struct Audit {
    pub(crate) allowed: bool,
    /// Allowed requests have lines even if nothing was guarded.
    pub(crate) open: bool,
    pub(crate) user_agent: bool,
    pub(crate) access_log: bool,
}
