//! Compiles the two calls into valgrind.

fn main() {
    println!("cargo::rerun-if-changed=src/memcheck.c");
    cc::Build::new().file("src/memcheck.c").compile("wicketgate_memcheck");
}
