//! Issuers that are known by name.

use super::wire::{Preset, Team};
use crate::compiling::Context;
use crate::form::read::join;
use crate::jwt::{Audience, ClaimRule, ClaimRules, ClaimTest, ClaimValue};
use alloc::format;
use alloc::string::String;

/// The facts about an issuer.
pub(super) struct Known {
    pub(super) issuer: String,
    pub(super) jwks_uri: String,
    /// The header in which its tokens come.
    pub(super) header: &'static str,
}

/// The facts about the issuer that a preset names.
///
/// Google: <https://accounts.google.com/.well-known/openid-configuration>. Cloudflare Access:
/// "Validate JWTs" in its documentation, <https://developers.cloudflare.com/cloudflare-one/>.
pub(super) fn known(
    preset: Option<Preset>,
    team: Option<Team>,
    at: &str,
    context: &mut Context<'_>,
) -> Option<Known> {
    let at = join(at, "team");
    match (preset?, team) {
        (Preset::Google, None) => Some(Known {
            issuer: "https://accounts.google.com".into(),
            jwks_uri: "https://www.googleapis.com/oauth2/v3/certs".into(),
            header: "authorization",
        }),
        (Preset::Google, Some(_)) => {
            context.faults.add(at, "a team", "none: Google has no teams");
            None
        }
        (Preset::CloudflareAccess, Some(Team(team))) => {
            let issuer = format!("https://{team}.cloudflareaccess.com");
            let jwks_uri = format!("{issuer}/cdn-cgi/access/certs");
            Some(Known { issuer, jwks_uri, header: "cf-access-jwt-assertion" })
        }
        (Preset::CloudflareAccess, None) => {
            if !context.faults.any_below(&at) {
                context.faults.add(at, "nothing", "the name of the team at Cloudflare Access");
            }
            None
        }
    }
}

/// Checks the members that a preset requires.
pub(super) fn hold(
    preset: Option<Preset>,
    rules: &mut ClaimRules,
    at: &str,
    context: &mut Context<'_>,
) {
    let Some(preset) = preset else { return };
    if rules.audience == Audience::Unchecked && !context.faults.any_below(&join(at, "audience")) {
        context.faults.add(
            join(at, "audience"),
            "`unchecked`",
            "an audience: this issuer signs tokens for everybody",
        );
    }
    if preset == Preset::CloudflareAccess {
        return;
    }
    // Everybody can have an account at this issuer. Without a name, anyone with an account would be
    // this caller.
    let is = |rule: &ClaimRule, name: &str| matches!(&*rule.path, [claim] if **claim == *name);
    let has = |name: &str| rules.claims.iter().any(|rule| is(rule, name));
    // Anyone can have an address that begins with `cron@`.
    let is_whole = |value: &ClaimValue| !matches!(value, ClaimValue::StartsWith(_));
    let names_somebody = rules.claims.iter().any(|rule| {
        is(rule, "email")
            && matches!(&rule.test, ClaimTest::Is(values) if values.iter().all(is_whole))
    });
    if !names_somebody && rules.subjects.is_empty() && !context.faults.any_below(at) {
        context.faults.add(
            at,
            "nobody in particular",
            "`claims.email` or `subjects`: anyone has an account at Google",
        );
    }
    if has("email") && !has("email_verified") {
        let test = ClaimTest::Is([ClaimValue::Bool(true)].into());
        rules.claims.push(ClaimRule { path: ["email_verified".into()].into(), test });
    }
}
