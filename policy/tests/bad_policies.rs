//! Broken policies: each document of `bad/` has all its faults beside it, one a line.
//!
//! `WICKETGATE_UPDATE=1 cargo test -p wicketgate-policy --test bad_policies` writes them anew; read
//! the difference before it is committed.

use std::fs;
use std::path::{Path, PathBuf};

use wicketgate_policy::{Environment, Host, Policy};

/// What the documents' variables hold. Whatever is wrong with a secret, it is never shown.
const VARIABLES: [(&str, &str); 15] = [
    ("TOKEN", "4f8a1c0d9e2b7365af01d2c4b6e8f790"),
    ("OTHER", "7365af01d2c4b6e8f7904f8a1c0d9e2b"),
    ("PROOF", "c3d9a6f1804b5e72dd17a0b9f2c86e35"),
    ("NAMED", "wg_2027-q1_8Jm2vQx7Kp0Rz5Tn3Wc9Yb6Ld1Hf4Gs"),
    ("EMPTY", ""),
    ("SHORT", "hunter2hunter2"),
    ("SPACED", "7365af01d2c4b6e8f7904f8a1c0d9e2b\n"),
    ("COMMA", "7365af01d2c4b6e8,f7904f8a1c0d9e2b"),
    ("PLACEHOLDER", "your-generated-secret-here-please"),
    ("REPEATED", "abababababababababababababababababab"),
    ("JWKS", r#"{"kty":"oct","k":"Xk3pV9qTz0yRr5wM1nB7cD2eF8gH4jL6aQsU-iOtZvY"}"#),
    (
        "JWKS_PRIVATE",
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}"#,
    ),
    ("JWKS_SHORT", r#"{"keys":[{"kty":"oct","k":"Xk3pV9qTz0yRr5wM1nB7cA"}]}"#),
    (
        "PEM_PRIVATE",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n",
    ),
    ("LATIN", "pässwörd-pässwörd-pässwörd-pässwörd"),
];

fn documents() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> =
        entries.filter(|path| path.extension() == Some("json".as_ref())).collect();
    documents.sort();
    documents
}

#[test]
fn every_fault_is_told_with_its_place() {
    let mut environment = Environment::new(Host::Envoy);
    for (name, value) in VARIABLES {
        environment = environment.with(name, value);
    }
    let documents = documents();
    assert!(documents.len() >= 40, "{} documents", documents.len());
    let update = std::env::var_os("WICKETGATE_UPDATE").is_some();
    for path in documents {
        let faults = match Policy::load(&fs::read(&path).unwrap(), &environment) {
            Ok(_) => panic!("{}: taken for a policy", path.display()),
            Err(faults) => faults,
        };
        let found = format!("{faults}\n");
        for (name, secret) in VARIABLES {
            let shown = secret.len() > 1 && found.contains(secret.trim());
            assert!(!shown, "{}: shows the value of {name}", path.display());
        }
        let snapshot = path.with_extension("faults");
        if update {
            fs::write(&snapshot, &found).unwrap();
        }
        let expected = fs::read_to_string(&snapshot)
            .unwrap_or_else(|_| panic!("{}: no such file", snapshot.display()));
        assert_eq!(found, expected, "{}", path.display());
    }
}

/// A fault is of use only if it says three things.
#[test]
fn every_fault_has_a_place_what_was_found_and_what_was_expected() {
    let environment = Environment::new(Host::Envoy);
    for path in documents() {
        let Err(faults) = Policy::load(&fs::read(&path).unwrap(), &environment) else { continue };
        for fault in &faults {
            assert!(!fault.found.is_empty() && !fault.expected.is_empty(), "{fault}");
            assert!(!fault.expected.ends_with('.'), "{fault}");
            assert!(fault.to_string().chars().all(|c| !c.is_control()), "{fault}");
        }
    }
}
