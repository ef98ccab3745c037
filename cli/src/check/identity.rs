//! Warnings about signed tokens and client certificates: who else could be the caller, and for how
//! long.

use wicketgate_policy::{Fault, Policy};

use super::code::{Code, Warnings};
use crate::document::Tree;

/// Warns of callers that anyone can be, of keys that outlive their removal, of keys fetched in the
/// clear, and of certificates that one of the hosts can't read.
pub(super) fn warn(policy: &Policy, tree: &Tree, warnings: &mut Warnings<'_>) {
    for caller in tree.get("callers").map(Tree::members).unwrap_or_default() {
        let at = Fault::member("callers", &caller.name);
        if let Some(jwt) = caller.value.get("jwt") {
            anyone(jwt, &at, &caller.name, warnings);
            keys(policy, jwt, &at, &caller.name, warnings);
        }
        if let Some(mtls) = caller.value.get("mtls")
            && mtls.get("subjects").is_none()
        {
            warnings.add(
                Code::MtlsSubject,
                format!("{at}.mtls"),
                format!(
                    "on Cloudflare no certificate shows `{}`, because a Worker is told subjects only",
                    caller.name
                ),
                "`subjects` beside the others, if this policy is for the Worker too",
            );
        }
    }
}

/// Issuers from whom anyone can get a token: the beginning of their name, and the claim to compare.
const FOR_MANY: [(&str, &str); 10] = [
    ("https://accounts.google.com", "`preset: google`, and `claims.email` or `subjects`"),
    ("https://securetoken.google.com/", "`subjects`, or a claim that only your callers have"),
    ("https://token.actions.githubusercontent.com", "`claims.repository`, or `subjects`"),
    ("https://gitlab.com", "`claims.project_path`, or `subjects`"),
    ("https://oidc.circleci.com/", "`claims` of the project, or `subjects`"),
    ("https://app.terraform.io", "`subjects`, or the claim of the workspace"),
    ("https://agent.buildkite.com", "`claims.pipeline_slug`, or `subjects`"),
    ("https://login.microsoftonline.com/", "`subjects`, or `claims.appid` (`azp`)"),
    ("https://sts.windows.net/", "`subjects`, or `claims.appid` (`azp`)"),
    ("https://appleid.apple.com", "`subjects`"),
];

fn anyone(jwt: &Tree, at: &str, name: &str, warnings: &mut Warnings<'_>) {
    // A preset knows its issuer, and demands names itself if they are needed.
    let subjects = jwt.get("subjects").map(Tree::items).unwrap_or_default();
    let named = jwt.get("claims").is_some()
        || (!subjects.is_empty() && !subjects.iter().any(is_of_everybody));
    if named || jwt.get("preset").is_some() {
        return;
    }
    if jwt.get("spiffe_trust_domain").is_some() {
        warnings.add(
            Code::JwtAnyone,
            format!("{at}.jwt.spiffe_trust_domain"),
            format!(
                "every workload of the trust domain can be `{name}`, as each may ask for a token with this audience"
            ),
            "`subjects`: the SPIFFE IDs of the callers",
        );
        return;
    }
    let issuer = jwt.text_of("issuer").unwrap_or_default();
    if let Some((_, advice)) = FOR_MANY.iter().find(|(known, _)| issuer.starts_with(known)) {
        warnings.add(
            Code::JwtAnyone,
            format!("{at}.jwt.issuer"),
            format!(
                "this issuer signs tokens for many, and everybody with the right audience is `{name}`"
            ),
            *advice,
        );
    } else if jwt.text_of("audience") == Some("unchecked") && jwt.get("scopes").is_none() {
        warnings.add(
            Code::JwtAnyone,
            format!("{at}.jwt.audience"),
            format!(
                "every token of this issuer shows `{name}`, whoever and whatever it was made for"
            ),
            "`subjects`, `claims` or `scopes`, or an audience of your own",
        );
    }
}

/// Returns `true` if a subject is a beginning of one part, such as `repo:`, which every subject of
/// its issuer has.
fn is_of_everybody(subject: &Tree) -> bool {
    let parts = |start: &str| start.split([':', '/', '|', '@', '#', '=', ',', ';']).count();
    subject.text_of("starts_with").is_some_and(|start| parts(start) <= 2)
}

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

fn keys(policy: &Policy, jwt: &Tree, at: &str, name: &str, warnings: &mut Warnings<'_>) {
    let source = policy.keys_of(name);
    let Some(address) = source.and_then(|source| policy.key_addresses().get(source)) else {
        return;
    };
    let at = format!("{at}.jwt.keys");
    if address.max_age() > DAY {
        let given = jwt.get("keys").and_then(|keys| keys.text_of("max_age")).unwrap_or_default();
        warnings.add(
            Code::KeysLinger,
            format!("{at}.max_age"),
            format!(
                "a key that its issuer removed counts for up to `{given}` while the address is down"
            ),
            "`24h` or less: signed tokens are refused once the address has been down for so long",
        );
    }
    if address.scheme() == "http" {
        warnings.add(
            Code::Development,
            format!("{at}.{}", address.member()),
            "keys are fetched in the clear: everybody on the network path can replace them",
            "`https` before this goes live: `production` and `staging` take nothing else",
        );
    }
}
