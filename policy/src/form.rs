//! How documents are read: JSON as it stands (`node`), types that are read from it (`read`, and
//! `kinds` for those that are made of tables), values that occur everywhere (`values`, `variable`),
//! faults, and the schema of a type. It knows no document in particular.

mod fault;
pub(crate) mod kinds;
pub(crate) mod node;
pub(crate) mod read;
pub(crate) mod schema;
mod values;
mod variable;

pub use fault::{Fault, Faults};
pub(crate) use values::{Duration, Id, Text, is_id, unquoted};
pub(crate) use variable::{Binding, KeysVariable, PemVariable, SecretVariable};
pub use variable::{Holds, Variable};
