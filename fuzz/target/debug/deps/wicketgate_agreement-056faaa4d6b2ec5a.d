/work/main/fuzz/target/debug/deps/wicketgate_agreement-056faaa4d6b2ec5a.d: /work/main/spec/agreement/src/lib.rs /work/main/spec/agreement/src/core.rs /work/main/spec/agreement/src/gates.rs /work/main/spec/agreement/src/generate.rs /work/main/spec/agreement/src/list.rs

/work/main/fuzz/target/debug/deps/libwicketgate_agreement-056faaa4d6b2ec5a.rmeta: /work/main/spec/agreement/src/lib.rs /work/main/spec/agreement/src/core.rs /work/main/spec/agreement/src/gates.rs /work/main/spec/agreement/src/generate.rs /work/main/spec/agreement/src/list.rs

/work/main/spec/agreement/src/lib.rs:
/work/main/spec/agreement/src/core.rs:
/work/main/spec/agreement/src/gates.rs:
/work/main/spec/agreement/src/generate.rs:
/work/main/spec/agreement/src/list.rs:

# env-dep:CARGO_MANIFEST_DIR=/work/main/spec/agreement
