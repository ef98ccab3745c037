//! A module that Envoy must not run: Envoy does not start, and lets nothing through.

use std::path::Path;

use wicketgate_host_tests::built;
use wicketgate_runtime::files::TempDir;

use crate::common::setup;

#[test]
fn one_for_another_abi_is_refused() {
    // A build for tests takes this for the version that it was made for.
    let module = built::module_with_faults().unwrap();
    let log = setup().file(&module).secret("WICKETGATE_TEST_ABI", "v0.1.9").refused().unwrap();
    assert!(log.contains("this Envoy does not have the ABI `v0.1.9`"), "{log}");
    assert!(log.contains("`v0.2.0`"), "{log}");
}

#[test]
fn one_that_is_not_there_is_refused() {
    let log = setup().file(Path::new("/nowhere/wicketgate.so")).refused().unwrap();
    assert!(log.contains("/nowhere/wicketgate.so"), "{log}");
}

#[test]
fn a_file_that_is_no_module_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("none.so");
    std::fs::write(&path, "#!/bin/sh\n").unwrap();
    let log = setup().file(&path).refused().unwrap();
    assert!(log.contains("none.so"), "{log}");
}
