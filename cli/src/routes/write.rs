//! `--write`: a policy in the positive form, which says everything that an application serves and
//! denies the rest.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use wicketgate_policy::Stack;

use super::list::List;
use super::pattern::{self, Pattern};
use super::text::plain;
use super::{Kind, names};

/// A path of the policy, with the methods that the application has there; `None` if its list does
/// not tell.
struct Served {
    pattern: Pattern,
    methods: Option<BTreeSet<String>>,
    /// The word because of which it looks internal.
    internal: Option<String>,
    /// The pattern covers more than the route does.
    wider: bool,
}

/// The rules of a kind that share their methods.
type Groups<'s> = BTreeMap<(String, Option<&'s BTreeSet<String>>), Vec<&'s Served>>;

/// The policy as YAML. A parameter may have any value, or with `one_segment` those that are one
/// segment however an origin reads them.
pub(super) fn policy(
    list: &List,
    kind: Kind,
    source: &str,
    name: &str,
    stack: Stack,
    one_segment: bool,
) -> String {
    let (mut served, unsaid) = served(list);
    if !one_segment {
        served = with_any_value(served);
    }
    for (pattern, methods) in files(list, stack) {
        if !served.values().any(|other| other.internal.is_none() && other.pattern.covers(&pattern))
        {
            let methods = Some(methods.iter().map(|&method| method.to_owned()).collect());
            let of = Served { pattern, methods, internal: None, wider: false };
            served.insert(of.pattern.shape(), of);
        }
    }
    inherit(&mut served);
    let (mut public, mut internal) = (Groups::new(), Groups::new());
    for of in served.values() {
        let (groups, word) = match &of.internal {
            None => (&mut public, "public".to_owned()),
            Some(word) => (&mut internal, id(word)),
        };
        groups.entry((word, of.methods.as_ref())).or_default().push(of);
    }

    let mut text = String::new();
    let mut line = |told: &str| _ = writeln!(text, "{told}");
    line(&format!(
        "# Everything that the application serves, by {}. The rest is denied.",
        plain(source)
    ));
    line(
        "# CHANGE marks what is yours to decide. Whether the application has routes that this policy",
    );
    line("# does not know is told by `wicketgate routes --check`.");
    line(&format!("version: 1\nname: \"{name}\" # CHANGE"));
    line("environment: production\n");
    line(
        "# Whose address is in the audit lines: that of the connection. Behind a proxy of your own:",
    );
    line("#   envoy: { from: x-forwarded-for, trusted_proxies: [10.128.0.0/20] }");
    line("client_address:\n  envoy: { from: peer }\n");
    if !internal.is_empty() {
        let today = crate::time::now().to_string();
        let today = today.split('T').next().unwrap_or_default();
        line("callers:");
        line(
            "  internal: # CHANGE: who calls the guarded routes; better a caller for each service",
        );
        line("    token:");
        line("      header: x-internal-token # CHANGE: the header that it sends");
        line("      keys:");
        line(
            "        # The host has the secret in this variable. A digest (`sha256`) needs no variable:",
        );
        line("        # `wicketgate token new` makes both.");
        line(&format!("        - {{ id: first, env: INTERNAL_TOKEN, created: {today} }}\n"));
    }
    line("rules:");
    let mut ids = BTreeSet::new();
    if !public.is_empty() {
        line(
            "  # For everybody, without a credential. CHANGE: a route that is not gets a rule with a",
        );
        line(
            "  # `caller`. OPTIONS is a method like others: name it where browsers ask before they call",
        );
        line("  # from another site.");
        if served.values().any(|of| of.pattern.with_any_value().is_some()) {
            line(
                "  # `{…}` is one segment in every reading: a value with a slash, a backslash or a",
            );
            line("  # percent sign in it, encoded too, is refused.");
        }
        if !one_segment && served.values().any(|of| of.wider) {
            line(
                "  # `/*` stands for a parameter of any value, and opens what else is there. CHANGE: `{…}`",
            );
            line(
                "  # and what follows it, as `--one-segment` writes it, where a value is one plain segment.",
            );
        }
    }
    for ((word, methods), routes) in &public {
        line(&rule(&unique(word, *methods, &mut ids), routes));
        let methods = methods.map(|m| format!(", methods: {}", listed(m))).unwrap_or_default();
        if methods.is_empty() && list.routes.iter().any(|route| route.methods.is_empty()) {
            line("    # CHANGE: the application's list tells no methods, so all are public");
        }
        line(&format!("    allow:\n      - {{ public: true{methods} }}"));
    }
    for ((word, methods), routes) in &internal {
        line("  # By its name this is not for everybody. CHANGE: who may call it, or `public`.");
        line(&rule(&unique(word, *methods, &mut ids), routes));
        let methods = methods.map(|m| format!("methods: {}, ", listed(m))).unwrap_or_default();
        line(&format!("    allow:\n      - {{ {methods}caller: internal }} # CHANGE"));
    }
    for (route, why) in &unsaid {
        line(&format!("  # CHANGE: no rule for {}, which is denied: {}", plain(route), plain(why)));
    }
    line("\n# What no rule covers is refused, in whatever spelling.\nunmatched: deny");
    line(if stack.has_known_404() {
        "default_deny: { status: 404, like_missing: true }\n"
    } else {
        "default_deny: { status: 404, json: { error: Not found } }\n"
    });
    if kind == Kind::Openapi {
        line(
            "# CHANGE: a route that the document leaves out (FastAPI: `/docs`, `/openapi.json`, mounted",
        );
        line("# files) has no rule yet. Where `{p}` is a `{p:path}`, write `/*`.");
    }
    line(&format!("origin:\n  stack: {}", stack.name()));
    if !list.mounts.is_empty() {
        line("  # The application answers below these prefixes too.");
        line(&format!("  mounts: [{}]", list.mounts.join(", ")));
    }
    if !list.locales.is_empty() {
        let quoted: Vec<String> = list.locales.iter().map(|one| format!("\"{one}\"")).collect();
        line(&format!("  locales: [{}]", quoted.join(", ")));
    }
    if stack == Stack::Nextjs {
        line(
            "  # CHANGE: the ids of the server actions that public pages use, `all` if each checks its",
        );
        line("  # caller itself, or `none`.");
        line("  actions: none");
    }
    line("\nforward:");
    line("  # The application sees who called (`x-caller`) in place of the token.");
    line("  credential: remove\n  caller_header: x-caller");
    line(
        "  # A header that the application checks, so that nobody gets round the gate by its own address:",
    );
    line("  #   proof: { header: x-gate-proof, env: GATE_PROOF }");
    text
}

