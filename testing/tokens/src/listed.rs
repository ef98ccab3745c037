//! Cases in which the core accepts a token that `jsonwebtoken` refuses. A row that never happens
//! any more is a fault, so the list can't rot into an excuse.

/// A difference that is meant.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Words of its error.
    words: &'static str,
    /// The part that the token must have.
    shape: &'static str,
    /// Why we accept it.
    pub why: &'static str,
}

/// All of them.
pub const LISTED: [Listed; 6] = [
    Listed {
        words: "unknown variant `Ed25519`",
        shape: "lg\":\"Ed25519\"",
        why: "`alg` is `Ed25519`, the name that RFC 9864 gives to EdDSA on that curve",
    },
    Listed {
        words: "Missing required claim: exp",
        shape: ".5",
        why: "`exp` has a fraction (RFC 7519, section 2)",
    },
    Listed {
        words: "Invalid format for claim: nbf",
        shape: ".5",
        why: "`nbf` has a fraction (RFC 7519, section 2)",
    },
    Listed {
        words: "Missing required claim: exp",
        shape: "e0",
        why: "`exp` has an exponent (RFC 7519, section 2)",
    },
    Listed {
        words: "Invalid format for claim: nbf",
        shape: "e0",
        why: "`nbf` has an exponent (RFC 7519, section 2)",
    },
    Listed {
        words: "Invalid format for claim: nbf",
        shape: "\"nbf\":-",
        why: "`nbf` is before 1970 (RFC 7519, section 2)",
    },
];

/// The row that a difference is on: what `jsonwebtoken` said, and the token's header and claims.
#[must_use]
pub fn listed(said: &str, text: &str) -> Option<usize> {
    LISTED.iter().position(|listed| said.contains(listed.words) && text.contains(listed.shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_wants_both_the_words_and_the_shape() {
        let said = "Missing required claim: exp";
        assert_eq!(listed(said, r#"{"exp":1795435200.5}"#), Some(1));
        assert_eq!(listed(said, r#"{"exp":1795435200}"#), None);
        assert_eq!(listed("InvalidSignature", r#"{"exp":1795435200.5}"#), None);
    }
}
