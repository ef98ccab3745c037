//! Variables of the host that a document names. Every one that is read is noted with what it holds,
//! so that hosts and tools know which variables a policy needs, whatever names them.

use super::fault::Faults;
use super::node::Node;
use super::read::{Read, wrong};
use super::values::unquoted;
use alloc::string::String;

/// A variable that a policy reads from the host's environment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The kind of its value.
    pub holds: Holds,
}

/// The kind of a variable's value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holds {
    /// The environment of the host: [`Environment::CONFIRMATION`](crate::Environment::CONFIRMATION).
    Environment,
    /// A key or a set of keys as JSON (RFC 7517).
    Keys,
    /// A public key in PEM.
    Pem,
    /// A secret.
    Secret,
}

/// The members of the document that name variables: a type for each kind of value.
macro_rules! variables {
    ($($(#[$doc:meta])+ $name:ident => $holds:expr;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub(crate) struct $name(pub(crate) String);

        impl Read for $name {
            fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
                read(node, at, $holds, faults).map(Self)
            }
        }

        impl crate::form::schema::Describe for $name {
            fn describe() -> Node {
                crate::form::schema::text(EXPECTED)
            }
        }
    )+};
}

variables! {
    /// The name of a binding. It has the form of a variable, and no text to be read.
    Binding => None;
    /// The name of a variable with keys.
    KeysVariable => Some(Holds::Keys);
    /// The name of a variable with a key in PEM.
    PemVariable => Some(Holds::Pem);
    /// The name of a variable with a secret.
    SecretVariable => Some(Holds::Secret);
}

const EXPECTED: &str =
    "the name of a variable in `A`-`Z`, `0`-`9` and `_`, such as `INTERNAL_API_KEY`";

fn read(node: &Node, at: &str, holds: Option<Holds>, faults: &mut Faults) -> Option<String> {
    let Node::String(text) = node else { return wrong(node, EXPECTED, at, faults) };
    let good = (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !text.starts_with(|c: char| c.is_ascii_digit());
    if !good {
        faults.add(at, unquoted(text), EXPECTED);
        return None;
    }
    if let Some(holds) = holds {
        faults.note(Variable { name: text.clone(), holds });
    }
    Some(text.clone())
}
