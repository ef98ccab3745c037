//! Names that no client may hand to an origin, in every spelling that an origin folds into them.

use super::HeaderName;
use super::READ;
use super::action::{Actions, is_name, names as action_names};
use super::name::{MAX_LEN, fold_byte};
use super::shape::{may_move, moves};
use crate::ablate::{Piece, off};
use crate::few::Blank;
use crate::ids::{Id, IdentityId};
use crate::index::Index;
use crate::stack::Stack;
use alloc::boxed::Box;

/// The reason why a name is not let through.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// Only the gate may write it, or it rewrites something that the gate has checked.
    Never,
    /// It names a handler, which is judged by every rule unless it is public.
    Action,
    /// It names the user for whom the caller acts: the identity header of the policy.
    Identity(IdentityId),
}

impl Blank for (&[u8], Role) {
    const BLANK: Self = (b"", Role::Never);
}

/// Headers that make an origin or its framework serve another path, method or caller than the
/// gate has judged, and that have no shape in common with others ([`moves`]).
const REWRITERS: [&str; 3] = [
    "next-resume", // Next.js: what is left of a page, from a state in the body
    "x-now-route-matches",
    "x-next-resume-state-length",
];

/// Returns `true` if an origin may fold a name into one that is never let through.
pub(crate) fn is_rewriter(name: &HeaderName) -> bool {
    let folded = name.folded();
    moves(&folded)
        || is_name(name)
        || REWRITERS.iter().any(|rewriter| rewriter.as_bytes() == &*folded)
}

/// What a look at a name tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looked {
    /// It may be one of [`READ`].
    pub(crate) may_be_read: bool,
    /// The role of the name, `None` for those that are let through.
    pub(crate) role: Option<Role>,
}

/// The names, folded, for one look-up a header.
#[derive(Debug)]
pub(crate) struct Hygiene {
    /// 0 for [`Role::Never`], 1 for [`Role::Action`], else two past the number of the identity
    /// header.
    roles: Index,
    /// The ends of these names.
    ends: Ends,
    /// The ends of the names that are read ([`READ`]).
    fields: Ends,
}

/// For each length, which last bytes names of that length have, by their lower six bits. Nearly all
/// headers are told from all names that matter by this alone.
#[derive(Debug)]
struct Ends([u64; MAX_LEN + 1]);

impl Ends {
    fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut ends = Self([0; MAX_LEN + 1]);
        names.into_iter().for_each(|name| ends.add(name.as_bytes()));
        ends
    }

    fn add(&mut self, name: &[u8]) {
        if let (Some(lasts), Some(last)) = (self.0.get_mut(name.len()), name.last()) {
            *lasts |= 1 << (last & 63);
        }
    }

    /// Returns `true` if one of the names may be this one, whose last byte is folded to `last`.
    #[inline]
    fn may_hold(&self, name: &[u8], last: u8) -> bool {
        self.0.get(name.len()).is_some_and(|lasts| lasts >> (last & 63) & 1 == 1)
    }
}

impl Hygiene {
    /// The rewriting headers, the gate's own, the identity headers of a policy, and those that name
    /// a handler to an origin of this stack.
    pub(crate) fn new<'n>(
        own: impl IntoIterator<Item = &'n HeaderName>,
        identities: impl IntoIterator<Item = (IdentityId, &'n HeaderName)>,
        (stack, actions): (Option<Stack>, &Actions),
    ) -> Self {
        let (ends, fields) = (Ends::of([]), Ends::of(READ));
        let mut hygiene = Self { roles: Index::default(), ends, fields };
        for name in REWRITERS.iter().filter(|_| !off(Piece::Rewriters)) {
            hygiene.add(name.as_bytes().into(), Role::Never);
        }
        let action_names = action_names(stack).filter(|_| !off(Piece::Actions));
        for (name, role) in action_names.zip(core::iter::repeat(actions.role())) {
            if let Some(role) = role {
                hygiene.add(name.as_bytes().into(), role);
            }
        }
        for (id, name) in identities {
            hygiene.add(name.folded(), Role::Identity(id));
        }
        for name in own {
            hygiene.add(name.folded(), Role::Never);
        }
        hygiene
    }

    /// The role of a header's name, `None` for those that are let through.
    pub(crate) fn role(&self, name: &[u8]) -> Option<Role> {
        // The request line: no client can send such a name.
        if name.first() == Some(&b':') {
            return None;
        }
        self.look(name).role
    }

    /// Looks at a name that is no part of the request line. Most names take no look-up.
    #[inline]
    pub(crate) fn look(&self, name: &[u8]) -> Looked {
        let Some(last) = name.last() else { return Looked { may_be_read: false, role: None } };
        let last = fold_byte(*last);
        let may_be_read = self.fields.may_hold(name, last);
        if !self.ends.may_hold(name, last) && !may_move(name) {
            return Looked { may_be_read, role: None };
        }
        Looked { may_be_read, role: self.looked_up(name) }
    }

    #[inline(never)]
    fn looked_up(&self, name: &[u8]) -> Option<Role> {
        let named = self.named(name);
        if named.is_none() && moves(name) && !off(Piece::Shapes) {
            return Some(Role::Never);
        }
        named
    }

    fn named(&self, name: &[u8]) -> Option<Role> {
        let mut buffer = [0_u8; MAX_LEN];
        let folded = buffer.get_mut(..name.len())?;
        for (to, from) in folded.iter_mut().zip(name) {
            *to = fold_byte(*from);
        }
        let number = self.roles.get(folded)?;
        Some(match number.checked_sub(2) {
            None if number == 0 => Role::Never,
            None => Role::Action,
            Some(place) => Role::Identity(IdentityId::of(place)),
        })
    }

    fn add(&mut self, name: Box<[u8]>, role: Role) {
        self.ends.add(&name);
        let number = match role {
            Role::Never => 0,
            Role::Action => 1,
            Role::Identity(id) => id.place().saturating_add(2),
        };
        self.roles.insert(&name, number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_has_the_role() {
        let name = |text| HeaderName::parse(text).unwrap();
        let hygiene = Hygiene::new(
            [&name("x-caller")],
            [(IdentityId(0), &name("x_user_id"))],
            (Some(Stack::Nextjs), &Actions::These([].into())),
        );
        for (text, role) in [
            ("x-caller", Some(Role::Never)),
            ("X_CALLER", Some(Role::Never)),
            ("x.user-id", Some(Role::Identity(IdentityId(0)))),
            ("SCRIPT_NAME", Some(Role::Never)),
            ("X-Middleware-Subrequest", Some(Role::Never)),
            ("path.info", Some(Role::Never)),
            ("X!User!Id", Some(Role::Identity(IdentityId(0)))),
            ("x+caller", Some(Role::Never)),
            ("Daphne-Root-Path", Some(Role::Never)),
            ("next-resume", Some(Role::Never)),
            ("Next_Action", Some(Role::Action)),
            ("rsc-action-id", None),
            ("accept", None),
            ("x-callers", None),
            ("", None),
            (":path", None),
        ] {
            assert_eq!(hygiene.role(text.as_bytes()), role, "{text}");
        }
        assert_eq!(hygiene.role(&[b'a'; 200]), None);
    }

    #[test]
    fn what_is_read_is_looked_at() {
        let hygiene = Hygiene::new([], [], (Some(Stack::Flask), &Actions::All));
        for name in READ {
            for name in [name.into(), name.to_ascii_uppercase(), name.replace('-', "_")] {
                assert!(hygiene.look(name.as_bytes()).may_be_read, "{name}");
            }
        }
    }
}
