/work/main/fuzz/target/debug/deps/header_map-74a1ad802ffe80a9.d: fuzz_targets/header_map.rs

/work/main/fuzz/target/debug/deps/libheader_map-74a1ad802ffe80a9.rmeta: fuzz_targets/header_map.rs

fuzz_targets/header_map.rs:
