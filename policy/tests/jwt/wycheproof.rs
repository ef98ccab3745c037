//! Project Wycheproof, read in place from `../shared/corpora` beside the checkout: every case of every
//! file comes out as the corpus says, but for those listed here with their reasons, which must go on
//! differing. `cargo test -p wicketgate-policy --test jwt wycheproof -- --nocapture` prints the counts.

use super::issuer::encode;
use super::{keys, signed};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use wicketgate_policy::jwt::{Algorithm, KeySet, KeySource};

/// The place of the corpus. If nothing is beside the checkout, returns `None` and prints a line
/// past the test runner, which `cargo xtask test` counts. If something is there but the corpus is
/// missing, the test fails: a test that passes without its data can't fail.
fn folder(skipped: &str) -> Option<PathBuf> {
    let shared = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    if !shared.is_dir() {
        let line = format!("skipped: Wycheproof, {skipped} (no ../shared beside the checkout)\n");
        _ = std::io::stderr().write_all(line.as_bytes());
        return None;
    }
    let folder = shared.join("corpora/wycheproof");
    assert!(folder.is_dir(), "../shared is there, and corpora/wycheproof in it is not");
    Some(folder)
}

/// Cases that come out differently here.
struct Deviation {
    why: &'static str,
    /// The number of such cases.
    times: usize,
    /// Returns `true` if a case is one, by its group and itself.
    is_one: fn(&Value, &Value) -> bool,
}

/// Compares all cases of a file, which must be so many, and prints how many deviate and why.
fn judge(
    file: &str,
    cases: usize,
    deviations: &[Deviation],
    mut accepts: impl FnMut(&Value, &Value) -> bool,
) {
    let Some(folder) = folder(file) else { return };
    let corpus: Value =
        serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap();
    let mut ran = 0;
    let mut wrong = Vec::new();
    let mut times = vec![0; deviations.len()];
    for group in corpus["testGroups"].as_array().unwrap() {
        for case in group["tests"].as_array().unwrap() {
            ran += 1;
            let expected = match case["result"].as_str().unwrap() {
                "valid" => true,
                // Cases that a library may accept are refused too: one encoding, one padding.
                "invalid" | "acceptable" => false,
                other => panic!("{file} {}: {other}", id(case)),
            };
            let accepted = accepts(group, case);
            if accepted == expected {
                continue;
            }
            match deviations.iter().position(|deviation| (deviation.is_one)(group, case)) {
                Some(place) => times[place] += 1,
                None => {
                    wrong.push(format!("{}: accepted: {accepted}, {}", id(case), case["comment"]));
                }
            }
        }
    }
    let differing: usize = times.iter().sum();
    eprintln!("{file}: {ran} cases, {} as expected, {differing} deviate", ran - differing);
    for (deviation, times) in deviations.iter().zip(&times) {
        eprintln!("    {times}: {}", deviation.why);
    }
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
    assert_eq!(ran, cases, "{file}: the corpus has other cases now");
    let listed: Vec<usize> = deviations.iter().map(|deviation| deviation.times).collect();
    assert_eq!(times, listed, "{file}: the listed deviations happen as often as is said");
}

fn id(case: &Value) -> u64 {
    case["tcId"].as_u64().unwrap()
}

fn is_valid(case: &Value) -> bool {
    case["result"] == "valid"
}

fn is_among(case: &Value, ids: &[u64]) -> bool {
    ids.contains(&id(case))
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// Returns `true` if the key of a group, or its set, accepts the token of a case. A key that can't
/// be used accepts none.
fn accepts(group: &Value, case: &Value) -> bool {
    // The public half; of secrets, themselves.
    let json = group.get("public").or(group.get("private")).unwrap().to_string();
    let token = case.get("jws").or(case.get("jwe")).unwrap();
    let token = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
    KeySet::parse(json.as_bytes(), KeySource::Environment)
        .is_ok_and(|keys| signed(&token, &keys).is_ok())
}

/// All files are run by a test below.
#[test]
fn no_file_is_left_out() {
    let Some(folder) = folder("all files") else { return };
    let here = include_str!("wycheproof.rs");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with("_test.json") {
            assert!(here.contains(&format!("\"{name}\"")), "{name} is run by no test");
            files += 1;
        }
    }
    assert_eq!(files, 9);
}

