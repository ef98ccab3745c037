//! Warnings about unwise parts, and notes about things that a policy can't tell.

use wicketgate_policy::{Policy, Stack, Time};

use super::code::{Code, Warnings, items, rules};
use super::{hosts, identity, internal, keys, never, public};
use crate::diagnostics::Diagnostic;
use crate::document::{Document, Tree};

/// Everything worth saying about a valid policy.
pub(super) fn all(policy: &Policy, tree: &Tree, document: &Document, now: Time) -> Vec<Diagnostic> {
    let mut warnings = Warnings::of(tree, &document.source);
    plain(document, &mut warnings);
    development(tree, &mut warnings);
    addresses(tree, &mut warnings);
    networks(policy, tree, &mut warnings);
    keys::warn(policy, tree, now, &mut warnings);
    identity::warn(policy, tree, &mut warnings);
    never::warn(tree, &mut warnings);
    hosts::warn(tree, &mut warnings);
    unused(tree, &mut warnings);
    internal::warn(policy, tree, now, &mut warnings);
    origin(tree, &mut warnings);
    actions(tree, &mut warnings);
    public::warn(tree, &mut warnings);
    warnings.into_found()
}

/// A document in JSON that the command had to write anew is none that a host takes.
fn plain(document: &Document, warnings: &mut Warnings<'_>) {
    let is_json = [".json", ".jsonc"].iter().any(|end| document.name.ends_with(end));
    if is_json && document.source.as_bytes() != document.json {
        warnings.add(
            Code::Comments,
            "",
            "the hosts take plain JSON in UTF-8: no comments, and no comma at the end of a list",
            "`wicketgate render`, which writes it so; the other commands take the file as it is",
        );
    }
}

fn development(tree: &Tree, warnings: &mut Warnings<'_>) {
    if tree.text_of("environment") == Some("development") {
        warnings.add(
            Code::Development,
            "environment",
            "a policy for development, which may let anyone in",
            "`production` or `staging` before this goes live; a host takes a development policy only if its WICKETGATE_ENVIRONMENT is `development` too",
        );
    }
    for (rule, item) in rules(tree) {
        for (index, alternative) in items(item, "allow") {
            if alternative.get("anyone").is_some() {
                warnings.add(
                    Code::Development,
                    format!("rules[{rule}].allow[{index}].anyone"),
                    "anyone is let in",
                    "name a caller before this goes live",
                );
            }
        }
    }
}

fn addresses(tree: &Tree, warnings: &mut Warnings<'_>) {
    let Some(source) = tree.get("client_address").and_then(|address| address.get("envoy")) else {
        return;
    };
    let at = "client_address.envoy";
    let header = source.text_of("from").unwrap_or_default().to_ascii_lowercase();
    if !matches!(header.as_str(), "peer" | "x-forwarded-for") {
        warnings.add(
            Code::AddressForgeable,
            format!("{at}.from"),
            format!("a client can write `{header}`, unless each trusted proxy overwrites it"),
            "`x-forwarded-for`, to which proxies append; or make sure that your proxies set this header and never pass a client's on",
        );
    }
    for (index, proxy) in items(source, "trusted_proxies") {
        let Some(proxy) = proxy.text() else { continue };
        let least = if proxy.contains(':') { 32 } else { 16 };
        let length = proxy.split_once('/').and_then(|(_, length)| length.parse::<u8>().ok());
        if length.is_some_and(|length| length < least) {
            warnings.add(
                Code::AddressForgeable,
                format!("{at}.trusted_proxies[{index}]"),
                format!("`{proxy}` is wide: everyone in it can name any client address"),
                "the addresses of the proxies in front of this host, and no others",
            );
        }
    }
}

/// The `cf-connecting-ip` of every call from other people's Workers.
const OTHER_WORKERS: [u16; 8] = [0x2a06, 0x98c0, 0x3600, 0, 0, 0, 0, 0x103];

fn networks(policy: &Policy, tree: &Tree, warnings: &mut Warnings<'_>) {
    let members = tree.get("networks").map(Tree::members).unwrap_or_default();
    for (member, network) in members.iter().zip(policy.networks()) {
        let at = wicketgate_policy::Fault::member("networks", &member.name);
        if network.holds_a_family() {
            warnings.add(
                Code::NetworkEveryone,
                at,
                "this network holds every address there is",
                "the networks of the callers; if any address will do, no `network` in the rule",
            );
        } else if network.contains(OTHER_WORKERS.into()) {
            warnings.add(
                Code::NetworkEveryone,
                at,
                "this network holds 2a06:98c0:3600::103, from which anyone's Cloudflare Worker calls",
                "networks without it",
            );
        }
    }
}

