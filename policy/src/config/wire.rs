//! The document's own types: what may stand where. Nothing outside this folder sees them.
//!
//! Every member of a struct is an `Option`: `None` where it is absent or was refused, so that the
//! checks between members go on over the rest and all faults come out at once.

use super::fault::Faults;
use super::node::Node;
use super::read::{List, Map, Members, Read};
use crate::address::Cidr;
use crate::choose::Pattern;
use crate::header::{HeaderName, HeaderValue};
use crate::stack::Stack;
use crate::time::Time;
use alloc::string::String;

#[macro_use]
mod kinds;
mod abuse;
mod actions;
mod jwt;
mod values;
pub(super) use abuse::{Abuse, RateLimit, ValidCallers};
pub(super) use actions::{ActionId, Actions};
pub(super) use jwt::{
    Audience, ClaimValues, Cluster, Duration, Jwt, JwtKeys, Lifetime, Mtls, Preset, Scope, Team,
    Text, Uri,
};
pub(super) use values::{
    AbsentSecrets, Ambiguous, AuditAllowed, CacheControl, Credential, HexDigest, HostName, Id,
    KeyId, Locale, Method, Mount, RuleMode, Scheme, ServerErrors, Stage, Status, Unmatched,
    Variable, Version, is_id,
};

object! {
    /// The whole document.
    Policy {
        /// The version of this format: `1`.
        required version: Version,
        /// What the policy is called in audit lines (`rule.ruleset`) and in the log.
        required name: Id,
        /// What it is for. A `development` policy takes effect only where the host says
        /// `WICKETGATE_ENVIRONMENT=development` too, and every audit line is marked.
        required environment: Stage,
        /// What becomes of the policy where a variable with a secret is absent: it does not start
        /// (`refuse`), or it starts, says so, and denies that caller (`deny`). The secret of
        /// `forward.proof` always refuses. Unless said: `refuse`; in `development` always `deny`.
        optional absent_secrets: AbsentSecrets,
        /// Where the client's address comes from, a host each. Unless said: the peer of the socket
        /// on Envoy, `cf-connecting-ip` on Cloudflare.
        optional client_address: ClientAddress,
        /// Networks by name, for the `network` of alternatives.
        optional networks: Map<List<Cidr>>,
        /// Who may call, by name. The name is what `forward.caller_header` and audit lines say: 1
        /// to 64 of `a`-`z`, `0`-`9` and `-`.
        optional callers: Map<Caller>,
        /// What is guarded, and for whom it opens. Their order means nothing: the most specific
        /// path wins, and of two that cross both must allow. It may be empty where `unmatched` is
        /// `deny`.
        required rules: List<Rule>,
        /// The answer where a rule has none of its own, and to what no rule covers. Unless said:
        /// 403 and `{"error":"Forbidden"}`.
        optional default_deny: Deny,
        /// What becomes of a request that no rule covers.
        required unmatched: Unmatched,
        /// What is behind the gate, so that the paths under which it serves a handler are known.
        /// Unless said: any of the stacks, without mounts and locales.
        optional origin: Origin,
        /// Headers in which the origin believes who a user is, such as `x-user-id`. They are
        /// removed from every request, in every spelling, but for `pass_identity`.
        optional identity_headers: List<HeaderName>,
        /// What the origin gets to see of an allowed request.
        required forward: Forward,
        /// What audit lines are written, and what is in them.
        optional audit: Audit,
        /// When refusals turn into throttling. Unless said: never.
        optional abuse: Abuse,
    }
}

object! {
    /// Where the client's address comes from, a host each.
    ClientAddress {
        /// On Envoy, Istio and Envoy Gateway. Unless said: the peer, as the filter before the gate
        /// hands it over.
        optional envoy: Source,
        /// On Cloudflare Workers. Unless said: `cf-connecting-ip`.
        optional cloudflare: Source,
    }
}

