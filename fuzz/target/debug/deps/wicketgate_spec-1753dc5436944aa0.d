/work/main/fuzz/target/debug/deps/wicketgate_spec-1753dc5436944aa0.d: /work/main/spec/src/lib.rs /work/main/spec/src/alias.rs /work/main/spec/src/compare.rs /work/main/spec/src/listed.rs /work/main/spec/src/readings.rs /work/main/spec/src/steps.rs /work/main/spec/src/verdict.rs

/work/main/fuzz/target/debug/deps/libwicketgate_spec-1753dc5436944aa0.rmeta: /work/main/spec/src/lib.rs /work/main/spec/src/alias.rs /work/main/spec/src/compare.rs /work/main/spec/src/listed.rs /work/main/spec/src/readings.rs /work/main/spec/src/steps.rs /work/main/spec/src/verdict.rs

/work/main/spec/src/lib.rs:
/work/main/spec/src/alias.rs:
/work/main/spec/src/compare.rs:
/work/main/spec/src/listed.rs:
/work/main/spec/src/readings.rs:
/work/main/spec/src/steps.rs:
/work/main/spec/src/verdict.rs:
