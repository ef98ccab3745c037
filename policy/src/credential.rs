//! Credentials. Each kind has a folder of its own, and its row in each list of this file.
//!
//! - `token`: an opaque token in a header, compared with keys in constant time;
//! - `signed`: a JSON Web Token;
//! - `certificate`: a client's certificate, which the host has checked.
//!
//! What they share is here: the callers who have them (`callers`), the place where a credential comes
//! and the form that it has there (`carrier`), reading a header (`offered`), the credentials of one
//! request (`checked`), what the host has brought for it and what it must bring (`served`, `demand`),
//! the keys of credentials that are signed (`keys`), finding out where a credential went
//! (`misplaced`), and the two results of every check, [`Proof`] and [`Refusal`].

mod callers;
pub(crate) mod carrier;
pub(crate) mod certificate;
mod checked;
mod demand;
#[cfg(feature = "explain")]
pub(crate) mod explain;
mod keys;
mod misplaced;
mod offered;
mod proof;
mod refusal;
mod served;
mod signed;
pub(crate) mod token;
pub(crate) mod wire;

pub(crate) use callers::{Caller, Callers, callers};
pub(crate) use checked::{Check, Checked, Credentials};
pub use demand::Demand;
pub(crate) use misplaced::misplaced;
pub(crate) use offered::{Offered, is_visible};
pub use proof::Kind;
pub(crate) use proof::{KeyName, Proof};
pub(crate) use refusal::Refusal;
#[cfg(not(feature = "explain"))]
pub(crate) use served::Served;
#[cfg(feature = "explain")]
pub use served::Served;
pub use token::KeyState;

use crate::compiling::Context;
use crate::form::read::join;
use crate::ids::{Arena, KeyTableId};
use alloc::boxed::Box;
use alloc::vec::Vec;
use certificate::CertificateRules;
use core::slice;
use signed::SignedRules;
use token::{KeyTable, TokenRules};

/// The rules for a caller's credentials of one kind.
#[derive(Debug)]
pub(crate) enum CredentialRules {
    Token(TokenRules),
    Signed(Box<SignedRules>),
    Certificate(CertificateRules),
}

/// The rules for the credentials of the next caller, each kind by itself, in the order in which they
/// are checked. `None` if one was refused.
pub(crate) fn rules(
    callers: &mut Callers,
    caller: wire::Caller,
    at: &str,
    context: &mut Context<'_>,
) -> Option<Vec<CredentialRules>> {
    let wire::Caller { token, jwt, mtls } = caller;
    let kinds = [
        token.map(|token| {
            let rules = token::rules(callers, token, &join(at, "token"), context)?;
            Some(CredentialRules::Token(rules))
        }),
        jwt.map(|jwt| {
            let rules = signed::rules(callers, jwt, &join(at, "jwt"), context)?;
            Some(CredentialRules::Signed(rules.into()))
        }),
        mtls.map(|mtls| {
            let rules = certificate::rules(callers, mtls, &join(at, "mtls"), context);
            Some(CredentialRules::Certificate(rules))
        }),
    ];
    if kinds.iter().all(Option::is_none) && !context.faults.any_below(at) {
        context.faults.add(at, "no credential", "`token`, `jwt`, `mtls` or several");
    }
    kinds.into_iter().flatten().collect()
}

impl CredentialRules {
    /// Checks whether the request has such a credential of the caller.
    pub(crate) fn check<'a>(&'a self, credentials: &mut Credentials<'a>) -> Checked<'a> {
        match self {
            Self::Token(rules) => rules.check(credentials),
            Self::Signed(rules) => rules.check(credentials),
            Self::Certificate(rules) => rules.check(credentials),
        }
    }

    /// The carriers in which it comes; none for one that comes in no header.
    pub(crate) fn tables(&self) -> &[KeyTableId] {
        match self {
            Self::Token(rules) => &rules.tables,
            Self::Signed(rules) => slice::from_ref(&rules.table),
            Self::Certificate(_) => &[],
        }
    }

    /// Returns `true` if the client showed one, good or not, elsewhere than in a header.
    pub(crate) fn is_shown(&self, served: &Served<'_>) -> bool {
        match self {
            Self::Token(_) | Self::Signed(_) => false,
            Self::Certificate(_) => served.certificate.is_shown(),
        }
    }

    /// Returns `true` if this host has a key, or another way to know the caller.
    pub(crate) fn is_configured(&self) -> bool {
        match self {
            Self::Token(rules) => rules.has_key,
            Self::Signed(rules) => !rules.keys.is_absent(),
            Self::Certificate(_) => true,
        }
    }

    /// Returns `true` if it is good or bad at all times alike.
    pub(crate) fn is_timeless(&self, tables: &Arena<KeyTableId, KeyTable>) -> bool {
        match self {
            Self::Token(rules) => {
                rules.tables.iter().filter_map(|id| tables.get(*id)).all(KeyTable::is_timeless)
            }
            Self::Signed(_) => false,
            Self::Certificate(_) => true,
        }
    }
}

#[cfg(feature = "explain")]
impl CredentialRules {
    /// The address from which hosts fetch its keys.
    pub(crate) fn key_source(&self) -> Option<crate::ids::KeySourceId> {
        match self {
            Self::Token(_) | Self::Certificate(_) => None,
            Self::Signed(rules) => rules.keys.source(),
        }
    }

    /// The steps of its check, for each place in which it comes.
    pub(crate) fn steps<'a>(
        &'a self,
        credentials: &mut Credentials<'a>,
    ) -> Vec<explain::CredentialSteps<'a>> {
        match self {
            Self::Token(rules) => rules.steps(credentials),
            Self::Signed(rules) => [rules.steps(credentials)].into(),
            Self::Certificate(rules) => [rules.steps(credentials)].into(),
        }
    }
}
