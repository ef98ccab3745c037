//! Every algorithm that an issuer may sign with: all but PS256 and EdDSA are checked by Envoy itself.

use serde_json::json;
use wicketgate_host_tests::issuer::{Algorithm, Issuer};

use crate::common::{calm, outcome, setup, with};

#[test]
fn good_tokens_are_admitted_and_forged_ones_are_not() {
    let mut issuer = Issuer::start().unwrap();
    let ids = Algorithm::ALL.map(|algorithm| issuer.add_key(algorithm));
    let mut gate = setup(&issuer, &calm()).start().unwrap();
    let claims = issuer.claims(&json!({}));
    for id in &ids {
        let token = issuer.sign(id, &claims);
        // Twice: the second time it is remembered.
        for _ in 0..2 {
            assert_eq!(outcome(&mut gate, &with(&token)), (200, None), "{id}");
        }
        // One bit of the signature, and one of the message.
        for at in [token.len() - 20, token.len() / 2] {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            let (status, reason) = outcome(&mut gate, &with(&forged));
            assert_eq!(status, 403, "{id}: {reason:?}");
            let refused = ["jwt_signature_invalid", "jwt_malformed", "jwt_claims_malformed"];
            assert!(refused.contains(&reason.as_deref().unwrap()), "{id}: {reason:?}");
        }
        // A signature that is none at all.
        let unsigned = format!("{}.AAAA", token.rsplit_once('.').unwrap().0);
        let expected = (403, Some("jwt_signature_invalid".to_owned()));
        assert_eq!(outcome(&mut gate, &with(&unsigned)), expected, "{id}");
    }
    // Another key's signature.
    for (id, other) in ids.iter().zip(ids.iter().cycle().skip(1)) {
        let header = json!({ "alg": algorithm_of(id), "kid": id });
        let token = issuer.sign_with_header(other, &header, &claims);
        let expected = (403, Some("jwt_signature_invalid".to_owned()));
        assert_eq!(outcome(&mut gate, &with(&token)), expected, "{id} by {other}");
    }
    assert_eq!(gate.origin.take().len(), 2 * ids.len());
}

#[test]
fn what_the_address_is_asked() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    let mut gate = setup(&issuer, &calm()).start().unwrap();
    let token = issuer.sign(&id, &issuer.claims(&json!({})));
    assert_eq!(outcome(&mut gate, &with(&token)), (200, None));
    let asked = &issuer.requests()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/keys"));
    assert_eq!(asked.values("host"), [format!("issuer.example:{}", issuer.port())]);
    assert_eq!(asked.values("authorization"), Vec::<String>::new());
}

fn algorithm_of(id: &str) -> &'static str {
    let algorithm =
        Algorithm::ALL.into_iter().find(|one| id.starts_with(&one.name().to_ascii_lowercase()));
    algorithm.unwrap().name()
}
