/work/main/fuzz/target/debug/deps/wicketgate_header_map-e378d1c9013f0354.d: /work/main/filter/header-map/src/lib.rs

/work/main/fuzz/target/debug/deps/libwicketgate_header_map-e378d1c9013f0354.rmeta: /work/main/filter/header-map/src/lib.rs

/work/main/filter/header-map/src/lib.rs:
