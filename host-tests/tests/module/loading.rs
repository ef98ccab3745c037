//! A module that Envoy must not run: Envoy does not start, and lets nothing through.

use std::path::Path;

use wicketgate_host_tests::built;
use wicketgate_runtime::files::TempDir;
use wicketgate_runtime::ships::MODULE;

use crate::common::setup;

/// The version of Envoy's ABI that the module was made for, as it stands in its file.
const VERSION: &[u8] = b"v0.2.0\0";
const ANOTHER: &[u8] = b"v0.1.9\0";

#[test]
fn one_for_another_abi_is_refused() {
    let folder = TempDir::new().unwrap();
    let other = folder.path().join("another.so");
    let mut bytes = std::fs::read(built::path(&MODULE).unwrap()).unwrap();
    let mut replaced = 0;
    for at in 0..bytes.len() - VERSION.len() {
        if bytes[at..].starts_with(VERSION) {
            bytes[at..at + ANOTHER.len()].copy_from_slice(ANOTHER);
            replaced += 1;
        }
    }
    assert!(replaced > 0, "the module's file does not hold the version");
    std::fs::write(&other, bytes).unwrap();
    let log = setup().file(&other).refused().unwrap();
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
