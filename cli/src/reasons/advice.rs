//! Advice on each refusal. The match is exhaustive: a new reason needs its advice.

use wicketgate_policy::Reason;

/// Advice for an operator who sees a reason in a log.
pub(super) struct Advice {
    /// The event, as far as an operator can tell.
    pub(super) means: &'static str,
    /// The remedy, or the reason why none is needed.
    pub(super) to_do: &'static str,
}

/// The advice for a reason.
pub(super) fn advice(reason: Reason) -> Advice {
    let (means, to_do) = match reason {
        Reason::PathMissing => (
            "No request of an ordinary client: it names no path, so there is nothing to judge.",
            "Nothing. Where a health check does it, let it ask for a path.",
        ),
        Reason::ConnectRefused => (
            "Somebody tried to open a tunnel through this host.",
            "Nothing; where it is often, look at who it is (`client.address`).",
        ),
        Reason::UpgradeRefused => (
            "An upgrade other than to websocket, often `h2c`: an origin that agrees would take further requests past the gate.",
            "Turn the upgrade off in the client. Speak HTTP/2 to the host itself instead.",
        ),
        Reason::MalformedMethod => (
            "The method has characters that no method has, or is over 32 bytes. It is a probe or a broken client.",
            "Nothing, unless a client of yours does it.",
        ),
        Reason::MalformedAuthority => (
            "A guarded path was asked for without `Host`, with two, or with one that is no host name: origins differ on what they make of it.",
            "Nothing, unless a client of yours does it: it must send one `Host` with a name and at most a port.",
        ),
        Reason::PathAmbiguous => (
            "An origin could take the target for another path (`/x/../internal`, `/%69nternal`, `//internal`, `/INTERNAL`), and rules differ on it. Good credentials don't help. From strangers it is an attempt to walk round a rule.",
            "Where a caller of yours does it, let it send the plain path. `wicketgate explain` lists the readings; a rule whose literal has another case than the route shows up this way too.",
        ),
        Reason::PathTooComplex => (
            "The target is longer, or can be read in more ways, than any that an application has.",
            "Nothing, unless a caller of yours does it: it must send less in the path, or encode it once.",
        ),
        Reason::Unmatched => (
            "No rule covers the path, and the policy says `\"unmatched\": \"deny\"`.",
            "Where the route should be open or guarded, write a rule for it; `wicketgate routes` lists routes without one.",
        ),
        Reason::HandlerUnclear => (
            "A header names a handler that the framework runs on whatever path the request came (a server action: `next-action`), and the request is not good for every rule. From strangers it is either a form of a public page, or an attempt to run a guarded page's action.",
            "Where public pages have actions, say so in `origin.actions`: their ids, or `all` where every action checks for itself who calls; `none` where the application has none.",
        ),
        Reason::NobodyAllowed => (
            "The rule's `allow` is empty: the path is closed to all.",
            "Nothing, where that is meant. Otherwise write a rule with a caller for this very path: the more specific one wins.",
        ),
        Reason::MethodNotAllowed => (
            "No alternative of the rule names this method. A scanner, or a caller that changed.",
            "Where the caller is right, add the method to its alternative. HEAD must be named too: origins run GET's handler for it.",
        ),
        Reason::MethodOverrideNotAllowed => (
            "The query names another method (`?_method=DELETE`), which many frameworks run in place of the request's own, and the rule does not allow the caller that one.",
            "Where the caller is right, let it send the method itself, or add the method to its alternative. Where the parameter means something else, give it another name.",
        ),
        Reason::AddressUnknown => (
            "The rule asks for a network, and the client's address could not be established: no filter state from Envoy, fewer proxies than declared, a malformed header.",
            "Compare the host's configuration with `wicketgate render`, and `client_address` with the proxies that are really there.",
        ),
        Reason::NetworkNotAllowed => (
            "The address is known and is in no network that the rule asks for. With good credentials, either a caller has moved or its secret has.",
            "Look at `client.address` and `network.peer.address`: where both are a proxy's, `trusted_proxies` lacks it; where they are a stranger's and `user.id` is set, rotate that caller's secret.",
        ),
        Reason::CredentialMissing => (
            "The request has none of the headers that the rule reads. Scanners, mostly.",
            "Where a caller of yours does it, it does not send the header, or a proxy removes it on the way.",
        ),
        Reason::CredentialInQuery => (
            "There is no credential in a header, and a query parameter is named like one. Queries end up in logs, and are not read.",
            "Let the caller send the header. Take what was in the query for leaked, and rotate it.",
        ),
        Reason::CredentialWrongHeader => (
            "There is a credential, in a header that this rule does not read.",
            "Compare the caller's header with its `token.header` in the policy: `wicketgate explain` names the headers that count.",
        ),
        Reason::CredentialDuplicate => (
            "The header came twice. Origins differ on which they read, so neither counts.",
            "Find what adds the second: often a proxy that appends where it should set.",
        ),
        Reason::CredentialEmpty => (
            "The header is there without a value: usually a variable that is not set where the caller runs.",
            "Set the secret in the caller's environment.",
        ),
        Reason::CredentialList => (
            "The value holds a comma: two headers joined on the way, or a caller that tries several tokens at once.",
            "Let the caller send one token, and look for a proxy that joins headers.",
        ),
        Reason::CredentialMalformed => (
            "The value has bytes that no token has: a line break from a file, a quote, the space after a `Bearer` that the rule does not read, a letter beyond ASCII.",
            "Look at how the secret gets into the caller; `printf %s` writes no line break.",
        ),
        Reason::CredentialWrongScheme => (
            "The rule reads `Authorization: Bearer TOKEN`, and the scheme is another or absent.",
            "Let the caller send `Bearer ` before its token, or take `scheme` out of the policy.",
        ),
        Reason::CredentialTooLong => (
            "The value is longer than any token that the gate takes.",
            "Where a caller of yours does it, it sends something else than its token.",
        ),
        Reason::JwtMalformed => (
            "What came as a bearer token is no signed token in the compact form: three parts of base64url without padding.",
            "Let the caller send the token as its issuer gave it, without quotes and line breaks.",
        ),
        Reason::CredentialUnknown => (
            "A well-formed token that is no key of the policy: a guess, an old secret, or that of another environment. Many from one address are somebody guessing.",
            "Where a caller of yours does it, compare the digest of its token (`wicketgate token digest`) with the policy's, and the policy in force (`rule.version`) with yours.",
        ),
        Reason::ClockUnset => (
            "The key has a time, and the host's clock is before the gate was built: whether the key is valid can't be told.",
            "Set the host's clock: every bounded key is refused meanwhile.",
        ),
        Reason::KeyRevoked => (
            "Somebody has a secret that was revoked.",
            "Where it is a caller that was forgotten, give it the new one. Otherwise it is whoever the secret leaked to: look at `client.address`.",
        ),
        Reason::KeyNotYetValid => (
            "The token is good from `not_before` on, which is to come.",
            "Let the caller wait with its new secret, or bring `not_before` forward.",
        ),
        Reason::KeyExpired => (
            "The token was good until `not_after`. A caller still has the old secret.",
            "Give the caller the new secret; `wicketgate token rotate` tells the order of steps. In an emergency move `not_after`.",
        ),
        Reason::JwtHeaderRefused => (
            "The token's header asks for what is not offered: `crit`, compression, a `typ` of another kind of token (a logout token, say).",
            "Let the caller send an access token: its `typ` is absent, `JWT` or `at+jwt`.",
        ),
        Reason::JwtAlgorithmNotAllowed => (
            "The token is signed by another algorithm than the key is for, or by `none`: a known attack, unless the issuer has changed.",
            "Where the issuer has changed its algorithm, add the new key to the policy.",
        ),
        Reason::JwksUnreachable => (
            "The issuer's address could not be asked: no route, no such cluster, a refused connection, or a certificate that is not its own. Keys that were here have outlived `max_age`.",
            "Look at Envoy's log for `no keys from`, which names address and cluster, and at the cluster's TLS settings; compare with `wicketgate render`.",
        ),
        Reason::JwksTimeout => (
            "The issuer's address did not answer within `timeout`.",
            "Look at the issuer and the way to it; raise `timeout` only where it is known to be slow.",
        ),
        Reason::JwksStatus => (
            "The issuer's address answered with another status than 200. Redirects are not followed.",
            "Open the address yourself; where it has moved, name the new one in `jwks_uri`.",
        ),
        Reason::JwksTooLarge => (
            "The issuer's address answered with more than 64 KiB.",
            "It is hardly a key set: compare `jwks_uri` with the issuer's documentation.",
        ),
        Reason::JwksMalformed => (
            "The issuer's address answered with what is no strict JSON key set: a sign-in page, a single key, a member twice.",
            "Open the address yourself, from where the gate runs.",
        ),
        Reason::JwksDuplicateKey => (
            "Two keys of the issuer's set have one id, so a token could mean either.",
            "Tell the issuer; it must give each key an id of its own.",
        ),
        Reason::JwksPrivateKey => (
            "The issuer's address shows a private key or a secret to everyone. Whoever reads it can sign tokens.",
            "Treat it as stolen: have the issuer replace its keys at once.",
        ),
        Reason::JwksNoKey => (
            "No key of the issuer's set is for an algorithm that is served (RS256, ES256, EdDSA), or its keys are weak.",
            "Have the issuer publish a key for one of them, RSA with at least 2048 bits.",
        ),
        Reason::JwtKeyUnknown => (
            "The token's `kid` names no key of this caller, or there is none and several keys could be meant.",
            "Where the issuer has rotated its keys, fetch its key set and roll it out.",
        ),
        Reason::JwtSignatureInvalid => (
            "The signature is not that of the key that the token names: a forgery, or a key of the same name elsewhere (staging, production).",
            "Where a caller of yours does it, compare its issuer's key set with the policy's.",
        ),
        Reason::JwtClaimsMalformed => (
            "The signature is good, and a claim that must be there is not, or has another type than RFC 7519 says.",
            "Correct it at the issuer: the gate needs `exp`, and what the policy asks for. `wicketgate explain` names the claim, what it found and what it expected.",
        ),
        Reason::JwtIssuerWrong => (
            "The token is of another `iss` than the policy names: often another tenant or environment of the same provider.",
            "Compare `issuer` with the token's `iss`, to the last slash.",
        ),
        Reason::JwtAudienceWrong => (
            "The token was made for another service. One that was stolen there gets nobody in here.",
            "Let the caller ask its issuer for a token with this service's audience.",
        ),
        Reason::JwtExpired => (
            "`exp` has passed. A caller that keeps tokens for too long, or a replay.",
            "Let the caller fetch a new token in time; compare the clocks where tokens are new.",
        ),
        Reason::JwtNotYetValid => (
            "`nbf` or `iat` is in the future: the issuer's clock is ahead of this host's.",
            "Set the clocks. A small `leeway` in the policy bears what is left.",
        ),
        Reason::JwtLifetimeWrong => (
            "From `iat` to `exp` is longer, or shorter, than the policy allows.",
            "Let the issuer make tokens of another lifetime, or change `lifetime` in the policy.",
        ),
        Reason::JwtSubjectNotAllowed => (
            "The token is good, and its `sub` is none that the policy admits: another service account of the same issuer.",
            "Where it should be admitted, add the subject. Otherwise nothing.",
        ),
        Reason::JwtScopeMissing => (
            "The token lacks a scope that the policy asks for.",
            "Grant the scope to the caller at its issuer.",
        ),
        Reason::JwtClaimWrong => (
            "A claim that the policy asks for is absent or has another value.",
            "Compare `claims` in the policy with the token: `wicketgate explain` names the claim, what it found and what it expected.",
        ),
        Reason::CertificateMissing => (
            "The caller is known by its certificate, and the client showed none.",
            "Give the client its certificate; on Envoy, look whether the listener asks for one (`wicketgate render envoy`).",
        ),
        Reason::CertificateInvalid => (
            "The platform did not find the client's certificate to be valid.",
            "Look at its end and its authority; the authority must be one that the platform was given.",
        ),
        Reason::CertificateRevoked => (
            "The client's certificate was revoked.",
            "Give the client a new one, where it should still have one.",
        ),
        Reason::CertificateUnknown => (
            "The client's certificate is valid, and none of its names is the caller's. Of URIs and DNS names the first counts.",
            "Compare `tls` names with the caller's `mtls` in the policy; `wicketgate explain --certificate-uri` shows what matches.",
        ),
        Reason::CallerNotConfigured => (
            "The rule's caller has no key on this host: the variable with its secret is not set, and `absent_secrets` is `deny`.",
            "Set the variable on the host and let it be known to the gate (`host_env_keys`, a Worker's secret); `wicketgate check` lists the variables.",
        ),
        Reason::CallerNotAllowed => (
            "A good credential of a caller that this rule does not admit. A mistaken caller, or a stolen secret that is being tried out.",
            "Where it should be admitted, add it to the rule's `allow`. Otherwise ask its owner, and rotate its secret.",
        ),
        Reason::CallersDisagree => (
            "Several rules cover the path, and the credentials are good for different callers: nobody is admitted by all.",
            "Let the rules name a caller in common; `wicketgate routes` and `wicketgate explain` show which rules meet.",
        ),
        Reason::IdentityMalformed => (
            "The caller is good, and the identity header that it may pass on is repeated, empty, too long or not plain.",
            "Correct it in the caller: one header with one identifier.",
        ),
        Reason::Throttled => (
            "The client, or the key that was named, has failed as often as the policy bears within a window, and is answered with 429 until the window is over. A good credential is admitted all the same, unless `valid_callers` is `refuse`.",
            "`wicketgate.abuse.bucket` and `client.address` say who. Where it is a caller of yours, correct its credential; where it isn't, keep it out before the gate.",
        ),
        Reason::RateLimited => (
            "A good credential, whose caller has made as many calls within the window as the rule's `rate_limit` allows. The answer says in `retry-after` when there are more.",
            "Let the caller call less often, or raise `calls`.",
        ),
        Reason::NotConfigured => (
            "The gate has no policy, or the host could not hand over what a decision needs. Everything is denied.",
            "Look for the gate's own lines in the host's log: they name each fault. `wicketgate check` finds them before.",
        ),
        Reason::InternalError => (
            "The gate met something that can't be, and denied.",
            "Report it with the audit line: it is a bug.",
        ),
        Reason::ServerErrorReplaced => (
            "The request was allowed, the origin answered with 5xx, and the rule keeps its body from the client. The decision of this line is `error`.",
            "Look into the origin's own log.",
        ),
    };
    Advice { means, to_do }
}
