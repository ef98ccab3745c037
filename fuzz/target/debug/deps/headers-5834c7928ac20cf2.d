/work/main/fuzz/target/debug/deps/headers-5834c7928ac20cf2.d: fuzz_targets/headers.rs

/work/main/fuzz/target/debug/deps/libheaders-5834c7928ac20cf2.rmeta: fuzz_targets/headers.rs

fuzz_targets/headers.rs:
