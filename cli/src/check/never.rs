//! Warnings about values that no request can match: they are valid, and whoever relies on them is
//! stuck.

use wicketgate_policy::Fault;

use super::code::{Code, Warnings, items, rules};
use crate::document::Tree;

/// Warns of methods that nobody sends, of names with wildcards, and of names in a form that no
/// token and no certificate has.
pub(super) fn warn(tree: &Tree, warnings: &mut Warnings<'_>) {
    methods(tree, warnings);
    dotted_hosts(tree, warnings);
    for caller in tree.get("callers").map(Tree::members).unwrap_or_default() {
        let at = Fault::member("callers", &caller.name);
        if let Some(token) = caller.value.get("token") {
            bare_authorization(token, &at, warnings);
        }
        if let Some(jwt) = caller.value.get("jwt") {
            signed(jwt, &format!("{at}.jwt"), warnings);
        }
        if let Some(mtls) = caller.value.get("mtls") {
            certificate(mtls, &format!("{at}.mtls"), warnings);
        }
    }
}

/// The methods of HTTP's registry, and those of caches and of `curl -X` that are in no registry.
const METHODS: [&str; 48] = [
    "ACL",
    "BASELINE-CONTROL",
    "BAN",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LABEL",
    "LINK",
    "LIST",
    "LOCK",
    "M-SEARCH",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "NOTIFY",
    "OPTIONS",
    "ORDERPATCH",
    "PATCH",
    "POST",
    "PRI",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "PUT",
    "QUERY",
    "REBIND",
    "REFRESH",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "TRACE",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
];

fn methods(tree: &Tree, warnings: &mut Warnings<'_>) {
    for (rule, item) in rules(tree) {
        for (index, alternative) in items(item, "allow") {
            for (place, method) in items(alternative, "methods") {
                let Some(method) = method.text().filter(|text| !METHODS.contains(text)) else {
                    continue;
                };
                warnings.add(
                    Code::NeverMatches,
                    format!("rules[{rule}].allow[{index}].methods[{place}]"),
                    format!("`{method}` is a method that no client is known to send"),
                    match method {
                        "ANY" | "ALL" => "no `methods` at all: then every method is allowed",
                        _ => {
                            "a method such as `POST`; without `methods` every method is allowed. If your clients do send it: --accept never-matches"
                        }
                    },
                );
            }
        }
    }
}

/// In cookies and in some proxies a dot before a name stands for all of its labels.
fn dotted_hosts(tree: &Tree, warnings: &mut Warnings<'_>) {
    for (rule, item) in rules(tree) {
        for (index, host) in items(item, "hosts") {
            if host.text().is_some_and(|host| host.starts_with('.')) {
                warnings.add(
                    Code::NeverMatches,
                    format!("rules[{rule}].hosts[{index}]"),
                    "no client asks for a name that begins with a dot",
                    "`*.shop.example` for every name one label below, and `shop.example` for itself",
                );
            }
        }
    }
}

/// Clients send `Bearer TOKEN`, and a token with a blank in it is refused.
fn bare_authorization(token: &Tree, at: &str, warnings: &mut Warnings<'_>) {
    let header = token.text_of("header").unwrap_or_default();
    if header.eq_ignore_ascii_case("authorization") && token.get("scheme").is_none() {
        warnings.add(
            Code::NeverMatches,
            format!("{at}.token.header"),
            "without a `scheme`, `authorization` must hold the token alone, and a client that sends `Bearer TOKEN` is refused",
            "`\"scheme\": \"bearer\"` beside it, or a header such as `x-internal-token`",
        );
    }
}

fn signed(jwt: &Tree, at: &str, warnings: &mut Warnings<'_>) {
    let issuer = jwt.text_of("issuer").unwrap_or_default();
    let mut never = |name: &str, found: &str, advice: &str| {
        warnings.add(Code::NeverMatches, format!("{at}.{name}"), found, advice);
    };
    if issuer.contains("/.well-known/") {
        never(
            "issuer",
            "this is the address of a description of the issuer, and no token has it as its `iss`",
            "the `issuer` that this description names, mostly the part before `/.well-known`",
        );
    } else if issuer.starts_with("https://login.microsoftonline.com/")
        && ["/common", "/organizations", "/consumers", "{"].iter().any(|part| issuer.contains(part))
    {
        never(
            "issuer",
            "the `iss` of a token names one tenant, and this text names none",
            "`https://login.microsoftonline.com/TENANT-ID/v2.0`, with your tenant's id",
        );
    }
    let google = jwt.text_of("preset") == Some("google") || issuer.ends_with("accounts.google.com");
    for (index, subject) in items(jwt, "subjects") {
        if google && subject.text().is_some_and(|text| text.contains('@')) {
            never(
                &format!("subjects[{index}]"),
                "the `sub` of Google's tokens is a number, and this is an address",
                "`claims.email` with this address, or the account's number here",
            );
        }
    }
    const BEGINNING: &str =
        "each value in full, in a list, or `{ \"starts_with\": … }` with a beginning of it";
    for (name, what, advice) in [
        ("issuer", "the token's `iss`", "the issuer in full; one caller for each"),
        ("audience", "the token's `aud`", "each audience in full, in a list"),
        ("subjects", "the token's `sub`", BEGINNING),
        ("scopes", "one of the token's scopes", "each scope in full"),
        ("claims", "the claim", BEGINNING),
    ] {
        let Some(value) = jwt.get(name) else { continue };
        wildcards(value, &Fault::member(at, name), what, advice, warnings);
    }
    let at = Fault::member(at, "claims");
    for claim in jwt.get("claims").map(Tree::members).unwrap_or_default() {
        way(&claim.name, &Fault::member(&at, &claim.name), warnings);
    }
    for (index, test) in items(jwt, "claims") {
        let name = test.text_of("claim").unwrap_or_default();
        way(name, &format!("{at}[{index}].claim"), warnings);
    }
}

/// Warns of Keycloak's claims, of which people write the way as if it were a name.
fn way(name: &str, at: &str, warnings: &mut Warnings<'_>) {
    if name.starts_with("realm_access.") || name.starts_with("resource_access.") {
        warnings.add(
            Code::NeverMatches,
            at,
            "a name is one claim, dots included, and Keycloak's tokens have none of this name",
            "an item of a list, such as `{ \"claim\": [\"realm_access\", \"roles\"], \"contains\": \"ROLE\" }`",
        );
    }
}

fn certificate(mtls: &Tree, at: &str, warnings: &mut Warnings<'_>) {
    for (name, what) in [
        ("uri_sans", "the certificate's URI"),
        ("dns_sans", "the certificate's DNS name"),
        ("subjects", "the certificate's subject"),
    ] {
        let Some(value) = mtls.get(name) else { continue };
        let advice = "each name in full, in a list";
        wildcards(value, &Fault::member(at, name), what, advice, warnings);
    }
    let uri = |text: &str| !text.contains(':');
    let dns = |text: &str| text.contains(['/', ':', '@', ' ', '=']);
    let subject = |text: &str| text.starts_with('/') || !text.contains('=');
    for (name, is_wrong, found, advice) in [
        (
            "uri_sans",
            &uri as &dyn Fn(&str) -> bool,
            "a URI begins with its scheme, and this text has none",
            "the URI as the certificate has it, such as `spiffe://cluster.local/ns/jobs/sa/cron`",
        ),
        (
            "dns_sans",
            &dns,
            "no DNS name has such a character",
            "a name such as `cron.jobs.example`; URIs belong into `uri_sans`",
        ),
        (
            "subjects",
            &subject,
            "hosts write a subject otherwise",
            "the form of RFC 2253, such as `CN=cron,O=Example`",
        ),
    ] {
        for (index, text) in items(mtls, name) {
            if text.text().is_some_and(is_wrong) {
                warnings.add(Code::NeverMatches, format!("{at}.{name}[{index}]"), found, advice);
            }
        }
    }
}

/// Warns of a `*` in any text of a value, but for names.
fn wildcards(value: &Tree, at: &str, what: &str, advice: &str, warnings: &mut Warnings<'_>) {
    if value.text().is_some_and(|text| text.contains('*')) {
        let found = format!("`*` stands for nothing here: {what} would have to be this very text");
        warnings.add(Code::NeverMatches, at, found, advice);
    }
    for (index, item) in value.items().iter().enumerate() {
        wildcards(item, &format!("{at}[{index}]"), what, advice, warnings);
    }
    for member in value.members().iter().filter(|member| member.name != "claim") {
        wildcards(&member.value, &Fault::member(at, &member.name), what, advice, warnings);
    }
}