#[test]
fn web_signatures() {
    let deviations = [
        Deviation {
            why: "an empty payload: a JWT has claims, and no part may be empty",
            times: 2,
            is_one: |_, case| is_among(case, &[259, 272]),
        },
        Deviation {
            why: "RS384, RS512, PS384 and PS512 are not served, and ES521 is no algorithm",
            times: 20,
            is_one: |_, case| {
                let algorithms = [
                    264, 265, 266, 267, 268, 269, 270, 271, 320, 321, 322, 323, 325, 326, 327, 328,
                    346, 347, 350, 351,
                ];
                is_among(case, &algorithms)
            },
        },
        Deviation {
            why: "a stray character in base64url, which a strict decoder refuses",
            times: 2,
            is_one: |_, case| is_among(case, &[372, 373]),
        },
        Deviation {
            why: "marked invalid, and byte for byte the valid case 357 with its key",
            times: 2,
            is_one: |group, case| {
                let tests = group["tests"].as_array().unwrap();
                let valid = tests.iter().find(|case| id(case) == 357);
                is_among(case, &[367, 370])
                    && valid.is_some_and(|valid| valid["jws"] == case["jws"])
            },
        },
    ];
    judge("json_web_signature_test.json", 401, &deviations, accepts);
}

#[test]
fn web_keys() {
    let deviations = [Deviation {
        why: "HS384 and HS512 are not served",
        times: 2,
        is_one: |_, case| is_among(case, &[14, 15]),
    }];
    judge("json_web_key_test.json", 26, &deviations, accepts);
}

#[test]
fn web_crypto() {
    let deviations = [Deviation {
        why: "encrypted tokens (JWE) are not served",
        times: 2,
        is_one: |_, case| case["jwe"].is_string() && is_valid(case),
    }];
    judge("json_web_crypto_test.json", 83, &deviations, accepts);
}

/// A key's answer to a case of a primitive.
fn primitive(keys: &KeySet, case: &Value, signature: &str) -> bool {
    let (message, signature) = (hex(&case["msg"]), hex(&case[signature]));
    keys.keys()[0].check(&message, &signature).verify().unwrap().good()
}

/// The key of a group, which is the same in all forms that it comes in.
fn key(group: &Value, jwk: &str) -> KeySet {
    let from_pem = KeySet::parse_pem(group["publicKeyPem"].as_str().unwrap().as_bytes()).unwrap();
    let der = from_pem.keys()[0].spki_der().unwrap();
    assert_eq!(der, hex(&group["publicKeyDer"]));
    if group[jwk].is_object() {
        assert_eq!(keys(&group[jwk]).keys()[0].spki_der().unwrap(), der);
    }
    from_pem
}

#[test]
fn hmac() {
    let deviations = [
        Deviation {
            why: "keys of fewer than 256 bits are refused (RFC 7518, section 3.2)",
            times: 6,
            is_one: |group, case| group["keySize"].as_u64().unwrap() < 256 && is_valid(case),
        },
        Deviation {
            why: "a part of a tag is none (RFC 7518, section 3.2)",
            times: 30,
            is_one: |group, case| group["tagSize"] != 256 && is_valid(case),
        },
    ];
    judge("hmac_sha256_test.json", 174, &deviations, |_, case| {
        let jwk = json!({ "kty": "oct", "k": encode(&hex(&case["key"])) });
        KeySet::parse(jwk.to_string().as_bytes(), KeySource::Environment)
            .is_ok_and(|keys| primitive(&keys, case, "tag"))
    });
}

#[test]
fn rsa() {
    judge("rsa_signature_2048_sha256_test.json", 259, &[], |group, case| {
        primitive(&key(group, "keyJwk"), case, "sig")
    });
}

#[test]
fn rsa_pss() {
    judge("rsa_pss_2048_sha256_mgf1_32_test.json", 108, &[], |group, case| {
        let keys = keys(&group["publicKeyJwk"]);
        assert_eq!(keys.keys()[0].algorithm(), Algorithm::Ps256);
        primitive(&keys, case, "sig")
    });
}

#[test]
fn ecdsa() {
    judge("ecdsa_secp256r1_sha256_p1363_test.json", 262, &[], |group, case| {
        primitive(&key(group, "publicKeyJwk"), case, "sig")
    });
}

#[test]
fn ecdsa_p384() {
    judge("ecdsa_secp384r1_sha384_p1363_test.json", 280, &[], |group, case| {
        primitive(&key(group, "publicKeyJwk"), case, "sig")
    });
}

#[test]
fn ed25519() {
    judge("ed25519_test.json", 151, &[], |group, case| {
        primitive(&key(group, "publicKeyJwk"), case, "sig")
    });
}
