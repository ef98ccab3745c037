//! The path rule against targets that real origins were seen to run, and against lawful ones.
//!
//! The lists and their policy are in `vectors/paths`. Each rule of the policy admits a caller of
//! its own, so that a target can be caught under the wrong rule, and not only under none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use wicketgate_policy::{Environment, Header, Host, Outcome, Peer, Policy, Request, Time, Verdict};

/// The rules of the policy, and a token for the one caller that each admits.
const TOKENS: [(&str, &str, &str); 4] = [
    ("internal", "OPS_TOKEN", "Zq0pJtq3u1m5vK8cX2bN7sR4wL6yD9fA"),
    ("latest-runs", "UPDATER_TOKEN", "hT5nW8kP2xV6mQ9jB3rL7cF4yG1sZ0dE"),
    ("balance", "BILLING_TOKEN", "aR7vM2kX9pL4tN6wJ1qB8sC5yH3zD0gF"),
    ("balance-admin", "ADMIN_TOKEN", "uK4mB9xQ1wT7pZ3nV6rJ8cL2yS5hD0fG"),
];

#[derive(Debug, PartialEq)]
enum Answer {
    Allow,
    Deny,
    Pass,
}

fn policy() -> &'static Policy {
    static LOADED: OnceLock<Policy> = OnceLock::new();
    LOADED.get_or_init(|| Policy::load(list("policy.json").as_bytes(), &environment()).unwrap())
}

/// The same policy, which says that the origin is one without aliases of its own.
fn named_policy() -> &'static Policy {
    static LOADED: OnceLock<Policy> = OnceLock::new();
    LOADED.get_or_init(|| {
        let origin = "\"origin\": { \"stack\": \"express\" },\n  \"unmatched\"";
        let document = list("policy.json").replace("\"unmatched\"", origin);
        Policy::load(document.as_bytes(), &environment()).unwrap()
    })
}

fn environment() -> Environment {
    TOKENS
        .iter()
        .fold(Environment::new(Host::Envoy), |host, (_, name, token)| host.with(name, *token))
}

fn ask(target: &[u8], token: Option<&str>) -> Answer {
    ask_policy(policy(), target, token)
}

fn ask_policy(policy: &Policy, target: &[u8], token: Option<&str>) -> Answer {
    let mut headers = vec![
        Header { name: b":method", value: b"GET" },
        Header { name: b":path", value: target },
        Header { name: b":authority", value: b"app.example" },
    ];
    if let Some(token) = token {
        headers.push(Header { name: b"x-internal-token", value: token.as_bytes() });
    }
    let request = Request { headers: &headers, peer: Peer::Address(b"127.0.0.1") };
    let Outcome::Decided(decision) = policy.decide(&request, Time::BUILD) else {
        panic!("the peer is known, and nothing else can be needed");
    };
    match decision.verdict {
        Verdict::Allow(_) => Answer::Allow,
        Verdict::Deny(_) => Answer::Deny,
        Verdict::Pass { .. } => Answer::Pass,
    }
}

/// The fault of the answers for a target whose handler `rule` guards (`several`: origins disagree
/// which), if there is one. Nobody may get through without its caller's token.
fn missed(target: &[u8], rule: &str) -> Option<String> {
    let wrong = [None, Some("wrong"), Some("wrong-but-as-long-as-a-token-is-0123456789")];
    let others =
        TOKENS.iter().filter(|(other, ..)| *other != rule).map(|(_, _, token)| Some(*token));
    wrong.into_iter().chain(others).find_map(|token| {
        let answer = ask(target, token);
        let shown = target.escape_ascii();
        (answer != Answer::Deny).then(|| format!("{shown}: {answer:?} with {token:?}, runs {rule}"))
    })
}

fn list(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/paths").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The targets of a list, by section.
fn targets(name: &str) -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut sections = BTreeMap::<String, Vec<Vec<u8>>>::new();
    let mut section = String::new();
    for line in list(name).lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            section = comment.strip_prefix("runs: ").unwrap_or_default().to_owned();
        } else if !line.is_empty() && line != "#" {
            sections.entry(section.clone()).or_default().push(unescape(line));
        }
    }
    sections
}

fn unescape(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        (bytes, rest) = match rest {
            [b'\\', b'\\', tail @ ..] => ([bytes, vec![b'\\']].concat(), tail),
            [b'\\', b'x', high, low, tail @ ..] => {
                let digits = [*high, *low];
                let digits = str::from_utf8(&digits).unwrap();
                ([bytes, vec![u8::from_str_radix(digits, 16).unwrap()]].concat(), tail)
            }
            [b'\\', ..] => panic!("a lone backslash in `{line}`"),
            _ => ([bytes, vec![byte]].concat(), tail),
        };
    }
    bytes
}

#[test]
fn no_target_that_an_origin_runs_is_missed() {
    let sections = targets("guarded.txt");
    let count: usize = sections.values().map(Vec::len).sum();
    assert!(count >= 1_500, "only {count} targets");
    let rules: Vec<&str> = sections.keys().map(String::as_str).collect();
    assert_eq!(rules, ["balance", "balance-admin", "internal", "latest-runs", "several"]);
    let missed: Vec<String> = sections
        .iter()
        .flat_map(|(rule, targets)| targets.iter().filter_map(|target| missed(target, rule)))
        .collect();
    assert!(missed.is_empty(), "{} of {count} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn no_lawful_target_is_refused() {
    let lawful: Vec<Vec<u8>> = targets("lawful.txt").into_values().flatten().collect();
    assert!(lawful.len() >= 350, "only {} targets", lawful.len());
    for target in &lawful {
        for token in [None, Some("wrong"), Some(TOKENS[0].2)] {
            assert_eq!(ask(target, token), Answer::Pass, "{}", target.escape_ascii());
        }
    }
}

/// An operator who doesn't name the stack loses these paths, and none of the list above.
#[test]
fn an_origin_that_is_not_named_is_judged_by_what_any_stack_serves() {
    let neighbours: Vec<Vec<u8>> = targets("lawful_named.txt").into_values().flatten().collect();
    assert!(neighbours.len() >= 20, "only {} targets", neighbours.len());
    for target in &neighbours {
        assert_eq!(ask(target, None), Answer::Deny, "{}", target.escape_ascii());
        let named = ask_policy(named_policy(), target, None);
        assert_eq!(named, Answer::Pass, "{}", target.escape_ascii());
    }
    for target in targets("lawful.txt").into_values().flatten() {
        let named = ask_policy(named_policy(), &target, None);
        assert_eq!(named, Answer::Pass, "{}", target.escape_ascii());
    }
}

#[test]
fn the_guarded_paths_themselves_open_to_their_callers() {
    for ((_, _, token), target) in TOKENS.iter().zip(BASES) {
        assert_eq!(ask(target, Some(token)), Answer::Allow, "{}", target.escape_ascii());
    }
}

/// A guarded path for each rule of [`TOKENS`], in its order.
const BASES: [&[u8]; 4] = [
    b"/internal/jobs/7/status",
    b"/api/dashboard/latest-runs",
    b"/balance/u-17",
    b"/balance/admin",
];

/// One step away from the plain path, each of which some origin takes back.
#[derive(Clone, Debug)]
enum Step {
    /// Puts this in the place of a `/`.
    Separator(prop::sample::Index, &'static [u8]),
    /// Puts this before the path.
    Before(&'static [u8]),
    /// Puts this behind it.
    Behind(&'static [u8]),
    /// Changes the case of a letter.
    Case(prop::sample::Index),
}

impl Step {
    fn take(&self, path: &[u8]) -> Vec<u8> {
        match self {
            Self::Before(text) => [*text, path].concat(),
            Self::Behind(text) => [path, *text].concat(),
            Self::Separator(place, text) => {
                let slashes: Vec<usize> =
                    (0..path.len()).filter(|index| path[*index] == b'/').collect();
                if slashes.is_empty() {
                    return path.to_vec();
                }
                let at = slashes[place.index(slashes.len())];
                [&path[..at], *text, &path[at + 1..]].concat()
            }
            Self::Case(place) => {
                let mut path = path.to_vec();
                let at = place.index(path.len());
                path[at] ^= if path[at].is_ascii_alphabetic() { 0x20 } else { 0 };
                path
            }
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    const SEPARATORS: [&[u8]; 13] = [
        b"//",
        b"/./",
        b"/x/../",
        b"/x/y/../../",
        b"\\",
        b"/\\",
        b";/",
        b";a=b/",
        b"/.;/",
        b"/x/..;/",
        b"/x\\..\\",
        b"/;/",
        b"///",
    ];
    const BEFORE: [&[u8]; 7] = [b"/", b"/.", b"/..", b"/x/..", b"/x;y/..", b"\\", b"/x/..;y"];
    const BEHIND: [&[u8]; 9] = [b"/", b"//", b"/.", b"/x/..", b";", b";a=b", b"#x", b"\n", b"\0"];
    let place = any::<prop::sample::Index>;
    prop_oneof![
        4 => (place(), select(&SEPARATORS[..])).prop_map(|(place, text)| Step::Separator(place, text)),
        2 => select(&BEFORE[..]).prop_map(Step::Before),
        2 => select(&BEHIND[..]).prop_map(Step::Behind),
        2 => place().prop_map(Step::Case),
    ]
}

/// Percent-encodes bytes as often as `times` says for each, in either case of digits.
fn encode(path: &[u8], times: &[(u8, bool)]) -> Vec<u8> {
    let escape = |byte: u8, upper| {
        let text = if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") };
        text.into_bytes()
    };
    let mut encoded = Vec::new();
    for (&byte, (times, upper)) in path.iter().zip(times.iter().cycle()) {
        match times {
            0 => encoded.push(byte),
            1 => encoded.extend(escape(byte, *upper)),
            _ => {
                // The escape of `%`, then the digits as they are.
                encoded.extend(escape(b'%', *upper));
                encoded.extend(&escape(byte, *upper)[1..]);
            }
        }
    }
    encoded
}

fn times() -> impl Strategy<Value = Vec<(u8, bool)>> {
    let once = prop_oneof![8 => Just(0_u8), 3 => Just(1), 1 => Just(2)];
    prop::collection::vec((once, any::<bool>()), 1..40)
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_123),
        ..ProptestConfig::default()
    }
}

/// The beginnings of absolute forms, and other text that origins drop from the beginning of a
/// target. Anywhere else it is part of another path.
const FORMS: &[&[u8]] =
    &[b"", b"", b"http://host", b"HTTPS://u@host:80", b"//host", b"http://host\\a", b"*"];
/// Characters that origins trim from the end of a segment. They trim after they have removed dot
/// segments, so none of these may follow a dot segment.
const SPACES: &[&[u8]] = &[b"", b"", b" ", b"\t", b"\x0b"];
/// Suffixes that do not hide the path before them.
const QUERIES: &[&[u8]] = &[b"", b"?x", b"?/public", b"#x", b"?a=b;c"];
/// Prefixes that do not hide the path behind them. Dot segments might, because an origin that
/// removes them also removes those of the path.
const PREFIXES: &[&[u8]] = &[b"", b"//host", b"http://host"];

proptest! {
    #![proptest_config(config())]

    /// The steps in any order and number, a form, encoding, a query: whatever this makes of a
    /// guarded path, it stays guarded, and by no laxer rule.
    #[test]
    fn adding_ambiguity_never_makes_a_guarded_path_public(
        base in 0..BASES.len(),
        space in select(SPACES),
        steps in prop::collection::vec(step(), 0..5),
        form in select(FORMS),
        times in times(),
        query in prop::option::of("[ -~]{0,20}"),
    ) {
        let path = steps.iter().fold([BASES[base], space].concat(), |path, step| step.take(&path));
        // An authority that goes on after a backslash ends at a slash only.
        let form = if path.starts_with(b"/") { form } else { b"" };
        let mut target = encode(&[form, &path].concat(), &times);
        if let Some(query) = query {
            target.push(b'?');
            target.extend(query.bytes());
        }
        // Some origin takes every step back and runs the base's handler.
        prop_assert_eq!(missed(&target, TOKENS[base].0), None);
    }

    /// The same from any live target of the list: ambiguity upon ambiguity.
    #[test]
    fn adding_ambiguity_to_what_origins_run_never_makes_it_public(
        pick in any::<prop::sample::Index>(),
        behind in select(QUERIES),
        before in select(PREFIXES),
    ) {
        static LIVE: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        let live = LIVE.get_or_init(|| targets("guarded.txt").into_values().flatten().collect());
        let target = &live[pick.index(live.len())];
        // In front of an absolute form or a bare word these make another path of it.
        let before = if target.starts_with(b"/") && !target.starts_with(b"//") { before } else { b"" };
        let target = [before, target, behind].concat();
        for token in [None, Some("wrong")] {
            prop_assert_eq!(ask(&target, token), Answer::Deny, "{}", target.escape_ascii());
        }
    }
}
