//! The rules of RFC 8725 (JSON Web Token Best Current Practices), each by its section.

use super::issuer::{Issuer, decode, encode, hmac};
use super::{claims, keys, rules, signed, verified};
use serde_json::{Value, json};
use wicketgate_policy::jwt::{Algorithm, KeySet, KeySource, MAX_LEN, Refusal, Untrusted};

fn with_header(issuer: &Issuer, header: &str) -> String {
    issuer.raw(header.as_bytes(), claims(json!({})).to_string().as_bytes())
}

fn refused(token: &str) -> Refusal {
    Untrusted::parse(token.as_bytes()).unwrap_err()
}

/// Section 3.1: the key decides the algorithm, not the token.
#[test]
fn section_3_1_one_algorithm_a_key() {
    for algorithm in Algorithm::ALL {
        let issuer = Issuer::new(algorithm);
        let keys = keys(&issuer.named("k"));
        for other in Algorithm::ALL {
            for kid in ["", r#","kid":"k""#] {
                let header = format!(r#"{{"alg":"{}"{kid}}}"#, other.name());
                let expected =
                    if other == algorithm { None } else { Some(Refusal::AlgorithmNotOfKey) };
                assert_eq!(signed(&with_header(&issuer, &header), &keys).err(), expected);
            }
        }
    }
}

/// Section 3.1: one RSA key, twice in a set, once for each way to sign. Neither entry checks the
/// other's signatures, whatever the token says, and an answer for one is none for the other.
#[test]
fn section_3_1_one_way_to_sign_a_key() {
    let (pkcs1, pss) = (Issuer::new(Algorithm::Rs256), Issuer::new(Algorithm::Ps256));
    let mut named = pkcs1.named("pkcs1");
    named["alg"] = "RS256".into();
    let unsaid = json!({ "keys": [pkcs1.named("pkcs1"), pss.named("pss")] });
    let said = json!({ "keys": [named, pss.named("pss")] });
    for set in [keys(&unsaid), keys(&said)] {
        for (issuer, alg, kid, expected) in [
            (&pkcs1, "RS256", "pkcs1", None),
            (&pss, "PS256", "pss", None),
            (&pkcs1, "PS256", "pss", Some(Refusal::SignatureInvalid)),
            (&pss, "RS256", "pkcs1", Some(Refusal::SignatureInvalid)),
            (&pkcs1, "RS256", "pss", Some(Refusal::AlgorithmNotOfKey)),
            (&pss, "PS256", "pkcs1", Some(Refusal::AlgorithmNotOfKey)),
        ] {
            let token = with_header(issuer, &format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#));
            assert_eq!(signed(&token, &set).err(), expected, "{alg} {kid}");
        }
        let [pkcs1, pss] = set.keys() else { panic!() };
        let (one, other) = (pkcs1.check(b"a", b"b"), pss.check(b"a", b"b"));
        let token = with_header(&Issuer::new(Algorithm::Ps256), r#"{"alg":"PS256","kid":"pss"}"#);
        let token = Untrusted::parse(token.as_bytes()).unwrap();
        assert_eq!(one.key().spki_der(), other.key().spki_der());
        let check = token.check(&set).unwrap();
        let answer = pkcs1.check(check.message(), check.signature()).answered(true);
        assert_eq!(token.signed(&check, &answer).unwrap_err(), Refusal::SignatureInvalid);
    }
    // Alone, and without saying what it is for, the key is for RS256.
    let set = keys(&pkcs1.jwk());
    let refused = signed(&with_header(&pss, r#"{"alg":"PS256"}"#), &set).unwrap_err();
    assert_eq!(refused, Refusal::AlgorithmNotOfKey);
}

/// Section 2.1: a public key is no secret, in whatever form it is taken for one.
#[test]
fn section_2_1_a_public_key_is_no_secret() {
    let issuer = Issuer::new(Algorithm::Rs256);
    let keys = keys(&issuer.jwk());
    let der = keys.keys()[0].spki_der().unwrap();
    let message = format!(
        "{}.{}",
        encode(br#"{"alg":"HS256"}"#),
        encode(claims(json!({})).to_string().as_bytes())
    );
    let jwk = issuer.jwk().to_string();
    for secret in [&der[..], &decode(issuer.jwk()["n"].as_str().unwrap()), jwk.as_bytes()] {
        let token = format!("{message}.{}", encode(&hmac(secret, message.as_bytes())));
        assert_eq!(signed(&token, &keys).unwrap_err(), Refusal::AlgorithmNotOfKey);
    }
}

/// Sections 2.1 and 3.2: `none` in no spelling, signed or not.
#[test]
fn section_3_2_none_in_no_spelling() {
    let issuer = Issuer::new(Algorithm::Hs256);
    for none in ["none", "None", "NONE", "nOnE", "none ", " none", "non\\u0065", "", "null"] {
        let header = format!(r#"{{"alg":"{none}"}}"#);
        assert_eq!(refused(&with_header(&issuer, &header)), Refusal::AlgorithmUnknown, "{none}");
        let (header, payload) = (encode(header.as_bytes()), encode(b"{}"));
        assert_eq!(refused(&format!("{header}.{payload}.")), Refusal::Parts);
        assert_eq!(refused(&format!("{header}.{payload}")), Refusal::Parts);
    }
    for header in
        [r#"{}"#, r#"{"alg":null}"#, r#"{"alg":["none"]}"#, r#"{"alg":0}"#, r#"{"Alg":"HS256"}"#]
    {
        assert_eq!(refused(&with_header(&issuer, header)), Refusal::HeaderType("alg"), "{header}");
    }
}

/// Section 3.2: algorithms that are not up to date, or not ours.
#[test]
fn section_3_2_other_algorithms() {
    let issuer = Issuer::new(Algorithm::Hs256);
    for name in [
        "RS1",
        "HS1",
        "HS384",
        "HS512",
        "RS384",
        "RS512",
        "PS384",
        "PS512",
        "ES512",
        "ES256K",
        "Ed448",
        "A128KW",
        "RSA1_5",
        "dir",
        "hs256",
        "Hs256",
        "eddsa",
        "HS256\\u0000",
    ] {
        let token = with_header(&issuer, &format!(r#"{{"alg":"{name}"}}"#));
        assert_eq!(refused(&token), Refusal::AlgorithmUnknown, "{name}");
    }
}

/// Section 3.3: everything is checked, or nothing counts.
#[test]
fn section_3_3_no_part_may_be_missing() {
    let issuer = Issuer::new(Algorithm::Es256);
    let token = issuer.token(&claims(json!({})));
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!() };
    for broken in [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        header.into(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!(".{token}"),
        format!("{token}.a.b"),
    ] {
        assert_eq!(refused(&broken), Refusal::Parts, "{broken}");
    }
    // Nor be put together from others.
    let other = issuer.token(&claims(json!({ "sub": "other" })));
    let signature = other.rsplit('.').next().unwrap();
    let mixed = format!("{header}.{payload}.{signature}");
    assert_eq!(signed(&mixed, &keys(&issuer.jwk())).unwrap_err(), Refusal::SignatureInvalid);
}

/// Section 3.4: input to cryptography is checked: points on the curve, sizes.
#[test]
fn section_3_4_keys_are_on_their_curve() {
    let issuer = Issuer::new(Algorithm::Es256);
    for (name, value) in [
        ("y", encode(&[1; 32])),
        ("x", encode(&[0; 32])),
        ("x", encode(&[0xFF; 32])),
        ("x", encode(&[1; 31])),
        ("x", encode(&[1; 33])),
        ("x", String::new()),
    ] {
        let mut jwk = issuer.jwk();
        jwk[name] = value.into();
        let source = KeySource::Environment;
        assert!(KeySet::parse(jwk.to_string().as_bytes(), source).is_err(), "{jwk}");
    }
    // Points of small order sign everything; others have one encoding (RFC 8032, section 5.1.3).
    for point in [
        [0_u8; 32],
        {
            let mut one = [0; 32];
            one[0] = 1;
            one
        },
        [0xFF; 32],
    ] {
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(&point) });
        assert!(KeySet::parse(jwk.to_string().as_bytes(), KeySource::Policy).is_err(), "{jwk}");
    }
}

/// Section 3.5: keys with enough entropy.
#[test]
fn section_3_5_secrets_are_as_long_as_the_hash() {
    for (len, good) in [(0, false), (1, false), (31, false), (32, true), (64, true), (1_025, false)]
    {
        let jwk = json!({ "kty": "oct", "k": encode(&vec![7; len]) });
        let read = KeySet::parse(jwk.to_string().as_bytes(), KeySource::Environment);
        assert_eq!(read.is_ok(), good, "{len}");
    }
}

/// Section 3.6: nothing is unpacked.
#[test]
fn section_3_6_no_compression() {
    let issuer = Issuer::new(Algorithm::Hs256);
    let token = with_header(&issuer, r#"{"alg":"HS256","zip":"DEF"}"#);
    assert_eq!(refused(&token), Refusal::HeaderRefused("zip"));
    let token = with_header(&issuer, r#"{"alg":"HS256","enc":"A128GCM"}"#);
    assert_eq!(refused(&token), Refusal::HeaderRefused("enc"));
}

/// Section 3.7: UTF-8, and no other encoding of it.
#[test]
fn section_3_7_utf_8_only() {
    let issuer = Issuer::new(Algorithm::Hs256);
    let utf16: Vec<u8> = r#"{"alg":"HS256"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for header in
        [&b"\xef\xbb\xbf{\"alg\":\"HS256\"}"[..], &utf16, b"{\"alg\":\"HS256\",\"kid\":\"\xff\"}"]
    {
        assert_eq!(refused(&issuer.raw(header, b"{}")), Refusal::HeaderJson);
    }
    let keys = keys(&issuer.jwk());
    let mut payload = claims(json!({})).to_string().into_bytes();
    payload.splice(0..0, *b"\xef\xbb\xbf");
    let token = issuer.raw(br#"{"alg":"HS256"}"#, &payload);
    assert_eq!(verified(&token, &keys, &rules()).unwrap_err(), Refusal::PayloadJson);
}

/// Section 3.8: the issuer owns the key, and is compared exactly.
#[test]
fn section_3_8_the_issuer() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let keys = keys(&issuer.jwk());
    for (iss, expected) in [
        (json!("https://issuer.example"), None),
        (json!("https://issuer.example/"), Some(Refusal::Issuer)),
        (json!("https://ISSUER.example"), Some(Refusal::Issuer)),
        (json!("https://issuer.example\u{0}"), Some(Refusal::Issuer)),
        (json!(""), Some(Refusal::Issuer)),
        (json!(["https://issuer.example"]), Some(Refusal::ClaimType("iss"))),
        (json!(1), Some(Refusal::ClaimType("iss"))),
        (Value::Null, Some(Refusal::ClaimMissing("iss"))),
    ] {
        let token = issuer.token(&claims(json!({ "iss": iss })));
        assert_eq!(verified(&token, &keys, &rules()).err(), expected, "{iss}");
    }
}

/// Section 3.9: the audience.
#[test]
fn section_3_9_the_audience() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let keys = keys(&issuer.jwk());
    for (aud, expected) in [
        (json!("gate"), None),
        (json!(["other", "gate"]), None),
        (json!("other"), Some(Refusal::Audience)),
        (json!("gate "), Some(Refusal::Audience)),
        (json!("gate,other"), Some(Refusal::Audience)),
        (json!(["gate2"]), Some(Refusal::Audience)),
        (json!([]), Some(Refusal::Audience)),
        (json!(["gate", 1]), Some(Refusal::ClaimType("aud"))),
        (json!({ "gate": true }), Some(Refusal::ClaimType("aud"))),
        (json!(true), Some(Refusal::ClaimType("aud"))),
        (Value::Null, Some(Refusal::ClaimMissing("aud"))),
    ] {
        let token = issuer.token(&claims(json!({ "aud": aud })));
        assert_eq!(verified(&token, &keys, &rules()).err(), expected, "{aud}");
    }
}

/// Section 3.10: `kid`, `jku`, `jwk` and their like are not trusted. `kid` chooses by name and by
/// nothing else; keys that come with a token are not looked at.
#[test]
fn section_3_10_what_a_token_claims_about_keys() {
    let issuer = Issuer::new(Algorithm::Es256);
    let set =
        keys(&json!({ "keys": [issuer.named("a"), Issuer::new(Algorithm::EdDsa).named("b")] }));
    for kid in ["A", "a ", "../a", "a' OR '1'='1", "keys[0]", "", "0", "a\\u0000"] {
        let token = with_header(&issuer, &format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#));
        assert_eq!(signed(&token, &set).unwrap_err(), Refusal::KeyUnknown, "{kid}");
    }
    // An attacker's own key, in all the ways there are to send it along.
    let trusted = keys(&Issuer::new(Algorithm::EdDsa).jwk());
    let jwk = issuer.jwk();
    for more in [
        format!(r#""jwk":{jwk}"#),
        r#""jku":"https://attacker.example/jwks""#.into(),
        r#""x5u":"https://attacker.example/cert""#.into(),
        r#""x5c":["MIIB"]"#.into(),
    ] {
        for (alg, expected) in
            [("ES256", Refusal::AlgorithmNotOfKey), ("EdDSA", Refusal::SignatureInvalid)]
        {
            let token = with_header(&issuer, &format!(r#"{{"alg":"{alg}",{more}}}"#));
            assert_eq!(signed(&token, &trusted).unwrap_err(), expected, "{more}");
        }
    }
    // Beside a good signature they mean nothing; of the wrong type they are malformed.
    let token = with_header(&issuer, r#"{"alg":"ES256","jku":"https://attacker.example"}"#);
    assert!(signed(&token, &keys(&issuer.jwk())).is_ok());
    for (name, value) in
        [("jku", "1"), ("jwk", "\"a\""), ("x5u", "[]"), ("x5c", "\"a\""), ("kid", "1")]
    {
        let token = with_header(&issuer, &format!(r#"{{"alg":"ES256","{name}":{value}}}"#));
        assert_eq!(refused(&token), Refusal::HeaderType(name));
    }
}

/// Section 3.11: explicit types keep tokens of other kinds out.
#[test]
fn section_3_11_types() {
    let issuer = Issuer::new(Algorithm::Hs256);
    let keys = keys(&issuer.jwk());
    for (typ, good) in [
        ("JWT", true),
        ("jwt", true),
        ("application/jwt", true),
        ("at+jwt", true),
        ("application/at+JWT", true),
        ("logout+jwt", false),
        ("secevent+jwt", false),
        ("dpop+jwt", false),
        ("JOSE", false),
        ("", false),
    ] {
        let token = with_header(&issuer, &format!(r#"{{"typ":"{typ}","alg":"HS256"}}"#));
        let expected = if good { None } else { Some(Refusal::HeaderRefused("typ")) };
        assert_eq!(signed(&token, &keys).err(), expected, "{typ}");
    }
    let token = with_header(&issuer, r#"{"typ":1,"alg":"HS256"}"#);
    assert_eq!(refused(&token), Refusal::HeaderType("typ"));
    let token = with_header(&issuer, r#"{"cty":"JWT","alg":"HS256"}"#);
    assert_eq!(refused(&token), Refusal::HeaderRefused("cty"));
}

/// RFC 7515, section 4.1.11, and RFC 7797: no extension is understood, so none can be critical.
#[test]
fn no_extension_is_understood() {
    let issuer = Issuer::new(Algorithm::Hs256);
    for (name, more) in [
        ("crit", r#""crit":["exp"],"exp":1"#),
        ("crit", r#""crit":[]"#),
        ("crit", r#""crit":null"#),
        ("crit", r#""crit":["b64"],"b64":true"#),
        ("b64", r#""b64":false"#),
        ("b64", r#""b64":true"#),
    ] {
        let token = with_header(&issuer, &format!(r#"{{"alg":"HS256",{more}}}"#));
        assert_eq!(refused(&token), Refusal::HeaderRefused(name), "{more}");
    }
    let token = with_header(&issuer, r#"{"alg":"HS256","https://example.com/x":1}"#);
    assert!(Untrusted::parse(token.as_bytes()).is_ok());
}

/// RFC 7515, section 4, and RFC 7519, section 4: no member twice.
#[test]
fn no_member_twice() {
    let issuer = Issuer::new(Algorithm::Hs256);
    let keys = keys(&issuer.jwk());
    for header in [r#"{"alg":"HS256","alg":"HS256"}"#, r#"{"alg":"none","\u0061lg":"HS256"}"#] {
        assert_eq!(refused(&with_header(&issuer, header)), Refusal::HeaderJson);
    }
    let payload = claims(json!({})).to_string().replacen('{', r#"{"sub":"root","#, 1);
    let token = issuer.raw(br#"{"alg":"HS256"}"#, payload.as_bytes());
    assert_eq!(verified(&token, &keys, &rules()).unwrap_err(), Refusal::PayloadJson);
}

/// Nothing is read beyond a bound, and nothing of any size panics.
#[test]
fn bounded() {
    let issuer = Issuer::new(Algorithm::Hs256);
    let filler = |len: usize| issuer.token(&claims(json!({ "x": "x".repeat(len) })));
    let at = (12_000..).find(|len| filler(*len).len() > MAX_LEN).unwrap();
    let longest = filler(at - 1);
    // Base64 has no text of some lengths.
    assert!((MAX_LEN - 1..=MAX_LEN).contains(&longest.len()), "{}", longest.len());
    assert!(signed(&longest, &keys(&issuer.jwk())).is_ok());
    let long = filler(at);
    assert_eq!(refused(&long), Refusal::TooLong);
    assert_eq!(refused(&".".repeat(MAX_LEN)), Refusal::Parts);
    for open in ["[", "{\"a\":"] {
        let nested = encode(open.repeat(1_000).as_bytes());
        assert_eq!(refused(&format!("{nested}.e30.AA")), Refusal::HeaderJson);
    }
}
