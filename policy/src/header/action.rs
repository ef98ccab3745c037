//! Headers that name a handler: the framework runs it on whatever path the request came.

use super::{HeaderName, Role};
use crate::stack::Stack;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The headers, folded, and the stack that reads each; without one, an origin that no stack names.
const NAMES: [(&str, Option<Stack>); 6] = [
    // `app-render/action-handler.js` (16.4.6): a page that lacks the action asks the server itself
    // for one that has it.
    ("next-action", Some(Stack::Nextjs)),
    // `index-react-server.mjs` (7.18.7): any page of an application with server components.
    ("rsc-action-id", Some(Stack::ReactRouter)),
    // Spring Cloud Function (4.2, `RoutingFunction`): at `/functionRouter`, and where one function is
    // all that a path could mean; the expression too (CVE-2022-22963).
    ("spring-cloud-function-definition", Some(Stack::Spring)),
    ("spring-cloud-function-routing-expression", Some(Stack::Spring)),
    // Applications made with `@vitejs/plugin-rsc`, after its examples.
    ("x-rsc-action", None),
    // Qwik City 1.20: together with `qfunc` in the query, on any path.
    ("x-qrl", None),
];

/// The names that an origin of this stack reads; all of them, where it could be any.
pub(crate) fn names(stack: Option<Stack>) -> impl Iterator<Item = &'static str> {
    let reads = move |of: Option<Stack>| stack.is_none() || (of.is_some() && of == stack);
    NAMES.iter().filter(move |(_, of)| reads(*of)).map(|(name, _)| *name)
}

/// Returns `true` if an origin may fold a name into one of them.
pub(super) fn is_name(name: &HeaderName) -> bool {
    NAMES.iter().any(|(known, _)| *known.as_bytes() == *name.folded())
}

/// A policy's public ones among the handlers that such headers name.
#[derive(Debug)]
pub(crate) enum Actions {
    /// The application has none: the headers are removed.
    None,
    /// All are public.
    All,
    /// These are public, by their ids. Any other is judged by every rule.
    These(Vec<Box<str>>),
}

impl Actions {
    /// The treatment of the headers.
    pub(super) const fn role(&self) -> Option<Role> {
        match self {
            Self::None => Some(Role::Never),
            Self::All => None,
            Self::These(_) => Some(Role::Action),
        }
    }

    /// Returns `true` if the handler that a header names is public.
    pub(crate) fn is_public(&self, value: &[u8]) -> bool {
        match self {
            Self::None | Self::All => true,
            Self::These(ids) => ids.iter().any(|id| id.as_bytes() == value.trim_ascii()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_reads_its_own() {
        let all = |stack| names(stack).collect::<Vec<_>>();
        assert_eq!(all(Some(Stack::Nextjs)), ["next-action"]);
        assert_eq!(all(Some(Stack::ReactRouter)), ["rsc-action-id"]);
        assert_eq!(all(Some(Stack::Spring)).len(), 2);
        assert_eq!(all(Some(Stack::Flask)), [""; 0]);
        assert_eq!(all(None).len(), NAMES.len());
    }

    #[test]
    fn public_ones_are_named_whole() {
        let these = Actions::These([Box::from("40ab")].into());
        assert!(these.is_public(b"40ab") && these.is_public(b" 40ab"));
        for other in [&b""[..], b"40AB", b"40ab,40cd", b"40a", b"40ab, 40ab"] {
            assert!(!these.is_public(other), "{other:?}");
        }
        assert!(Actions::All.is_public(b"x"));
    }
}
