/work/main/fuzz/target/debug/deps/target-794fd897370daea4.d: fuzz_targets/target.rs

/work/main/fuzz/target/debug/deps/libtarget-794fd897370daea4.rmeta: fuzz_targets/target.rs

fuzz_targets/target.rs:
