/work/main/fuzz/target/debug/deps/policy-38af885de50033e8.d: fuzz_targets/policy.rs

/work/main/fuzz/target/debug/deps/libpolicy-38af885de50033e8.rmeta: fuzz_targets/policy.rs

fuzz_targets/policy.rs:
