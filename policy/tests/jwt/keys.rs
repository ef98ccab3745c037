//! Key sets: what is refused, what is skipped, and which key is chosen.

use super::issuer::{Issuer, encode};
use super::{claims, keys, signed};
use serde_json::{Value, json};
use wicketgate_policy::jwt::{Algorithm, KeySet, KeySource, MAX_KEYS, Profile, Refusal, Untrusted};

fn faults(json: &str, source: KeySource) -> Vec<String> {
    match KeySet::parse(json.as_bytes(), source) {
        Ok(_) => vec![],
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

fn with(algorithm: Algorithm, name: &str, value: Value) -> Value {
    let mut jwk = Issuer::new(algorithm).jwk();
    jwk[name] = value;
    jwk
}

#[test]
fn private_keys_and_secrets_are_faults_of_their_own() {
    for source in [KeySource::Address, KeySource::Environment, KeySource::Policy] {
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth"] {
            let jwk = with(Algorithm::Rs256, name, "AQAB".into());
            // Beside a good key, and whatever it is for.
            let mut unused = jwk.clone();
            unused["use"] = "enc".into();
            let set = json!({ "keys": [Issuer::new(Algorithm::Es256).jwk(), unused] }).to_string();
            let expected = "found a member of a private key, expected a public key";
            assert_eq!(faults(&set, source), [format!("keys[1].{name}: {expected}")]);
        }
    }
    let secret = json!({ "keys": [Issuer::new(Algorithm::Hs256).jwk()] }).to_string();
    assert!(faults(&secret, KeySource::Environment).is_empty());
    for source in [KeySource::Address, KeySource::Policy] {
        let found = faults(&secret, source);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("keys[0].kty: found a secret in clear"), "{found:?}");
    }
}

#[test]
fn nothing_of_a_key_is_printed() {
    for algorithm in Algorithm::ALL {
        let issuer = Issuer::new(algorithm);
        let set = keys(&issuer.named("a"));
        let token = issuer.token(&claims(json!({})));
        let untrusted = Untrusted::parse(token.as_bytes()).unwrap();
        let check = untrusted.check(&set).unwrap();
        let printed = format!("{set:?} {check:?} {:?}", check.answered(true));
        assert!(printed.contains(r#"Some("a")"#) && printed.len() < 300, "{printed}");
    }
}

/// Another key of P-256 (RFC 6979, appendix A.2.5).
fn another(id: &str) -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "kid": id,
        "x": "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y",
        "y": "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk",
    })
}

/// RFC 7517, section 4.5: the id and the type choose a key.
#[test]
fn an_id_of_two_types() {
    let (ec, ed) = (Issuer::new(Algorithm::Es256), Issuer::new(Algorithm::EdDsa));
    let set = json!({ "keys": [ec.named("a"), ed.named("a"), ed.named("b")] }).to_string();
    for source in [KeySource::Address, KeySource::Environment, KeySource::Policy] {
        let set = KeySet::parse(set.as_bytes(), source).unwrap();
        assert_eq!((set.keys().len(), set.ambiguity()), (3, None));
        for issuer in [&ec, &ed] {
            let token = named(issuer, Some("a"));
            let key = Untrusted::parse(token.as_bytes()).unwrap().check(&set).unwrap();
            assert_eq!(key.algorithm(), issuer.algorithm());
            assert!(signed(&token, &set).is_ok());
        }
        let other = named(&ec, Some("b"));
        assert_eq!(signed(&other, &set).err(), Some(Refusal::AlgorithmNotOfKey));
        // Two keys for its algorithm, and no id to choose one.
        assert_eq!(signed(&named(&ed, None), &set).err(), Some(Refusal::KeyUnknown));
        assert!(signed(&named(&ec, None), &set).is_ok());
    }
}

fn named(issuer: &Issuer, id: Option<&str>) -> String {
    let mut header = json!({ "alg": issuer.algorithm().name() });
    if let Some(id) = id {
        header["kid"] = id.into();
    }
    issuer.raw(header.to_string().as_bytes(), claims(json!({})).to_string().as_bytes())
}

