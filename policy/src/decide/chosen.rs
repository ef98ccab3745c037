//! What the headers of a request choose, for tools that compare policies.

use super::steps::Chosen;
use super::{Case, Outcome, Pending};
use crate::address::client_address;
use crate::choose::{Choice, is_authority};
use crate::credential::Served;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::request::Request;
use crate::time::Time;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::IpAddr;

/// All that the decision about a request takes from its target, its authority and the headers that
/// name a handler. Two requests with the same `Choosing` are decided alike if they have the same
/// method, credentials, address, time and further headers.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Choosing<'a> {
    /// The reason why it is refused whatever its path, if it is.
    pub refused_everywhere: Option<Reason>,
    /// The method or the authority is malformed.
    pub malformed: bool,
    /// The choice of all readings together, and of a header that names a handler.
    pub chosen: Chosen<'a>,
    /// The choice of the path alone, if a header names a handler.
    pub by_path: Option<Chosen<'a>>,
    /// Something that the request could be is covered by no rule.
    pub uncovered: bool,
    /// The path, or one that the query names, runs a handler without naming it.
    pub unclear: bool,
    /// No rule covers it, and the policy lets that pass.
    pub passes: bool,
    /// The methods that its query names, if a chosen rule names methods.
    pub methods: Vec<Box<[u8]>>,
    /// The query names more methods than the gate judges.
    pub too_many_methods: bool,
}

impl Policy {
    /// Chooses the rules of a request as [`Self::decide`] does, and decides nothing.
    #[must_use]
    pub fn choosing<'p>(&'p self, request: &Request<'_>) -> Choosing<'p> {
        let asked = Pending::new(self, request.headers);
        let Pending { ref choice, ref by_path, head, doubts, .. } = asked;
        let rules = match choice {
            Choice::Nothing | Choice::TooComplex => &[],
            Choice::Rules(rules) | Choice::Ambiguous { all: rules, .. } => &rules[..],
        };
        let by_method = rules.iter().filter_map(|id| self.rule(*id)).any(|rule| rule.names_methods);
        let case = Case::new(self, &asked, None, Served::default(), Time::BUILD);
        let named = by_method.then(|| case.methods(self));
        Choosing {
            refused_everywhere: asked.refused_everywhere,
            malformed: !head.has_method()
                || head.two_authorities
                || head.path_before_path
                || !head.authority.is_some_and(is_authority),
            chosen: self.chosen(choice),
            by_path: by_path.as_ref().map(|choice| self.chosen(choice)),
            uncovered: doubts.uncovered,
            unclear: doubts.unclear,
            passes: asked.passes,
            methods: named.map(|named| named.methods.clone()).unwrap_or_default(),
            too_many_methods: named.is_some_and(|named| named.too_many),
        }
    }

    /// Decides as [`Self::explain_with`] does, without a word of explanation.
    #[must_use]
    pub fn decide_served<'a>(
        &'a self,
        request: &Request<'a>,
        served: Served<'a>,
        now: Time,
    ) -> Outcome<'a> {
        self.decide_with(request, served, now)
    }

    /// The client's address from the policy's source, `None` if it is unknown.
    #[must_use]
    pub fn client(&self, request: &Request<'_>) -> Option<IpAddr> {
        client_address(&self.client, request.peer.address(), request.headers)
    }
}
