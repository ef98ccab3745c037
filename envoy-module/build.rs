//! How the module is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Look every function of Envoy's up while the module is loaded: one that is not there is a
    // refused configuration then, and else the end of Envoy at the first call.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,now");
}