#[test]
fn an_id_of_two_keys_of_one_type() {
    let (ec, ed) = (Issuer::new(Algorithm::Es256), Issuer::new(Algorithm::EdDsa));
    let rsa = Issuer::new(Algorithm::Rs256);
    let all = [ec.named("a"), ed.named("a"), rsa.named("b"), another("a"), another("a")];
    let set = json!({ "keys": all }).to_string();
    let expected = ["keys[3].kid", "keys[4].kid"].map(|at| {
        format!("{at}: found an id that was there before, expected an id that no other key for ES256 has")
    });
    for source in [KeySource::Environment, KeySource::Policy] {
        assert_eq!(faults(&set, source), expected);
    }
    // An issuer's set loses these keys, and no others.
    let set = KeySet::parse(set.as_bytes(), KeySource::Address).unwrap();
    assert_eq!(set.keys().len(), 2);
    assert_eq!(
        set.ambiguity().unwrap(),
        "several keys for ES256 have the id `a`, and none of them is used"
    );
    assert_eq!(signed(&named(&ec, Some("a")), &set).err(), Some(Refusal::KeyAmbiguous));
    assert_eq!(signed(&named(&ec, Some("b")), &set).err(), Some(Refusal::AlgorithmNotOfKey));
    assert_eq!(signed(&named(&ec, Some("c")), &set).err(), Some(Refusal::KeyUnknown));
    assert_eq!(signed(&named(&ec, None), &set).err(), Some(Refusal::KeyUnknown));
    for issuer in [&ed, &rsa] {
        assert!(signed(&named(issuer, None), &set).is_ok());
    }
    assert!(signed(&named(&ed, Some("a")), &set).is_ok());
    assert!(signed(&named(&rsa, Some("b")), &set).is_ok());
    // Nothing is left of a set of such keys alone.
    let set = json!({ "keys": [ec.named("a"), another("a")] }).to_string();
    assert_eq!(faults(&set, KeySource::Address), [expected[0].replace('3', "1")]);
    // The same key twice is one key, for an issuer.
    let set = json!({ "keys": [ec.named("a"), ec.named("a")] }).to_string();
    let twice = KeySet::parse(set.as_bytes(), KeySource::Address).unwrap();
    assert_eq!((twice.keys().len(), twice.ambiguity()), (1, None));
    assert!(signed(&named(&ec, Some("a")), &twice).is_ok());
    assert_eq!(faults(&set, KeySource::Policy).len(), 1);
    // Keys without ids are told apart by nothing.
    let set = json!({ "keys": [ec.jwk(), ec.jwk()] }).to_string();
    assert_eq!(KeySet::parse(set.as_bytes(), KeySource::Address).unwrap().keys().len(), 2);
}

#[test]
fn rsa_sizes_and_exponents() {
    let modulus = |bytes: usize| {
        let mut n = vec![0x95; bytes];
        n[0] = 0x80;
        encode(&n)
    };
    for (name, value, good) in [
        ("n", modulus(255), false),
        ("n", modulus(256), true),
        ("n", modulus(1_024), true),
        ("n", modulus(1_025), false),
        ("n", encode(&[&[0][..], &[0x95; 256]].concat()), false),
        ("n", encode(&[&[0x7F][..], &[0x95; 255]].concat()), false),
        ("n", encode(&[&[0x80][..], &[0x94; 255]].concat()), false),
        ("e", encode(&[3]), true),
        ("e", encode(&[1, 0, 1]), true),
        ("e", encode(&[1]), false),
        ("e", encode(&[0]), false),
        ("e", encode(&[2]), false),
        ("e", encode(&[1, 0, 0]), false),
        ("e", encode(&[0, 1, 0, 1]), false),
        ("e", encode(&[0xFF; 9]), false),
        ("e", String::new(), false),
        ("e", "AQAB=".into(), false),
    ] {
        let jwk = with(Algorithm::Rs256, name, value.clone().into()).to_string();
        assert_eq!(faults(&jwk, KeySource::Policy).is_empty(), good, "{name} {value}");
    }
}

/// RFC 7517, section 4: use, operations, algorithm.
#[test]
fn a_key_for_something_else_is_not_used() {
    let none = "keys: found no key that signatures of ours can be checked with, expected a key for EdDSA, ES256, ES384, HS256, PS256 or RS256";
    for (name, value, good) in [
        ("use", json!("sig"), true),
        ("use", json!("jwt-svid"), true),
        ("use", json!("x509-svid"), false),
        ("use", json!("enc"), false),
        ("use", json!("SIG"), false),
        ("key_ops", json!(["verify"]), true),
        ("key_ops", json!(["sign", "verify"]), true),
        ("key_ops", json!(["encrypt"]), false),
        ("key_ops", json!([]), false),
        ("alg", json!("ES256"), true),
        ("alg", json!("ES384"), false),
        ("alg", json!("HS256"), false),
        ("alg", json!("none"), false),
        ("crv", json!("P-521"), false),
        ("kty", json!("OKP"), false),
        ("kty", json!("unheard-of"), false),
    ] {
        let jwk = with(Algorithm::Es256, name, value.clone()).to_string();
        let expected: &[&str] = if good { &[] } else { &[none] };
        assert_eq!(faults(&jwk, KeySource::Policy), expected, "{name} {value}");
    }
}