/// Every path of the application by its shape, and the routes that a policy can't say.
fn served(list: &List) -> (BTreeMap<String, Served>, Vec<(String, String)>) {
    let mut served: BTreeMap<String, Served> = BTreeMap::new();
    let mut unsaid = list.unread.clone();
    for route in &list.routes {
        // Prefixes and locales are in `origin`, so the plainest path is enough.
        let Some(template) = route.templates.first() else { continue };
        let internal = names::internal(template.texts());
        let template = template.without(list.base);
        let known: BTreeSet<String> = route.methods.iter().flat_map(|m| with_head(m)).collect();
        let sayable: BTreeSet<String> = known.iter().filter(|m| is_method(m)).cloned().collect();
        let (patterns, wider) = match pattern::of(&template, &route.shown) {
            _ if sayable.is_empty() && !known.is_empty() => {
                unsaid.push((route.shown.clone(), "its method is none of a policy".to_owned()));
                continue;
            }
            Ok(found) => found,
            Err(why) => {
                unsaid.push((route.shown.clone(), why));
                continue;
            }
        };
        let leads = route.leads_to.as_ref().and_then(|(_, to)| names::internal(to.texts()));
        let internal = internal.or(leads).map(str::to_owned);
        for pattern in patterns {
            let methods = Some(sayable.clone()).filter(|methods| !methods.is_empty());
            let of = Served { pattern, methods, internal: internal.clone(), wider };
            let known = served.entry(of.pattern.shape());
            let known = known.or_insert_with(|| Served {
                pattern: of.pattern.clone(),
                methods: Some(BTreeSet::new()),
                internal: None,
                wider: false,
            });
            known.wider |= of.wider;
            known.internal = known.internal.take().or(of.internal);
            known.methods = both(known.methods.take(), of.methods.as_ref());
        }
    }
    (served, unsaid)
}

/// The same with everything below the parameters, but where that would mix public and guarded paths.
fn with_any_value(served: BTreeMap<String, Served>) -> BTreeMap<String, Served> {
    let public: Vec<Pattern> =
        served.values().filter(|of| of.internal.is_none()).map(|of| of.pattern.clone()).collect();
    let mut wide: BTreeMap<String, Served> = BTreeMap::new();
    for mut of in served.into_values() {
        let below = of.pattern.with_any_value().filter(|below| {
            of.internal.is_none() || !public.iter().any(|other| below.covers(other))
        });
        if let Some(below) = below {
            of.pattern = below;
            of.wider = true;
        }
        match wide.entry(of.pattern.shape()) {
            Entry::Vacant(place) => _ = place.insert(of),
            Entry::Occupied(mut place) => {
                let known = place.get_mut();
                known.wider |= of.wider;
                known.internal = known.internal.take().or(of.internal);
                known.methods = both(known.methods.take(), of.methods.as_ref());
            }
        }
    }
    wide
}

/// A path also takes the methods of the public patterns around it: `DELETE /items/new` is the item
/// `new` if only `POST /items/new` has a route of its own.
fn inherit(served: &mut BTreeMap<String, Served>) {
    let public: Vec<(Pattern, Option<BTreeSet<String>>)> = served
        .values()
        .filter(|of| of.internal.is_none())
        .map(|of| (of.pattern.clone(), of.methods.clone()))
        .collect();
    for of in served.values_mut().filter(|of| of.internal.is_none()) {
        for (_, methods) in public.iter().filter(|(around, _)| around.covers(&of.pattern)) {
            of.methods = both(of.methods.take(), methods.as_ref());
        }
    }
}

fn both(
    one: Option<BTreeSet<String>>,
    other: Option<&BTreeSet<String>>,
) -> Option<BTreeSet<String>> {
    let (one, other) = (one?, other?);
    Some(one.union(other).cloned().collect())
}

/// Files that the framework serves beside its routes.
fn files(list: &List, stack: Stack) -> Vec<(Pattern, &'static [&'static str])> {
    const READ: &[&str] = &["GET", "HEAD"];
    let own: &[&str] = match stack {
        Stack::Nextjs => &["_next/static/*", "_next/image"],
        Stack::Django => &["static/*"],
        _ => &[],
    };
    let own = own.iter().map(|&path| path.to_owned()).chain(list.files.iter().cloned());
    own.filter_map(|path| match path.strip_suffix("/*") {
        Some(path) => Pattern::at_the_top(path, true),
        None => Pattern::at_the_top(&path, false),
    })
    .map(|pattern| (pattern, READ))
    .collect()
}

/// Frameworks answer HEAD where they answer GET.
fn with_head(method: &str) -> Vec<String> {
    match method {
        "GET" => vec!["GET".to_owned(), "HEAD".to_owned()],
        other => vec![other.to_owned()],
    }
}

fn is_method(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
        && text != "CONNECT"
}

/// A rule up to its `allow`.
fn rule(id: &str, routes: &[&Served]) -> String {
    let mut text = format!("  - id: {id}\n    paths:");
    for of in routes {
        let path = of.pattern.text();
        // Only letters, digits and a few signs are plain in YAML, whatever stands around them.
        let quoted = path.chars().any(|c| !c.is_ascii_alphanumeric() && !"/-_.*".contains(c));
        let path = if quoted { format!("\"{path}\"") } else { path };
        let note = match (of.wider, of.pattern.is_below() && path == "/*") {
            (_, true) => " # CHANGE: every path that no other rule covers",
            (true, _) => " # CHANGE: wider than the route",
            _ => "",
        };
        _ = write!(text, "\n      - {path}{note}");
    }
    text
}

/// A rule's id that no other one has.
fn unique(word: &str, methods: Option<&BTreeSet<String>>, ids: &mut BTreeSet<String>) -> String {
    let methods = methods.map(|all| all.iter().cloned().collect::<Vec<_>>().join("-"));
    let id = format!("{word}-{}", methods.unwrap_or_else(|| "any".to_owned()).to_lowercase());
    // It has at most 64 bytes, and none of another length than its characters.
    let short: String = id.chars().take(56).collect();
    let all = std::iter::once(short.clone()).chain((2_u32..).map(|n| format!("{short}-{n}")));
    let id = all.into_iter().find(|id| !ids.contains(id)).unwrap_or(short);
    ids.insert(id.clone());
    id
}

/// A word of a path as the beginning of an id.
fn id(word: &str) -> String {
    let letters = word.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let id = letters.collect::<String>().to_ascii_lowercase();
    let id = id.trim_matches('-');
    if id.is_empty() { "internal".to_owned() } else { id.chars().take(24).collect() }
}

fn listed(methods: &BTreeSet<String>) -> String {
    format!("[{}]", methods.iter().cloned().collect::<Vec<_>>().join(", "))
}
