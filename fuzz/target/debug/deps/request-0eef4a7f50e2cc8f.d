/work/main/fuzz/target/debug/deps/request-0eef4a7f50e2cc8f.d: fuzz_targets/request.rs

/work/main/fuzz/target/debug/deps/librequest-0eef4a7f50e2cc8f.rmeta: fuzz_targets/request.rs

fuzz_targets/request.rs:
