//! The native module with signed tokens and client certificates: the tests of the filter, each of
//! them once more.

#[path = "../identity/algorithms.rs"]
mod algorithms;
#[path = "../identity/certificates.rs"]
mod certificates;
#[path = "../identity/common.rs"]
mod common;
#[path = "../identity/crowd.rs"]
mod crowd;
#[path = "../identity/faults.rs"]
mod faults;
#[path = "../identity/rotation.rs"]
mod rotation;
#[path = "../identity/waiting.rs"]
mod waiting;
#[path = "../identity/wycheproof.rs"]
mod wycheproof;

use wicketgate_runtime::ships::{MODULE, Ships};

const GATE: Ships = MODULE;
