/work/main/fuzz/target/debug/deps/token-0e8c422adab8c91e.d: fuzz_targets/token.rs

/work/main/fuzz/target/debug/deps/libtoken-0e8c422adab8c91e.rmeta: fuzz_targets/token.rs

fuzz_targets/token.rs:
