//! Advice on each refusal. A new reason needs its advice.

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
            "The request names no path, so there is nothing to judge. No ordinary client sends such a request.",
            "Nothing. If a health check does it, let it ask for a path.",
        ),
        Reason::ConnectRefused => (
            "Somebody tried to open a tunnel through this host.",
            "Nothing. If it happens often, look who it is (`client.address`).",
        ),
        Reason::UpgradeRefused => (
            "The client asked for an upgrade to a protocol other than websocket, often `h2c`. An origin that agrees would take further requests past the gate.",
            "Turn the upgrade off in the client. Speak HTTP/2 to the host itself instead.",
        ),
        Reason::MalformedMethod => (
            "The method has characters that no method has, or is over 32 bytes. It is a probe or a broken client.",
            "Nothing, unless one of your clients does it.",
        ),
        Reason::MalformedAuthority => (
            "A request for a guarded path had no `Host`, or two, or one that is no host name. Origins differ on such requests.",
            "Nothing, unless one of your clients does it: it must send one `Host` with a name, and a port at most.",
        ),
        Reason::PathAmbiguous => (
            "Origins could read the target as different paths (`/x/../internal`, `/%69nternal`, `//internal`, `/INTERNAL`), and different rules guard these. Good credentials don't help. From strangers it is an attempt to get round a rule.",
            "If one of your callers does it, let it send the plain path. `wicketgate explain` lists the readings. The cause can also be a rule whose path is written in another case than the route, or `{id}` in a public path whose values have a slash or a percent sign in them (`%2F`, `%25`): `/*` in its place covers every reading.",
        ),
        Reason::PathTooComplex => (
            "The target is longer than that of any application, or can be read in more ways.",
            "Nothing, unless one of your callers does it: it must send less in the path, or encode it only once.",
        ),
        Reason::Unmatched => (
            "No rule covers the path, and the policy says `\"unmatched\": \"deny\"`. Or a public rule covers it, but not all that the request could be: a path in its query, another host that a header names.",
            "If the route should be open or guarded, write a rule for it. `wicketgate routes` lists routes without one.",
        ),
        Reason::HandlerUnclear => (
            "A header names a handler, which the framework runs whatever the path (a server action: `next-action`), or the path runs one without naming it (`/_server`, Astro's `/_actions/name`), and not every rule allows the request. From strangers it is either a form of a public page, or an attempt to run a guarded page's action.",
            "If public pages have actions, list their ids in `origin.actions`, or say `all` if every action checks its caller itself. Say `none` if the application has no actions.",
        ),
        Reason::NobodyAllowed => (
            "The rule's `allow` is empty, which closes the path to all.",
            "Nothing, if that is meant. Otherwise write a rule with a caller for this very path: the more specific rule wins.",
        ),
        Reason::MethodNotAllowed => (
            "No alternative of the rule names this method. It is a scanner, or a caller that has changed.",
            "If the caller is right, add the method to its alternative. HEAD must be named too, because origins run GET's handler for it.",
        ),
        Reason::MethodOverrideNotAllowed => (
            "The query names another method (`?_method=DELETE`), and many frameworks run that in place of the request's own. The rule does not allow the caller that method.",
            "If the caller is right, let it send the method itself, or add the method to its alternative. If the parameter means something else, give it another name.",
        ),
        Reason::AddressUnknown => (
            "The rule asks for a network, but the client's address is unknown: no filter state from Envoy, or a trusted proxy sends no header, a malformed one, or one that names trusted proxies only.",
            "Compare the host's configuration with the output of `wicketgate render`, and `client_address` with the proxies that are really there.",
        ),
        Reason::NetworkNotAllowed => (
            "The client's address is in none of the networks that the rule asks for. If the credentials are good, the caller has moved, or somebody else has its secret.",
            "Look at `client.address` and `network.peer.address`. If both are a proxy's, add it to `trusted_proxies`. If they are a stranger's and `user.id` is set, rotate that caller's secret.",
        ),
        Reason::CredentialMissing => (
            "The request has none of the headers that the rule reads. Scanners, mostly.",
            "If it is one of your callers, it does not send the header, or a proxy removes the header on the way.",
        ),
        Reason::CredentialInQuery => (
            "No header has a credential, but a query parameter is named like one. The gate does not read it, because queries end up in logs.",
            "Let the caller send the header. The secret in the query has leaked: rotate it.",
        ),
        Reason::CredentialWrongHeader => (
            "There is a credential, in a header that this rule does not read.",
            "Compare the caller's header with its `token.header` and `token.or` in the policy: `wicketgate explain` names the headers that count.",
        ),
        Reason::CredentialDuplicate => (
            "The header came twice, or the caller may send its token in several headers (`token.or`) and two of them are there. Origins differ on which of the two they read, so neither counts.",
            "Find out who adds the second. Often it is a proxy that appends the header instead of setting it.",
        ),
        Reason::CredentialEmpty => (
            "The header has no value. Usually a variable is not set where the caller runs.",
            "Set the secret in the caller's environment.",
        ),
        Reason::CredentialList => (
            "The value has a comma in it. Two headers were joined on the way, or the caller tries several tokens at once.",
            "Let the caller send one token, and look for a proxy that joins headers.",
        ),
        Reason::CredentialMalformed => (
            "The value has bytes that no token has: a line break from a file, a quote, the space after a `Bearer` that the rule does not read, a letter beyond ASCII. Or it is not what HTTP Basic sends: user, colon and password, as UTF-8 without control characters, in base64.",
            "Look at how the secret gets into the caller; `printf %s` writes no line break.",
        ),
        Reason::CredentialWrongScheme => (
            "The policy has a `scheme`, so the rule reads `Authorization: SCHEME TOKEN`, and the request has another scheme or none.",
            "Let the caller send the scheme before its token, or take `scheme` out of the policy. `wicketgate explain` names the scheme that counts.",
        ),
        Reason::CredentialTooLong => (
            "The value is longer than any token that the gate takes: 1,024 bytes for the token of a key, 16,384 for a signed one.",
            "If it is one of your callers, it sends something else than its token, or its issuer puts too much into the token: have it leave out groups that nobody asks for.",
        ),
        Reason::JwtMalformed => (
            "The bearer token is no signed token in the compact form, which has three parts of base64url without padding.",
            "Let the caller send the token as its issuer gave it, without quotes and line breaks.",
        ),
        Reason::CredentialUnknown => (
            "A well-formed token or password matches no key of the policy, or a password is sent with another user than the policy's. It is a guess, an old secret, or the secret of another environment. If many come from one address, somebody is guessing.",
            "If it is one of your callers, compare the digest of its token (`wicketgate token digest`) with the policy's, and the policy in force (`rule.version`) with yours.",
        ),
        Reason::ClockUnset => (
            "The key is bounded in time, and the host's clock shows a time before the gate was built. So nobody can tell whether the key is valid.",
            "Set the host's clock. Until then every key that is bounded in time is refused.",
        ),
        Reason::KeyRevoked => (
            "Somebody has a secret that was revoked.",
            "If one of your callers was forgotten, give it the new secret. Otherwise the secret has leaked, and this is somebody who has it: look at `client.address`.",
        ),
        Reason::KeyNotYetValid => (
            "The token is good from `not_before` on, and that time has not come yet.",
            "Let the caller wait with its new secret, or bring `not_before` forward.",
        ),
        Reason::KeyExpired => (
            "The token was good until `not_after`. A caller still has the old secret.",
            "Give the caller the new secret. `wicketgate token rotate` prints the steps in their order. In an emergency move `not_after`.",
        ),
        Reason::JwtHeaderRefused => (
            "The token's header asks for something that the gate refuses: `crit`, compression, or the `typ` of another kind of token, such as a logout token.",
            "Let the caller send an access token: its `typ` is absent, `JWT` or `at+jwt`.",
        ),
        Reason::JwtAlgorithmNotAllowed => (
            "The token is signed with an algorithm that the key is not for, or with `none`. This is a known attack, unless the issuer has changed its algorithm.",
            "If the issuer has changed its algorithm, add the new key to the policy.",
        ),
        Reason::JwksUnreachable => (
            "The issuer's address could not be asked: no route, no such cluster, a refused connection, or a certificate of somebody else. Keys that were fetched before are older than `max_age`.",
            "Look at Envoy's log for `no keys from`, which names address and cluster, and at the cluster's TLS settings; compare with `wicketgate render`.",
        ),
        Reason::JwksTimeout => (
            "The issuer's address did not answer within `timeout`.",
            "Look at the issuer, and at the network on the way. Raise `timeout` only if the issuer is known to be slow.",
        ),
        Reason::JwksStatus => (
            "The issuer's address answered with another status than 200. Redirects are not followed.",
            "Open the address yourself. If the keys have moved, put the new address into `jwks_uri`.",
        ),
        Reason::JwksTooLarge => (
            "The issuer's address answered with more than 64 KiB.",
            "That is hardly a key set. Compare `jwks_uri` with the issuer's documentation.",
        ),
        Reason::JwksMalformed => (
            "The answer of the issuer's address is no strict JSON key set. It may be a sign-in page, a single key, or have a member twice.",
            "Open the address yourself, from where the gate runs.",
        ),
        Reason::JwksDuplicateKey => (
            "The token names a key, and the issuer's set has several keys for its algorithm under this id, so it could mean any of them. Other keys of the set are used.",
            "Tell the issuer: of the keys of one type, each must have an id of its own. The gate's log names the id.",
        ),
        Reason::JwksPrivateKey => (
            "The issuer's address shows a private key or a secret to everyone. Everybody who reads it can sign tokens.",
            "Treat it as stolen: have the issuer replace its keys at once.",
        ),
        Reason::JwksNoKey => (
            "The issuer's set has no key for an algorithm that the gate knows (docs/policy.md lists them), or its keys are weak.",
            "Have the issuer publish a key for one of them, as long as the list says.",
        ),
        Reason::JwtKeyUnknown => (
            "The token's `kid` names no key of this caller. Or the token has no `kid`, and several keys could be meant.",
            "If the issuer has rotated its keys, fetch its key set and roll it out.",
        ),
        Reason::JwtSignatureInvalid => (
            "The signature was not made with the key that the token names. It is a forgery, or a key with the same name elsewhere (staging, production).",
            "If it is one of your callers, compare its issuer's key set with the policy's.",
        ),
        Reason::JwtClaimsMalformed => (
            "The signature is good, but a required claim is missing, or a claim has another type than RFC 7519 says.",
            "Correct it at the issuer: the gate needs `exp`, and the claims that the policy asks for. `wicketgate explain` names the claim, with the value that it found and the one that it expected.",
        ),
        Reason::JwtIssuerWrong => (
            "The token has another `iss` than the policy names. Often it is another tenant or environment of the same provider.",
            "Compare `issuer` with the token's `iss`, to the last slash.",
        ),
        Reason::JwtAudienceWrong => (
            "The token was made for another service. It may have been stolen there; here it lets nobody in.",
            "Let the caller ask its issuer for a token with this service's audience.",
        ),
        Reason::JwtExpired => (
            "`exp` has passed. The caller keeps tokens for too long, or somebody replays an old one.",
            "Let the caller fetch a new token in time. If its tokens are new, compare the clocks.",
        ),
        Reason::JwtNotYetValid => (
            "`nbf` or `iat` is in the future: the issuer's clock is ahead of this host's.",
            "Set the clocks. A small `leeway` in the policy allows for the rest.",
        ),
        Reason::JwtLifetimeWrong => (
            "The time from `iat` to `exp` is longer or shorter than the policy allows.",
            "Let the issuer make tokens of another lifetime, or change `lifetime` in the policy.",
        ),
        Reason::JwtSubjectNotAllowed => (
            "The token is good, but the policy does not admit its `sub`. It is another service account of the same issuer.",
            "If it should be admitted, add the subject. Otherwise nothing.",
        ),
        Reason::JwtScopeMissing => (
            "The token lacks a scope that the policy asks for.",
            "Grant the scope to the caller at its issuer.",
        ),
        Reason::JwtClaimWrong => (
            "A claim that the policy asks for is absent or has another value.",
            "Compare `claims` in the policy with the token: `wicketgate explain` names the claim, with the value that it found and the one that it expected.",
        ),
        Reason::CertificateMissing => (
            "The caller is known by its certificate, and the client showed none.",
            "Give the client its certificate. On Envoy, check that the listener asks for one (`wicketgate render envoy`).",
        ),
        Reason::CertificateInvalid => (
            "The platform found the client's certificate not to be valid.",
            "Look at its end date and its authority. The platform must have been given that authority.",
        ),
        Reason::CertificateRevoked => (
            "The client's certificate was revoked.",
            "If the client should still have a certificate, give it a new one.",
        ),
        Reason::CertificateUnknown => (
            "The client's certificate is valid, but none of its names is the caller's. Of URIs and DNS names only the first counts.",
            "Compare `tls` names with the caller's `mtls` in the policy; `wicketgate explain --certificate-uri` shows what matches.",
        ),
        Reason::CallerNotConfigured => (
            "The rule's caller has no key on this host: the variable with its secret is not set, and `absent_secrets` is `deny`.",
            "Set the variable on the host and let it be known to the gate (`host_env_keys`, a Worker's secret); `wicketgate check` lists the variables.",
        ),
        Reason::CallerNotAllowed => (
            "The credential is good, but this rule does not admit its caller. The caller is mistaken, or somebody tries out a stolen secret.",
            "If it should be admitted, add it to the rule's `allow`. Otherwise ask its owner, and rotate its secret.",
        ),
        Reason::CallersDisagree => (
            "Several rules cover the path, and the credentials are good for different callers. No caller is admitted by all rules.",
            "Let the rules name a common caller. `wicketgate routes` and `wicketgate explain` show which rules cover the path.",
        ),
        Reason::IdentityMalformed => (
            "The caller is good, but the identity header that it may pass on is repeated, empty, too long or not plain.",
            "Correct it in the caller: one header with one identifier.",
        ),
        Reason::Throttled => (
            "The client, or the key that it named, has failed as often as the policy allows within a window. It gets 429 until the window is over. A good credential is admitted all the same, unless `valid_callers` is `refuse`.",
            "`wicketgate.abuse.bucket` and `client.address` say who it is. If it is one of your callers, correct its credential. If not, keep it out before the gate.",
        ),
        Reason::RateLimited => (
            "The credential is good, but its caller has made as many calls within the window as the rule's `rate_limit` allows. The answer's `retry-after` says when it may call again.",
            "Let the caller call less often, or raise `calls`.",
        ),
        Reason::NotConfigured => (
            "The gate has no policy, or the host could not hand over something that the decision needs. Everything is denied.",
            "Look for the gate's own lines in the host's log, which name each fault. `wicketgate check` finds faults before you deploy.",
        ),
        Reason::InternalError => (
            "The gate met a state that should be impossible, and denied.",
            "Report it with the audit line: it is a bug.",
        ),
        Reason::ServerErrorReplaced => (
            "The request was allowed, the origin answered with 5xx, and the rule keeps its body from the client. The decision of this line is `error`.",
            "Look into the origin's own log.",
        ),
        // The core may have more; the test below finds those that lack their advice.
        _ => ("", ""),
    };
    Advice { means, to_do }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_advice() {
        for reason in Reason::ALL {
            let Advice { means, to_do } = advice(*reason);
            assert!(!means.is_empty() && !to_do.is_empty(), "{reason}");
        }
    }
}
