//! The module is loaded, or not.

use crate::fake::{alone, configure, envoy, log};
use crate::{Config, policy};
use serde_json::json;
use std::ffi::CStr;
use std::ptr::null;
use wicketgate_envoy_module::version::{Found, search};
use wicketgate_envoy_module::{abi, hooks};

/// What Envoy has in its program: the version of its ABI, a text of its own.
#[used]
static TEXT: [u8; 8] = *b"\0v0.2.0\0";

#[test]
fn the_module_says_what_it_was_made_for() {
    let _alone = alone();
    let version = hooks::envoy_dynamic_module_on_program_init();
    assert!(!version.is_null(), "{:?}", log());
    // SAFETY: a constant of the module.
    assert_eq!(unsafe { CStr::from_ptr(version) }, abi::VERSION);
}

#[test]
fn an_envoy_with_another_abi_is_told_by_its_own_text() {
    let found = |program: &[u8]| search(program).unwrap();
    let others = |texts: &[&str]| Found::Others(texts.iter().map(|t| (*t).to_owned()).collect());
    assert_eq!(found(b"x\0v0.2.0\0y"), Found::Same);
    assert_eq!(found(b"x\0v0.3.0\0y\0v0.1.0\0v0.3.0\0"), others(&["v0.3.0", "v0.1.0"]));
    assert_eq!(found(b"x\0hyper-v0.2.0\0v0.2.0-dev\0v0.2\0v0.2.0"), others(&[]));
    assert_eq!(found(b""), others(&[]));
    // Wherever the parts end in which the program is read.
    for before in (1 << 18) - 10..(1 << 18) + 30 {
        let mut program = vec![b'x'; before];
        program.extend_from_slice(b"\0v0.2.0\0");
        assert_eq!(found(&program), Found::Same, "{before}");
        // The end of a longer text is none.
        program.splice(before..=before, *b"x");
        assert_eq!(found(&program), others(&[]), "{before}");
    }
}

#[test]
fn a_policy_with_faults_is_refused_and_each_is_told() {
    let _alone = alone();
    let mut faulty = policy();
    faulty["rules"][0]["paths"] = json!([]);
    faulty["networks"]["office"] = json!(["nowhere"]);
    assert_eq!(configure(&faulty.to_string()), null());
    let lines = log();
    assert!(lines[0].starts_with("wicketgate: the policy is refused, number of faults: "));
    assert!(lines.iter().any(|line| line.contains("networks.office")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("paths")), "{lines:?}");
    assert_eq!(configure("not json"), null());
    assert_eq!(configure(""), null());
}

#[test]
fn the_policy_in_force_is_shown_by_a_gauge() {
    let _alone = alone();
    let _config = Config::new();
    let counted = envoy().counted.clone();
    let [(name, 1)] = &counted.iter().map(|(n, v)| (n.as_str(), *v)).collect::<Vec<_>>()[..] else {
        panic!("{counted:?}")
    };
    assert!(name.starts_with("wicketgate_policy_info digest="), "{name}");
}
