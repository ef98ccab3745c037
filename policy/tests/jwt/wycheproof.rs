//! Project Wycheproof, read in place from `../shared/corpora` beside the checkout: every case comes
//! out as the corpus says, but for those listed here with their reasons, which must go on differing.

use super::issuer::encode;
use super::{keys, signed};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use wicketgate_policy::jwt::{KeySet, KeySource};

/// A file of the corpus; `None`, said aloud, where there is no corpus.
fn corpus(file: &str) -> Option<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora/wycheproof");
    if !folder.is_dir() {
        eprintln!("skipped: no ../shared/corpora/wycheproof beside the checkout");
        return None;
    }
    let text = fs::read_to_string(folder.join(file)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// Every case with its group.
fn cases(corpus: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let groups = corpus["testGroups"].as_array().unwrap().iter();
    groups
        .flat_map(|group| group["tests"].as_array().unwrap().iter().map(move |case| (group, case)))
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// Why a case comes out differently here.
type Deviation = (&'static [u64], &'static str);

/// Compares all cases; returns how many ran.
fn judge(
    file: &str,
    deviations: &[Deviation],
    mut accepts: impl FnMut(&Value, &Value) -> Option<bool>,
) -> usize {
    let Some(corpus) = corpus(file) else { return 0 };
    let mut ran = 0;
    let mut wrong = Vec::new();
    let mut differing = Vec::new();
    for (group, case) in cases(&corpus) {
        let id = case["tcId"].as_u64().unwrap();
        let Some(accepted) = accepts(group, case) else { continue };
        ran += 1;
        let expected = match case["result"].as_str().unwrap() {
            "valid" => true,
            // What may be accepted out of kindness is not: one encoding, one padding.
            "invalid" | "acceptable" => false,
            other => panic!("{file} {id}: {other}"),
        };
        if accepted != expected {
            if deviations.iter().any(|(ids, _)| ids.contains(&id)) {
                differing.push(id);
            } else {
                wrong.push(format!("{id}: accepted: {accepted}, {}", case["comment"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
    let listed: Vec<u64> = deviations.iter().flat_map(|(ids, _)| ids.iter().copied()).collect();
    assert_eq!(differing, listed, "{file}: a listed deviation does not happen any more");
    eprintln!("{file}: {ran} cases, {} of them deviate as listed", differing.len());
    ran
}

/// The public half of a key or set; of secrets, themselves.
fn public(group: &Value) -> &Value {
    group.get("public").or(group.get("private")).unwrap()
}

/// Keys that can't be used sign nothing.
fn accepts(group: &Value, case: &Value) -> bool {
    let json = public(group).to_string();
    let token = case["jws"].as_str().map_or_else(|| case["jws"].to_string(), str::to_owned);
    KeySet::parse(json.as_bytes(), KeySource::Environment)
        .is_ok_and(|keys| signed(&token, &keys).is_ok())
}

const JWS: &[Deviation] = &[
    (&[259], "an empty payload: a JWT has claims, and no part may be empty"),
    (
        &[
            264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 287, 288, 320, 321, 322,
            323, 325, 326, 327, 328,
        ],
        "RS384, RS512, PS256, PS384 and PS512 are not served",
    ),
    (&[346, 347, 350, 351], "PS256 is not served, and ES521 is no algorithm"),
    (&[372, 373], "a stray character in base64url, which a strict decoder refuses"),
];

#[test]
fn web_signatures() {
    // Marked invalid, and byte for byte the valid case 357.
    let faulty = [367, 370];
    let ran = judge("json_web_signature_test.json", JWS, |group, case| {
        (!faulty.contains(&case["tcId"].as_u64().unwrap())).then(|| accepts(group, case))
    });
    assert!(ran == 0 || ran == 399);
}

#[test]
fn web_keys() {
    let deviations: &[Deviation] = &[(&[14, 15], "HS384 and HS512 are not served")];
    let ran = judge("json_web_key_test.json", deviations, |group, case| Some(accepts(group, case)));
    assert!(ran == 0 || ran == 26);
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
    let ran = judge("hmac_sha256_test.json", &[], |group, case| {
        let jwk = json!({ "kty": "oct", "k": encode(&hex(&case["key"])) });
        if group["keySize"].as_u64().unwrap() < 256 {
            // RFC 7518, section 3.2: shorter keys are refused, whatever they sign.
            let source = KeySource::Environment;
            assert!(KeySet::parse(jwk.to_string().as_bytes(), source).is_err());
            return None;
        }
        let accepted = primitive(&keys(&jwk), case, "tag");
        if group["tagSize"] != 256 {
            // A part of a tag is none.
            assert!(!accepted);
            return None;
        }
        Some(accepted)
    });
    assert!(ran == 0 || ran > 80, "{ran}");
}

#[test]
fn rsa() {
    let ran = judge("rsa_signature_2048_sha256_test.json", &[], |group, case| {
        Some(primitive(&key(group, "keyJwk"), case, "sig"))
    });
    assert!(ran == 0 || ran == 259);
}

#[test]
fn ecdsa() {
    let ran = judge("ecdsa_secp256r1_sha256_p1363_test.json", &[], |group, case| {
        Some(primitive(&key(group, "publicKeyJwk"), case, "sig"))
    });
    assert!(ran == 0 || ran == 262);
}

#[test]
fn ed25519() {
    let ran = judge("ed25519_test.json", &[], |group, case| {
        Some(primitive(&key(group, "publicKeyJwk"), case, "sig"))
    });
    assert!(ran == 0 || ran == 151);
}
