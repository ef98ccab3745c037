/work/main/fuzz/target/debug/deps/keys-7abdbc854e8abdcd.d: fuzz_targets/keys.rs

/work/main/fuzz/target/debug/deps/libkeys-7abdbc854e8abdcd.rmeta: fuzz_targets/keys.rs

fuzz_targets/keys.rs:
