/work/main/fuzz/target/debug/deps/address-cfc9e7dcfb06becd.d: fuzz_targets/address.rs

/work/main/fuzz/target/debug/deps/libaddress-cfc9e7dcfb06becd.rmeta: fuzz_targets/address.rs

fuzz_targets/address.rs:
