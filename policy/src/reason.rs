//! Why a request was denied: a closed set of codes.

use core::fmt;

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident => $code:literal, $text:literal;)+) => {
        /// Why a request was denied, or what was done to an answer.
        ///
        /// The code is the `error.type` of the audit line, the `reason` label of the metric and
        /// the index of the documentation. The order is the precedence: where several things are
        /// wrong with a request, the first of this list is its reason.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Reason {
            /// All of them, in their order of precedence.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The `snake_case` code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// A short sentence for a person, the `event.reason` of the audit line.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

reasons! {
    /// The request has no path. Denied everywhere.
    PathMissing => "path_missing", "the request has no path";
    /// The method is CONNECT: a tunnel has no path to judge. Denied everywhere.
    ConnectRefused => "connect_refused", "CONNECT is not served";
    /// The request asks to change to a protocol other than websocket. Denied everywhere.
    UpgradeRefused => "upgrade_refused", "an upgrade to a protocol other than websocket";
    /// The method is not a token (RFC 9110, section 9.1).
    MalformedMethod => "malformed_method", "the method is malformed";
    /// The authority is absent, repeated or not a host with an optional port.
    MalformedAuthority => "malformed_authority", "the authority is missing or malformed";
    /// Origins can read the target in several ways, and these lead to different rules.
    PathAmbiguous => "path_ambiguous", "the path can be read in ways that choose different rules";
    /// The target is too long, or has too many readings, to be judged.
    PathTooComplex => "path_too_complex", "the path is too long or can be read in too many ways";
    /// No rule covers the path, and the policy denies what no rule covers.
    Unmatched => "unmatched", "no rule covers the path";
    /// A header names the handler, on whatever path, and some rule does not allow the request.
    HandlerUnclear => "handler_unclear", "a header names the handler, and not every rule allows the request";
    /// The rule admits nobody.
    NobodyAllowed => "nobody_allowed", "the rule admits nobody";
    /// No alternative of the rule names this method.
    MethodNotAllowed => "method_not_allowed", "the rule does not allow this method";
    /// The query names another method (`_method`), which the rule does not allow this caller.
    MethodOverrideNotAllowed => "method_override_not_allowed", "the query names another method, which the rule does not allow";
    /// The client's address could not be established.
    AddressUnknown => "address_unknown", "the client address is unknown";
    /// The client's address is in none of the networks that the rule asks for.
    NetworkNotAllowed => "network_not_allowed", "the client address is not in the allowed network";
    /// No header that carries a credential for this rule is present.
    CredentialMissing => "credential_missing", "no credential";
    /// No credential header, but a query parameter that looks like one.
    CredentialInQuery => "credential_in_query", "a credential in the query is not read";
    /// No credential header that the rule reads, but another one that carries credentials.
    CredentialWrongHeader => "credential_wrong_header", "a credential in a header that the rule does not read";
    /// The credential header is there more than once, or two of a caller's headers are.
    CredentialDuplicate => "credential_duplicate", "the credential header is repeated";
    /// The credential header is empty.
    CredentialEmpty => "credential_empty", "the credential is empty";
    /// The credential header holds a list.
    CredentialList => "credential_list", "the credential header holds a list";
    /// The credential holds bytes other than visible ASCII, or is not what its scheme asks for.
    CredentialMalformed => "credential_malformed", "the credential is malformed";
    /// The credential has another scheme than the rule's.
    CredentialWrongScheme => "credential_wrong_scheme", "the credential has the wrong scheme";
    /// The credential is longer than any that the gate would issue.
    CredentialTooLong => "credential_too_long", "the credential is too long";
    /// A bearer token is no JSON Web Token in its strict compact form (RFC 7515, section 3.1).
    JwtMalformed => "jwt_malformed", "the token is no well-formed JWT";
    /// The credential matches no key.
    CredentialUnknown => "credential_unknown", "the credential matches no key";
    /// The key is bounded in time, and the host's clock can't be believed.
    ClockUnset => "clock_unset", "the key is bounded in time and the clock is not set";
    /// The key was revoked.
    KeyRevoked => "key_revoked", "the key is revoked";
    /// The key's time has not come.
    KeyNotYetValid => "key_not_yet_valid", "the key is not valid yet";
    /// The key's time is over.
    KeyExpired => "key_expired", "the key has expired";
    /// The token's header asks for a feature that the gate refuses (RFC 8725, sections 3.6, 3.10
    /// and 3.11).
    JwtHeaderRefused => "jwt_header_refused", "the token's header asks for what is not offered";
    /// The token's algorithm is not that of the key, `none` among them (RFC 8725, section 3.1).
    JwtAlgorithmNotAllowed => "jwt_algorithm_not_allowed", "the token's algorithm is not that of a key";
    /// The address with the keys could not be asked: no connection, or a certificate that is not its own.
    JwksUnreachable => "jwks_unreachable", "the address with the keys can't be reached";
    /// The address with the keys did not answer in time.
    JwksTimeout => "jwks_timeout", "the address with the keys did not answer in time";
    /// The address with the keys answered with a status other than 200.
    JwksStatus => "jwks_status", "the address with the keys answered with another status than 200";
    /// The answer of the address with the keys is too long.
    JwksTooLarge => "jwks_too_large", "the address with the keys answered with too much";
    /// The answer of the address with the keys is no key set (RFC 7517, section 5).
    JwksMalformed => "jwks_malformed", "the address with the keys answered with what is no key set";
    /// Two keys for one algorithm have one id at the address, and the token names it.
    JwksDuplicateKey => "jwks_duplicate_key", "several keys of the key set have the token's key id";
    /// The address shows a private key or a secret: everybody who reads it can sign.
    JwksPrivateKey => "jwks_private_key", "the key set holds a private key";
    /// No key at the address can be used.
    JwksNoKey => "jwks_no_key", "the key set holds no key that can be used";
    /// The token names a key that the caller does not have.
    JwtKeyUnknown => "jwt_key_unknown", "the token names no key of the caller";
    /// The signature is not that of the key.
    JwtSignatureInvalid => "jwt_signature_invalid", "the token's signature is not valid";
    /// A claim that must be there is not, or a claim has the wrong type (RFC 7519, section 4.1).
    JwtClaimsMalformed => "jwt_claims_malformed", "a claim of the token is missing or of the wrong type";
    /// `iss` is another issuer.
    JwtIssuerWrong => "jwt_issuer_wrong", "the token is from another issuer";
    /// `aud` names none of the audiences that the caller's tokens are for.
    JwtAudienceWrong => "jwt_audience_wrong", "the token is for another audience";
    /// `exp` has passed.
    JwtExpired => "jwt_expired", "the token has expired";
    /// `nbf` or `iat` is in the future.
    JwtNotYetValid => "jwt_not_yet_valid", "the token is not valid yet";
    /// The time from `iat` to `exp` is shorter or longer than is allowed.
    JwtLifetimeWrong => "jwt_lifetime_wrong", "the token's lifetime is not one that is allowed";
    /// `sub` is none of the subjects that are admitted.
    JwtSubjectNotAllowed => "jwt_subject_not_allowed", "the token's subject is not admitted";
    /// `scope` lacks a scope that is needed.
    JwtScopeMissing => "jwt_scope_missing", "the token lacks a scope";
    /// Another claim that is asked for is missing or has another value.
    JwtClaimWrong => "jwt_claim_wrong", "a claim of the token has another value than is asked for";
    /// The client showed no certificate.
    CertificateMissing => "certificate_missing", "the client showed no certificate";
    /// The host did not find the client's certificate to be valid.
    CertificateInvalid => "certificate_invalid", "the client's certificate is not valid";
    /// The client's certificate was revoked.
    CertificateRevoked => "certificate_revoked", "the client's certificate is revoked";
    /// The client's certificate has none of the caller's names.
    CertificateUnknown => "certificate_unknown", "the client's certificate has none of the caller's names";
    /// The caller that the rule names has no key, because its secret is absent.
    CallerNotConfigured => "caller_not_configured", "the caller's secret is absent on this host";
    /// The credential is good, for a caller that the rule does not admit.
    CallerNotAllowed => "caller_not_allowed", "the rule does not allow this caller";
    /// Several rules cover the path, and they admit different callers.
    CallersDisagree => "callers_disagree", "the rules for this path admit different callers";
    /// A passed identity header is repeated, empty, too long or not visible ASCII.
    IdentityMalformed => "identity_malformed", "the identity header is malformed";
    /// The client, or a key, has failed so often that refusals are no longer told apart (429).
    Throttled => "throttled", "too many failures within the window";
    /// The caller has made as many calls as the rule allows within the window.
    RateLimited => "rate_limited", "the caller has made too many calls within the window";
    /// The host could not hand over what the decision needs.
    NotConfigured => "not_configured", "the gate has no policy";
    /// A fault of the gate itself.
    InternalError => "internal_error", "the gate failed";
    /// A server error's body was replaced on its way out. The request itself was allowed.
    ServerErrorReplaced => "server_error_replaced", "the body of a server error was replaced";
}

impl Reason {
    /// Returns `true` if the client failed to authenticate: it offered a credential where the rule
    /// reads it, and the credential was not good. Trouble of the gate or of an issuer is not the
    /// client's failure.
    pub(crate) const fn is_failure(self) -> bool {
        matches!(
            self,
            Self::CredentialDuplicate
                | Self::CredentialEmpty
                | Self::CredentialList
                | Self::CredentialMalformed
                | Self::CredentialWrongScheme
                | Self::CredentialTooLong
                | Self::CredentialUnknown
                | Self::KeyRevoked
                | Self::KeyNotYetValid
                | Self::KeyExpired
                | Self::JwtMalformed
                | Self::JwtHeaderRefused
                | Self::JwtAlgorithmNotAllowed
                | Self::JwtKeyUnknown
                | Self::JwtSignatureInvalid
                | Self::JwtClaimsMalformed
                | Self::JwtIssuerWrong
                | Self::JwtAudienceWrong
                | Self::JwtExpired
                | Self::JwtNotYetValid
                | Self::JwtLifetimeWrong
                | Self::JwtSubjectNotAllowed
                | Self::JwtScopeMissing
                | Self::JwtClaimWrong
                | Self::CertificateInvalid
                | Self::CertificateRevoked
                | Self::CertificateUnknown
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_snake_case_and_distinct() {
        for (index, reason) in Reason::ALL.iter().enumerate() {
            assert!(reason.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            assert!(Reason::ALL.iter().skip(index + 1).all(|other| other.code() != reason.code()));
            assert!(!reason.text().ends_with('.'));
        }
    }

    #[test]
    fn the_order_is_that_of_the_list() {
        assert!(Reason::ALL.is_sorted());
        assert!(Reason::NetworkNotAllowed < Reason::CredentialUnknown);
    }
}