object! {
    Source {
        /// On Envoy `peer`, or the header that your proxies write, such as `x-forwarded-for`. On
        /// Cloudflare `cf-connecting-ip`, the only one there is.
        required from: HeaderName,
        /// The proxies in front of this Envoy, which the header is counted through from the right.
        /// It must be there with a header and must not with `peer` and on Cloudflare; none may be
        /// inside one of `networks`.
        optional trusted_proxies: List<Cidr>,
    }
}

object! {
    /// A caller has one kind of credential or several, and each is enough.
    Caller {
        /// A secret that the caller sends in a header.
        optional token: Token,
        /// A signed token of an issuer.
        optional jwt: Jwt,
        /// A name in the certificate that the host has checked.
        optional mtls: Mtls,
    }
}

object! {
    Token {
        /// The header that the token comes in.
        required header: HeaderName,
        /// What stands before the token: `Bearer`. Unless said: nothing.
        optional scheme: Scheme,
        /// The keys that are good. Several, so that a rotation has no moment in which the caller is
        /// refused; at most 32 for one header whose tokens have no id.
        required keys: List<Key>,
    }
}

object! {
    /// A key of a caller.
    Key {
        /// What the key is called in audit lines, unlike the other keys of its caller. It is no
        /// secret.
        required id: KeyId,
        /// The variable of the host's environment with the token. One of `env` and `sha256`.
        optional env: Variable,
        /// The token's digest, as `wicketgate token digest` tells it: safe to commit.
        optional sha256: HexDigest,
        /// Beside `sha256`: the token has the form `wg_<id>_<secret>`, and names this key. Unless
        /// said: `false`.
        optional named: bool,
        /// When it was made. `wicketgate check` warns once it is over 90 days old.
        optional created: Time,
        /// From when on it is good.
        optional not_before: Time,
        /// Until when it is good.
        optional not_after: Time,
        /// It is good no more, and whoever uses it is denied with a reason of its own
        /// (`key_revoked`). Unless said: `false`.
        optional revoked: bool,
    }
}

object! {
    Rule {
        /// What the rule is called in audit lines and metrics.
        required id: Id,
        /// What it guards. A path stands in one rule. A path in another router's language (`:id`,
        /// `<id>`, `[id]`, `$id`, `*` in the middle) is a fault; a segment that really begins with
        /// `:` or `$` is written with that sign doubled, as in `/fhir/$$everything`.
        required paths: List<Pattern>,
        /// The hosts for which it counts, compared in lower case without port and trailing dot. A
        /// host that no rule names gets every rule. Unless said: all.
        optional hosts: List<HostName>,
        /// `shadow`: the rule is evaluated and audited, and has no effect. Unless said: `enforce`.
        optional mode: RuleMode,
        /// What becomes of a target that origins could read in ways that choose different rules: it
        /// is refused, or every one of these rules must allow the same caller (`check`). Unless
        /// said: `refuse`.
        optional ambiguous: Ambiguous,
        /// Alternatives, of which one must hold in all its parts. Empty: nobody.
        required allow: List<Alternative>,
        /// The answer to what the rule refuses. Unless said: `default_deny`.
        optional deny: Deny,
        /// What becomes of the answer to an allowed request.
        optional response: Response,
        /// How many calls each of its callers may make; those without a name are one caller.
        /// Unless said: any number.
        optional rate_limit: RateLimit,
    }
}

object! {
    Alternative {
        /// The methods that it is for. HEAD and OPTIONS are methods like others, and must be named.
        /// Unless said: all.
        optional methods: List<Method>,
        /// A caller of `callers`. Each alternative has one: an address alone is no credential.
        optional caller: String,
        /// `true` in place of a caller: no credential is asked for. In `development` only.
        optional anyone: bool,
        /// A network of `networks` in which the client's address must be, beside the credential.
        /// Unless said: any address.
        optional network: String,
        /// Headers of `identity_headers` that this caller may send on. Unless said: none.
        optional pass_identity: List<HeaderName>,
    }
}

object! {
    Deny {
        /// From 400 to 599. A 401 gets a `www-authenticate` challenge.
        required status: Status,
        /// The body, as JSON of at most 16 KiB. One of `json` and `text`.
        optional json: Node,
        /// The body, as plain text. Unless said: no body.
        optional text: String,
        /// Further headers, but none that frame the message and no `cache-control`: the answer is
        /// `no-store`.
        optional headers: Map<HeaderValue>,
        /// The answer looks as the origin's own 404: its body is that of `origin.stack`, or the one
        /// given here, and there is no `cache-control`. `status` must be 404. Unless said: `false`.
        optional like_missing: bool,
        /// Another answer where the request has none of the headers that the rule reads. Unless
        /// said: the same answer.
        optional missing: Answer,
        /// The answer to whoever has passed a limit, with `retry-after`. Unless said: 429 and
        /// `{"error":"Too Many Requests"}`.
        optional throttled: Answer,
    }
}

object! {
    Answer {
        /// From 400 to 599. A 401 gets a `www-authenticate` challenge.
        required status: Status,
        /// The body, as JSON of at most 16 KiB. One of `json` and `text`.
        optional json: Node,
        /// The body, as plain text. Unless said: no body.
        optional text: String,
        /// Further headers, but none that frame the message and no `cache-control`: the answer is
        /// `no-store`.
        optional headers: Map<HeaderValue>,
    }
}

object! {
    Response {
        /// Whether an allowed answer gets `cache-control: private, no-store`, for a shared cache
        /// does not know who may see it, or keeps the origin's own. Unless said: `no-store`.
        optional cache_control: CacheControl,
        /// Whether the body of a server error (5xx) leaves as the origin wrote it, or is replaced
        /// with generic JSON. The status stays. Unless said: `pass`.
        optional server_errors: ServerErrors,
    }
}

object! {
    Origin {
        /// What the application is made with. It settles how the origin reads unusual targets of
        /// paths, and adds the stack's own aliases, such as data routes of Next.js. Unless said:
        /// any of them, with the aliases of all.
        optional stack: Stack,
        /// Prefixes under which the application is served too, or that are stripped on the way to
        /// it.
        optional mounts: List<Mount>,
        /// Locales that the application strips from the front of a path.
        optional locales: List<Locale>,
        /// Which handlers are public that a header or a query names, on whatever path: server actions
        /// of Next.js (`next-action`) and React Router (`rsc-action-id`), and Astro's actions
        /// (`?_action=` and `/_actions/`, by their names, where no rule covers `/_actions/name`).
        /// `none`: the application has no actions, and the header is removed. `all`: every action is public, as far as the gate
        /// goes. An array: the ids of those that are, as the header has them; they stay the same from
        /// build to build only with a fixed `NEXT_SERVER_ACTIONS_ENCRYPTION_KEY`. A request for
        /// any other must be allowed by every rule. Unless said: none is public.
        optional actions: Actions,
    }
}

object! {
    Forward {
        /// Whether the origin gets the credential of an allowed request. `keep` lets the
        /// application's own check go on as a second line.
        required credential: Credential,
        /// A header with the caller's name, for the origin. It is removed from every request first.
        /// Unless said: none.
        optional caller_header: HeaderName,
        /// A header that proves to the origin that a guarded request came through the gate. Unless
        /// said: none.
        optional proof: Proof,
    }
}

object! {
    Proof {
        /// The header. It is removed from every request first.
        required header: HeaderName,
        /// The variable with the value: a secret of the gate's and the origin's own, and no
        /// caller's.
        required env: Variable,
    }
}

object! {
    Audit {
        /// Whether allowed guarded requests have audit lines. Denied ones always do. Unless said:
        /// `guarded`.
        optional allowed: AuditAllowed,
        /// Whether audit lines have the `user-agent`. Unless said: `false`.
        optional user_agent: bool,
    }
}