/// A key for JWT-SVIDs checks nothing else.
#[test]
fn a_key_for_svids() {
    let issuer = Issuer::new(Algorithm::Es256);
    let set = keys(&with(Algorithm::Es256, "use", json!("jwt-svid")));
    assert!(set.keys()[0].is_for_svids());
    let token = issuer.token(&claims(json!({})));
    let check = |profile| Untrusted::parse_as(profile, token.as_bytes())?.check(&set).map(drop);
    assert_eq!(check(Profile::JwtSvid), Ok(()));
    assert_eq!(check(Profile::Jwt), Err(Refusal::AlgorithmNotOfKey));
}

#[test]
fn malformed_keys() {
    for (name, value) in [
        ("kty", Value::Null),
        ("kty", json!(1)),
        ("crv", Value::Null),
        ("x", Value::Null),
        ("x", json!("AA")),
        ("x", json!("not base64url!")),
        ("kid", json!(1)),
        ("kid", json!("")),
        ("kid", json!("k".repeat(257))),
        ("use", json!(1)),
        ("alg", json!(["ES256"])),
        ("key_ops", json!("verify")),
        ("key_ops", json!([1])),
    ] {
        let jwk = with(Algorithm::Es256, name, value.clone()).to_string();
        let found = faults(&jwk, KeySource::Policy);
        assert!(found.len() == 1 && found[0].starts_with(&format!("{name}: ")), "{found:?}");
        // An address may serve such beside good ones, and no more comes of it.
        let bad: Value = serde_json::from_str(&jwk).unwrap();
        let good = Issuer::new(Algorithm::Rs256).named("good");
        let set = json!({ "keys": [bad, good] }).to_string();
        assert_eq!(KeySet::parse(set.as_bytes(), KeySource::Address).unwrap().keys().len(), 1);
        assert!(KeySet::parse(set.as_bytes(), KeySource::Policy).is_err());
    }
    for text in [
        "",
        "[]",
        "{}",
        "null",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[1]}",
        "<html>",
        "{\"keys\":[],\"keys\":[]}",
    ] {
        for source in [KeySource::Address, KeySource::Environment] {
            assert_eq!(faults(text, source).len(), 1, "{text}");
        }
    }
    let single = Issuer::new(Algorithm::Es256).jwk().to_string();
    assert_eq!(
        faults(&single, KeySource::Address),
        ["keys: found no `keys`, expected a set of keys"]
    );
    let many: Vec<Value> =
        (0..=MAX_KEYS).map(|n| Issuer::new(Algorithm::Es256).named(&n.to_string())).collect();
    assert_eq!(
        faults(&json!({ "keys": many }).to_string(), KeySource::Policy),
        ["keys: found more than 64 keys, expected at most 64"]
    );
    assert_eq!(faults(&" ".repeat(65_537), KeySource::Address).len(), 1);
}

#[test]
fn secrets_and_public_keys_do_not_mix() {
    let set = json!({ "keys": [Issuer::new(Algorithm::Hs256).named("a"), Issuer::new(Algorithm::Es256).named("b")] });
    let found = faults(&set.to_string(), KeySource::Environment);
    assert_eq!(
        found,
        ["keys: found secrets and public keys in one set, expected a set of one kind"]
    );
}

#[test]
fn choosing() {
    let (es, ed) = (Issuer::new(Algorithm::Es256), Issuer::new(Algorithm::EdDsa));
    let token = |issuer: &Issuer, alg: &str, kid: Option<&str>| {
        let header = json!({ "alg": alg, "kid": kid });
        let mut header = header.to_string();
        if kid.is_none() {
            header = json!({ "alg": alg }).to_string();
        }
        issuer.raw(header.as_bytes(), b"{}")
    };
    let named = keys(&json!({ "keys": [es.named("a"), ed.named("b"), es.named("c")] }));
    let unnamed = keys(&json!({ "keys": [es.jwk(), ed.jwk()] }));
    let twice = keys(&json!({ "keys": [es.jwk(), es.jwk()] }));
    for (set, token, expected) in [
        (&named, token(&es, "ES256", Some("a")), Ok(Some("a"))),
        (&named, token(&es, "ES256", Some("c")), Ok(Some("c"))),
        (&named, token(&es, "ES256", Some("b")), Err(Refusal::AlgorithmNotOfKey)),
        (&named, token(&es, "ES256", Some("d")), Err(Refusal::KeyUnknown)),
        // Two keys for it.
        (&named, token(&es, "ES256", None), Err(Refusal::KeyUnknown)),
        (&named, token(&ed, "EdDSA", None), Ok(Some("b"))),
        (&named, token(&ed, "Ed25519", Some("b")), Ok(Some("b"))),
        (&unnamed, token(&es, "ES256", Some("whatever")), Ok(None)),
        (&unnamed, token(&ed, "EdDSA", None), Ok(None)),
        (&unnamed, token(&es, "RS256", None), Err(Refusal::AlgorithmNotOfKey)),
        (&twice, token(&es, "ES256", None), Err(Refusal::KeyUnknown)),
    ] {
        let chosen = signed(&token, set).map(|signed| signed.key_id().map(str::to_owned));
        assert_eq!(chosen, expected.map(|id| id.map(str::to_owned)), "{token}");
    }
}

