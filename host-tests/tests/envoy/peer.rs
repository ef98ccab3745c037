//! The filter before the gate that tells it the peer. The native module needs none.

use wicketgate_host_tests::envoy::edit;

use crate::addresses::{MANAGERS, none_is_believed};
use crate::common::{TOKEN, get, setup};

#[test]
fn without_the_peer_every_address_is_unknown() {
    for manager in MANAGERS {
        let setup = setup().manager(manager).edit(|config| {
            let filters = edit::manager(config)["http_filters"].as_array_mut().unwrap();
            assert_eq!(filters.remove(0)["name"], "wicketgate.peer");
        });
        let mut gate = setup.start().unwrap();
        none_is_believed(&mut gate, "address_unknown");
        // Rules without a network work as always.
        gate.passed(&get("/internal/a", &[("x-internal-token", TOKEN)])).unwrap();
    }
}
