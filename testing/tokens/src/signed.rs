//! Tokens for who measures a host: many good ones of one algorithm, none twice, and a bad one.

use serde_json::{Value, json};
use wicketgate_policy::jwt::Algorithm;

use crate::issuer::{Issuer, encode};

/// `count` tokens that are good from a minute ago for a day, by `iss` `https://issuer.example` for
/// `aud` `gate`; the key that checks them as a JWK with the id `a`; and a token whose signature is
/// another's. None where there is no such algorithm.
#[must_use]
pub fn signed(algorithm: &str, count: usize, now: u64) -> Option<Value> {
    let algorithm = Algorithm::ALL.into_iter().find(|known| known.name() == algorithm)?;
    let issuer = Issuer::new(algorithm);
    let header = json!({ "alg": algorithm.name(), "kid": "a" }).to_string();
    let claims = |index: usize| {
        json!({
            "iss": "https://issuer.example", "aud": "gate", "sub": "job", "iat": now - 60,
            "exp": now + 86_400, "jti": format!("{index:08}"),
        })
        .to_string()
    };
    let token = |index| issuer.raw(header.as_bytes(), claims(index).as_bytes());
    let tokens: Vec<String> = (0..count).map(token).collect();
    let good = token(count);
    let (_, signature) = good.rsplit_once('.')?;
    let other = claims(count.checked_add(1)?);
    let forged = format!("{}.{}.{signature}", encode(header.as_bytes()), encode(other.as_bytes()));
    Some(json!({ "jwk": issuer.named("a"), "tokens": tokens, "forged": forged }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_is_twice() {
        let signed = signed("HS256", 20, 1_795_435_200).unwrap();
        let mut tokens: Vec<&str> =
            signed["tokens"].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect();
        tokens.push(signed["forged"].as_str().unwrap());
        assert!(tokens.iter().all(|token| token.len() == tokens[0].len()));
        tokens.sort_unstable();
        tokens.dedup();
        assert_eq!(tokens.len(), 21);
        assert_eq!(super::signed("none", 1, 1_795_435_200), None);
    }
}