/// An answer is to one check: another token's, or another key's, does not count.
#[test]
fn an_answer_counts_for_its_own_check_only() {
    let issuer = Issuer::new(Algorithm::Es256);
    let set = keys(&issuer.jwk());
    let (one, two) =
        (issuer.token(&claims(json!({}))), issuer.token(&claims(json!({ "sub": "x" }))));
    let parse = |token: &'static str| Untrusted::parse(token.as_bytes()).unwrap();
    let (one, two): (&'static str, &'static str) = (one.leak(), two.leak());
    let (first, second) = (parse(one), parse(two));
    let (check, other) = (first.check(&set).unwrap(), second.check(&set).unwrap());
    assert!(parse(one).signed(&check, &check.answered(true)).is_ok());
    let invalid = Some(Refusal::SignatureInvalid);
    assert_eq!(parse(one).signed(&check, &check.answered(false)).err(), invalid);
    assert_eq!(parse(one).signed(&check, &other.answered(true)).err(), invalid);
    assert_eq!(parse(one).signed(&other, &other.answered(true)).err(), invalid);
    let stranger = keys(&json!({ "kty": "EC", "crv": "P-256",
        "x": "KSexBRK64-3c_kZ4KBKLrSkDJpkZ9whgacjE32xzKDg", "y": "x3h5ZOqsAOWSH7FJimD0YGdms9loUAFVjRqXTnNBUT4" }));
    let strange = first.check(&stranger).unwrap();
    assert_eq!(parse(one).signed(&check, &strange.answered(true)).err(), invalid);
}

#[test]
fn pem() {
    let pem = |label: &str, der: &[u8]| {
        use base64ct::Encoding;
        let text = base64ct::Base64::encode_string(der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    };
    for algorithm in Algorithm::ALL.into_iter().filter(|one| one.reads_pem()) {
        let issuer = Issuer::new(algorithm);
        let der = keys(&issuer.jwk()).keys()[0].spki_der().unwrap();
        let set = KeySet::parse_pem(pem("PUBLIC KEY", &der).as_bytes()).unwrap();
        assert_eq!(set.keys()[0].algorithm(), issuer.algorithm());
        assert_eq!(set.keys()[0].spki_der().unwrap(), der);
        assert!(signed(&issuer.token(&claims(json!({}))), &set).is_ok());
        let crlf = pem("PUBLIC KEY", &der).replace('\n', "\r\n");
        assert!(KeySet::parse_pem(crlf.as_bytes()).is_ok());
        for label in ["PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE", "RSA PUBLIC KEY"] {
            assert!(KeySet::parse_pem(pem(label, &der).as_bytes()).is_err(), "{label}");
        }
        let mut broken = der.clone();
        broken.push(0);
        assert!(KeySet::parse_pem(pem("PUBLIC KEY", &broken).as_bytes()).is_err());
        let two = pem("PUBLIC KEY", &der).repeat(2);
        assert!(KeySet::parse_pem(two.as_bytes()).is_err());
    }
    for text in ["", "ssh-ed25519 AAAA", "-----BEGIN PUBLIC KEY-----", "{}"] {
        assert!(KeySet::parse_pem(text.as_bytes()).is_err());
    }
    assert!(keys(&Issuer::new(Algorithm::Hs256).jwk()).keys()[0].spki_der().is_none());
    // PEM does not say how an RSA key signs: it is for RS256, as a JWK without `alg` is.
    let der = keys(&Issuer::new(Algorithm::Ps256).jwk()).keys()[0].spki_der().unwrap();
    let set = KeySet::parse_pem(pem("PUBLIC KEY", &der).as_bytes()).unwrap();
    assert_eq!(set.keys()[0].algorithm(), Algorithm::Rs256);
    // A curve of another key: P-521.
    let p521 = b"\x30\x18\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23\x03\x04\x00\x04\x01\x01";
    let faults = KeySet::parse_pem(pem("PUBLIC KEY", p521).as_bytes()).unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "keys: found a key of another kind, expected a public key for EdDSA, ES256, ES384 or RS256"
    );
}
