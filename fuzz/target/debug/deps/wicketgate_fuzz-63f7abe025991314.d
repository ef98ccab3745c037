/work/main/fuzz/target/debug/deps/wicketgate_fuzz-63f7abe025991314.d: src/lib.rs src/policy.json

/work/main/fuzz/target/debug/deps/libwicketgate_fuzz-63f7abe025991314.rmeta: src/lib.rs src/policy.json

src/lib.rs:
src/policy.json:
