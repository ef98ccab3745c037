//! The types of the document; those of a kind of credential are in its folder.
//!
//! Every member of a struct is an `Option`: `None` if it is absent or was refused. So the checks
//! between members go on with the rest, and all faults are reported at once.

use crate::address::Cidr;
use crate::choose::Pattern;
use crate::credential::wire::Caller;
use crate::form::Faults;
use crate::form::kinds::object;
use crate::form::node::Node;
use crate::form::read::{List, Map, Members, Read};
use crate::form::{Id, SecretVariable};
use crate::header::{HeaderName, HeaderValue};
use crate::stack::Stack;
use alloc::string::String;

mod abuse;
mod actions;
mod values;
pub(crate) use abuse::{Abuse, RateLimit, ValidCallers};
pub(crate) use actions::{ActionId, Actions};
pub(crate) use values::{
    AbsentSecrets, Ambiguous, AuditAllowed, CacheControl, Credential, HostName, Locale, Method,
    Mount, RuleMode, ServerErrors, Stage, Status, Unmatched, Version,
};

object! {
    /// The whole document.
    Policy {
        /// The version of this format: `1`.
        required version: Version,
        /// The name of the policy in audit lines (`rule.ruleset`) and in the log.
        required name: Id,
        /// The environment that the policy is for. A `development` policy takes effect only if the
        /// host says `WICKETGATE_ENVIRONMENT=development` too, and every audit line is marked.
        required environment: Stage,
        /// If a variable with a secret is absent, the gate does not start (`refuse`), or it starts,
        /// logs a warning, and denies that caller (`deny`). Without the secret of `forward.proof`
        /// it never starts. Default: `refuse`; in `development` always `deny`.
        optional absent_secrets: AbsentSecrets,
        /// The source of the client's address, for each kind of host. Default: the peer of the
        /// socket on Envoy, `cf-connecting-ip` on Cloudflare.
        optional client_address: ClientAddress,
        /// Networks by name, for the `network` of alternatives.
        optional networks: Map<List<Cidr>>,
        /// The callers, by name: 1 to 64 of `a`-`z`, `0`-`9` and `-`. `forward.caller_header` and
        /// audit lines use this name.
        optional callers: Map<Caller>,
        /// The guarded paths, each with its callers. The order of rules means nothing: the most
        /// specific path wins, and if two rules cross, both must allow. The list may be empty if
        /// `unmatched` is `deny`.
        required rules: List<Rule>,
        /// The answer of rules that have none of their own, and to requests that no rule covers.
        /// Default: 403 and `{"error":"Forbidden"}`.
        optional default_deny: Deny,
        /// Requests that no rule covers are forwarded (`pass`) or denied (`deny`).
        required unmatched: Unmatched,
        /// The application behind the gate. It tells the gate under which paths a handler is
        /// served. Default: any of the stacks, without mounts and locales.
        optional origin: Origin,
        /// Headers that tell the origin who a user is, such as `x-user-id`. They are removed from
        /// every request, in every spelling, except those that `pass_identity` allows.
        optional identity_headers: List<HeaderName>,
        /// The changes to an allowed request before the origin gets it.
        required forward: Forward,
        /// The choice of audit lines, and of their content.
        optional audit: Audit,
        /// When refusals turn into throttling. Default: never.
        optional abuse: Abuse,
        /// The address or file of this schema, for editors. The gate does not read it. Default:
        /// none.
        optional schema as "$schema": String,
    }
}

object! {
    /// The source of the client's address, for each kind of host.
    ClientAddress {
        /// The source on Envoy, Istio and Envoy Gateway. Default: the peer, which the filter before
        /// the gate hands over.
        optional envoy: Source,
        /// The source on Cloudflare Workers. Default: `cf-connecting-ip`.
        optional cloudflare: Source,
    }
}

object! {
    Source {
        /// On Envoy `peer`, or the header that your proxies write, such as `x-forwarded-for`. On
        /// Cloudflare `cf-connecting-ip`, the only one there is.
        required from: HeaderName,
        /// The proxies in front of this Envoy. The header is counted from the right through them. A
        /// connection from any other address is the client's own, and the header is ignored: so
        /// name every proxy. Required with a header; not allowed with `peer` or on Cloudflare. No
        /// proxy may be inside one of `networks`.
        optional trusted_proxies: List<Cidr>,
    }
}

object! {
    Rule {
        /// The name of the rule in audit lines and metrics.
        required id: Id,
        /// The paths that the rule guards. A path can be in one rule only. A path in another
        /// router's language (`:id`, `<id>`, `[id]`, `$id`, `*` in the middle) is a fault. If a
        /// segment really begins with `:` or `$`, double that sign, as in `/fhir/$$everything`.
        required paths: List<Pattern>,
        /// The hosts on which the rule applies, compared in lower case without port and trailing
        /// dot. `*.shop.example` means any one label in place of the `*`, as in certificates:
        /// `de.shop.example`, but not `shop.example` nor `a.de.shop.example`. Every rule applies on
        /// a host that no rule names, and if a header (`forwarded`, `x-forwarded-host` and the
        /// like) names another host than the request's own. Default: all.
        optional hosts: List<HostName>,
        /// `shadow`: the rule is evaluated and audited, and has no effect. Default: `enforce`.
        optional mode: RuleMode,
        /// If origins could read a target in ways that choose different rules, it is refused
        /// (`refuse`), or all of these rules must allow the same caller (`check`). Default:
        /// `refuse`.
        optional ambiguous: Ambiguous,
        /// The alternatives. One of them must hold in all its parts. If the list is empty, nobody
        /// is allowed.
        required allow: List<Alternative>,
        /// The answer to requests that the rule refuses. Default: `default_deny`.
        optional deny: Deny,
        /// The changes to the answer to an allowed request.
        optional response: Response,
        /// The number of calls that each caller may make under the rule. Callers without a name
        /// count as one. Default: any number.
        optional rate_limit: RateLimit,
    }
}

object! {
    Alternative {
        /// The methods of the alternative. HEAD and OPTIONS are methods like others, and must be
        /// named. Default: all.
        optional methods: List<Method>,
        /// A caller of `callers`. Each alternative needs one, or says that it is `public`.
        optional caller: String,
        /// `true` in place of a caller: no credential is needed, in any environment. With a
        /// `network`, the client's address alone is enough. It opens the paths of this rule and
        /// nothing beside them: a request that an origin could also read as one for another rule
        /// needs what that rule asks for.
        optional public: bool,
        /// `true` in place of a caller that isn't there yet: in `development` only, so that such a
        /// policy can't open a guarded path in production. The request counts as guarded.
        optional anyone: bool,
        /// A network of `networks`. The client's address must be in it, and the credential is
        /// needed too, unless the alternative is `public`. Default: any address.
        optional network: String,
        /// Headers of `identity_headers` that this caller may send on. Default: none.
        optional pass_identity: List<HeaderName>,
    }
}

object! {
    Deny {
        /// From 400 to 599. A 401 gets a `www-authenticate` challenge.
        required status: Status,
        /// The body, as JSON of at most 16 KiB. One of `json` and `text`.
        optional json: Node,
        /// The body, as plain text. Default: no body.
        optional text: String,
        /// Further headers, except those that frame the message, and `cache-control`: the answer is
        /// `no-store`.
        optional headers: Map<HeaderValue>,
        /// The answer looks like the origin's own 404: its body is that of `origin.stack`, or the
        /// one given here, and there is no `cache-control`. `status` must be 404. Default: `false`.
        optional like_missing: bool,
        /// Another answer to requests without any of the headers that the rule reads. Default: the
        /// same answer.
        optional missing: Answer,
        /// The answer to a client or caller that has passed a limit. It has `retry-after`. Default:
        /// 429 and `{"error":"Too Many Requests"}`.
        optional throttled: Answer,
    }
}

object! {
    Answer {
        /// From 400 to 599. A 401 gets a `www-authenticate` challenge.
        required status: Status,
        /// The body, as JSON of at most 16 KiB. One of `json` and `text`.
        optional json: Node,
        /// The body, as plain text. Default: no body.
        optional text: String,
        /// Further headers, except those that frame the message, and `cache-control`: the answer is
        /// `no-store`.
        optional headers: Map<HeaderValue>,
    }
}

object! {
    Response {
        /// An allowed answer gets `cache-control: private, no-store` (`no-store`), because a shared
        /// cache does not know who may see it, or it keeps the origin's own (`keep`). Default:
        /// `no-store`; `keep` if the request was public for everybody.
        optional cache_control: CacheControl,
        /// The body of a server error (5xx) stays as the origin wrote it (`pass`), or generic JSON
        /// replaces it (`replace`). The status stays. Default: `pass`.
        optional server_errors: ServerErrors,
    }
}

object! {
    Origin {
        /// The framework of the application. It decides how the gate reads unusual targets, and
        /// adds the stack's own aliases, such as data routes of Next.js. Default: any of them, with
        /// the aliases of all.
        optional stack: Stack,
        /// Prefixes under which the application is served too, or that a proxy strips on the way to
        /// it.
        optional mounts: List<Mount>,
        /// Locales that the application strips from the front of a path.
        optional locales: List<Locale>,
        /// The public ones among the handlers that a header or a query can name on any path: server
        /// actions of Next.js (`next-action`) and React Router (`rsc-action-id`), and Astro's
        /// actions (`?_action=` and `/_actions/`, by their names, if no rule covers
        /// `/_actions/name`). `none`: the application has no actions, and the header is removed.
        /// `all`: the gate takes every action for public. A list: the ids of the public ones, as
        /// the header has them; they stay the same from build to build only with a fixed
        /// `NEXT_SERVER_ACTIONS_ENCRYPTION_KEY`. Every rule must allow a request for any other
        /// action. Default: none is public.
        optional actions: Actions,
    }
}

object! {
    Forward {
        /// The credential of an allowed request is removed (`remove`), or the origin gets it
        /// (`keep`), so that the application's own check can stay as a second line.
        required credential: Credential,
        /// A header with the caller's name, for the origin. It is removed from every request first.
        /// Default: none.
        optional caller_header: HeaderName,
        /// A header that proves to the origin that a guarded request came through the gate.
        /// Default: none.
        optional proof: Proof,
    }
}

object! {
    Proof {
        /// The header. It is removed from every request first.
        required header: HeaderName,
        /// The variable with the value: a secret that only the gate and the origin know, and no
        /// caller.
        required env: SecretVariable,
    }
}

object! {
    Audit {
        /// The allowed requests that have audit lines: those that a credential or an address opened
        /// (`guarded`), also those that are public for everybody (`all`), or no others than the
        /// denied ones, which always have them (`none`). Default: `guarded`.
        optional allowed: AuditAllowed,
        /// `true` if audit lines have the `user-agent`. Default: `false`.
        optional user_agent: bool,
        /// `true` if Envoy's access logs can show the decision about a guarded request, as
        /// `%FILTER_STATE(wasm.wicketgate.decision:PLAIN)%`, and so `reason`, `rule` and `caller`.
        /// Each guarded request then takes three host calls more. Default: `false`.
        optional access_log: bool,
    }
}
