//! Keys that are fetched from an address: when to ask for them, how long they count, and which keys
//! are used while the address is down. Hosts only fetch.
//!
//! - [`KeyAddress`] is an address in a policy, [`Ask`] a question to it or to where it leads;
//! - [`KeyStore`] has the keys of all addresses of a policy, in one thread of a host;
//! - [`Fetched`] is the result of asking an address, [`FetchFault`] the reason why it brought no
//!   keys;
//! - [`Ledger`] is the message about an address between threads of a host that share no memory.

mod address;
mod fetch;
mod ledger;
mod store;

pub use address::{Ask, KeyAddress};
pub use fetch::{FetchFault, Fetched, MAX_FETCHED};
pub use ledger::{Claim, Ledger};
pub(crate) use store::Lookup;
pub use store::{KeyDemand, KeyStore, Turn};
