//! Credentials. Each kind has a folder of its own.
//!
//! - `token`: an opaque token in a header, compared with keys in constant time;
//! - `signed`: a JSON Web Token;
//! - `certificate`: a client's certificate, which the host has checked.
//!
//! What they share is here: the place where a credential comes and the form that it has there
//! (`carrier`), reading a header (`offered`), finding out where a credential went (`misplaced`), and
//! the two results of every check, [`Proof`] and [`Refusal`].

pub(crate) mod carrier;
pub(crate) mod certificate;
#[cfg(feature = "explain")]
pub(crate) mod explain;
mod misplaced;
mod offered;
mod proof;
mod refusal;
pub(crate) mod signed;
pub(crate) mod token;

pub(crate) use misplaced::misplaced;
pub(crate) use offered::{Offered, is_visible, offered};
pub(crate) use proof::{KeyName, Kind, Proof};
pub(crate) use refusal::Refusal;
pub use token::KeyState;

/// The result of checking a credential.
pub(crate) type Checked<'a> = Result<Proof<'a>, Refusal<'a>>;
