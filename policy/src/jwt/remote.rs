//! Keys that are fetched from an address: when they are asked for, how long they count, and what
//! is known while the address is down. Hosts fetch and nothing else.
//!
//! - [`KeyAddress`] is what a policy says of an address;
//! - [`KeyStore`] is what is known of every address of a policy, in one thread of a host;
//! - [`Fetched`] is what came of asking one, [`FetchFault`] why it brought no keys;
//! - [`Ledger`] is what threads of a host that share no memory tell one another about an address.

mod address;
mod fetch;
mod ledger;
mod store;

pub use address::KeyAddress;
pub use fetch::{FetchFault, Fetched, MAX_FETCHED};
pub use ledger::{Claim, Ledger};
pub(crate) use store::Lookup;
pub use store::{KeyDemand, KeyStore, Turn};