fn unused(tree: &Tree, warnings: &mut Warnings<'_>) {
    for (section, member, what) in
        [("callers", "caller", "caller"), ("networks", "network", "network")]
    {
        for named in tree.get(section).map(Tree::members).unwrap_or_default() {
            let mut alternatives = rules(tree).flat_map(|(_, rule)| items(rule, "allow"));
            if !alternatives.any(|(_, a)| a.text_of(member) == Some(named.name.as_str())) {
                warnings.add(
                    Code::Unused,
                    wicketgate_policy::Fault::member(section, &named.name),
                    format!("no rule names this {what}"),
                    "a rule that names it; otherwise remove it",
                );
            }
        }
    }
}

fn origin(tree: &Tree, warnings: &mut Warnings<'_>) {
    let forward = tree.get("forward");
    if forward.is_some_and(|forward| forward.get("proof").is_none()) {
        warnings.add(
            Code::NoProof,
            "forward",
            "the origin can't tell requests that came through the gate from others",
            "`proof`, a header that the origin checks; if its own address is closed (tunnel, mTLS, network policy): --accept no-proof",
        );
    }
    let origin = tree.get("origin");
    let Some(stack) = origin.and_then(|origin| origin.text_of("stack")) else {
        warnings.add(
            Code::OriginUnknown,
            "origin",
            "the policy names no stack, so the origin is taken for any of them: public paths beside guarded ones are refused if one of the stacks would run the guarded handler, such as `/report.json` beside `/report`, and `/items/` beside `/items/{id}`",
            format!(
                "`\"origin\": {{ \"stack\": … }}` with one of {}. This list is not complete, and no such list is: `\"unmatched\": \"deny\"`, with rules for every served path, needs none",
                stacks()
            ),
        );
        return;
    };
    let unseen = unseen(stack);
    let mounts = origin.is_some_and(|origin| origin.get("mounts").is_some());
    if !mounts {
        let advice = "`\"mounts\": []` in `origin` if there are none; otherwise name them there (and in `origin.locales`), or guard both spellings by rules";
        // A policy that denies what no rule covers is closed there.
        let closed = if tree.text_of("unmatched") == Some("pass") {
            "; or close them all by `\"unmatched\": \"deny\"` with a `public` rule for what everybody may call, which `wicketgate routes --write` makes of the application's routes"
        } else {
            ""
        };
        warnings.add(Code::OriginUnseen, "origin.stack", unseen, format!("{advice}{closed}"));
    }
}

/// Warns that every rule judges requests for server actions if the policy does not mention them.
fn actions(tree: &Tree, warnings: &mut Warnings<'_>) {
    let Some(origin) = tree.get("origin") else { return };
    if origin.text_of("stack") == Some("nextjs") && origin.get("actions").is_none() {
        warnings.add(
            Code::ActionsUnsaid,
            "origin.stack",
            "a header can name a server action on any path, so every rule must allow a request for one",
            "`origin.actions`: `none`, the ids of the actions that public pages use, or `all` if each action checks its caller itself",
        );
    }
}

/// Further paths under which an application of this stack may serve a handler, and which the policy
/// can't know.
fn unseen(stack: &str) -> &'static str {
    match stack {
        "nextjs" => "rewrites, `basePath` and locales of next.config are not in this document",
        "django" => {
            "prefixes of `FORCE_SCRIPT_NAME` and `i18n_patterns`, and routes whose pattern is cut short, are not in this document"
        }
        "flask" => "applications mounted by `DispatcherMiddleware` are not in this document",
        "fastapi" | "starlette" => {
            "a `root_path` and mounted applications are not in this document"
        }
        "rails" => "engines, and scopes such as `(:locale)`, are not in this document",
        "laravel" | "symfony" => {
            "prefixes of routes, locales and the folder that holds `index.php` are not in this document"
        }
        "spring" => "a context path and prefixes of servlets are not in this document",
        "go" => "handlers behind `http.StripPrefix` and mounted routers are not in this document",
        "react-router" => "a `basename` and copies of a route are not in this document",
        "sveltekit" => "`paths.base`, `appDir` and the hook `reroute` are not in this document",
        "nuxt" => "`app.baseURL`, locales and aliases of pages are not in this document",
        "astro" => {
            "`base`, locales, rewrites and an image endpoint of another name are not in this document"
        }
        _ => "routers mounted under a prefix that a proxy strips are not in this document",
    }
}

/// The stacks that a policy can name, in backticks.
fn stacks() -> String {
    let names: Vec<String> = Stack::ALL.iter().map(|stack| format!("`{}`", stack.name())).collect();
    names.join(", ")
}
