//! Reads an origin's own pages.

use std::net::SocketAddr;

use anyhow::Result;
use wicketgate_runtime::http::{Client, Request};

use crate::grammar::Learned;
use crate::ledger::Ledger;
use crate::origins::Origin;

/// Asks for every guarded page without a gate, and reads what it gives away of its actions.
pub(super) fn learn(origin: &Origin, address: SocketAddr, ledger: &mut Ledger) -> Result<Learned> {
    let client = Client::new(address);
    let mut learned = Learned::default();
    for path in origin.guarded() {
        // An origin that does not answer to one of them is not the grammar's concern.
        if let Ok(answer) = Request::new("GET", &path).and_then(|request| client.ask(&request)) {
            learned.read(&answer.body);
        }
    }
    // Forget the handlers that ran for these.
    ledger.look()?;
    Ok(learned)
}
