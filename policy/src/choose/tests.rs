use super::*;
use crate::ids::RuleId;
use crate::stack::Stack;
use alloc::vec::Vec;

fn router(patterns: &[(&str, u32)]) -> Router {
    let mut router = Router::default();
    for (pattern, rule) in patterns {
        router.add(Pattern::parse(pattern).unwrap(), RuleId(*rule), HostSet::Any);
    }
    router
}

fn choose_with(router: &Router, aliases: &Aliases, target: &[u8]) -> Choice {
    let authorities = &Authorities::default();
    let actions = &Actions::These(Vec::new());
    let asked = Asked { target, authority: Authority::Strange, authorities, aliases, actions };
    let [choice] = choose([router], asked);
    choice
}

fn ask(router: &Router, target: &str) -> Choice {
    choose_with(router, &Aliases::default(), target.as_bytes())
}

fn rules(ids: &[u32]) -> Choice {
    Choice::Rules(ids.iter().map(|id| RuleId(*id)).collect())
}

#[test]
fn all_readings_of_a_wide_rule_agree() {
    let router = router(&[("/*", 0)]);
    for target in ["/", "/a%20b", "/x/../y", "/A//b;c", "/%2e%2e/x?q=%2e", "/a/b"] {
        assert_eq!(ask(&router, target), rules(&[0]), "{target}");
    }
}

#[test]
fn public_riddles_are_public() {
    let router = router(&[("/internal/*", 0)]);
    for target in ["/a%20b", "/x/../y", "/%2e%2e/x", "/internalx", "/a/internal", "/?x=/internal"] {
        assert_eq!(ask(&router, target), Choice::Nothing, "{target}");
    }
}

#[test]
fn readings_that_disagree_are_ambiguous() {
    let router = router(&[("/internal/*", 0), ("/balance/{id}", 1), ("/balance/admin", 2)]);
    for target in
        ["/x/../internal", "/INTERNAL", "/internal/%2e%2e/x", "//internal/x", "/balance/ADMIN"]
    {
        assert!(matches!(ask(&router, target), Choice::Ambiguous { .. }), "{target}");
    }
    assert_eq!(ask(&router, "/internal/a%20b"), rules(&[0]));
    assert_eq!(ask(&router, "/internal/"), rules(&[0]));
    assert_eq!(ask(&router, "/balance/Alice"), rules(&[1]));
}

#[test]
fn the_least_decoded_covered_reading_answers() {
    let router = router(&[("/a/*", 0), ("/b/*", 1)]);
    assert_eq!(
        ask(&router, "/a/%2e%2e/b"),
        Choice::Ambiguous {
            first: [RuleId(0)].into_iter().collect(),
            all: [RuleId(0), RuleId(1)].into_iter().collect(),
        }
    );
}

#[test]
fn an_empty_segment_may_be_a_parameter() {
    let router = router(&[("/balance/{id}", 0), ("/a/*", 1), ("/a/{x}/z", 2)]);
    let ask = |stack, target: &[u8]| choose_with(&router, &Aliases::new(stack, &[], &[]), target);
    for target in [&b"/balance/"[..], b"/BALANCE/?x", b"/%62alance/", b"//balance/"] {
        for stack in [None, Some(Stack::Fastify)] {
            assert!(matches!(ask(stack, target), Choice::Ambiguous { .. }), "{target:?}");
        }
        assert_eq!(ask(Some(Stack::Flask), target), Choice::Nothing, "{target:?}");
    }
    assert_eq!(ask(None, b"/a/"), rules(&[1]));
    let listed = self::router(&[("/jobs", 0), ("/jobs/", 0), ("/*", 1)]);
    let unnamed = Aliases::new(None, &[], &[]);
    let ask_listed = |target: &[u8]| choose_with(&listed, &unnamed, target);
    assert_eq!(ask_listed(b"/jobs/"), rules(&[0]));
    assert_eq!(ask(None, b"/a/b/"), rules(&[1]));
    assert_eq!(ask(None, b"/"), Choice::Nothing);
    // An empty segment counts anywhere, also with a slash behind it that the origin may drop.
    for target in [&b"/a//z"[..], b"/A//z/", b"/a/%2fz?x"] {
        assert!(matches!(ask(None, target), Choice::Ambiguous { .. }), "{target:?}");
    }
    assert_eq!(ask(Some(Stack::Flask), b"/a//z?x"), rules(&[1]));
    let root = self::router(&[("/{x}", 0)]);
    let ask_root = |target: &[u8]| choose_with(&root, &unnamed, target);
    assert!(matches!(ask_root(b"/"), Choice::Ambiguous { .. }));
}

#[test]
fn aliases_add_their_rules() {
    let router = router(&[("/internal/*", 0), ("/api/*", 1)]);
    let aliases = Aliases::new(Some(Stack::Fastapi), &["/api"], &[]);
    let ask = |target: &[u8]| choose_with(&router, &aliases, target);
    assert_eq!(ask(b"/api/internal/x"), rules(&[0, 1]));
    assert_eq!(ask(b"/api/x"), rules(&[1]));
    assert_eq!(ask(b"/x"), Choice::Nothing);
}

#[test]
fn a_path_that_is_named_is_told_apart_from_what_is_around_it() {
    let router = router(&[("/internal/*", 0), ("/internal/export.csv", 1), ("/admin", 2)]);
    let aliases = Aliases::new(Some(Stack::Django), &["/internal/v1"], &[]);
    let ask = |target: &[u8]| choose_with(&router, &aliases, target);
    // The wider rule alone covers its alias `/internal/export`, and the path itself too.
    assert_eq!(ask(b"/internal/export.csv"), rules(&[1]));
    assert_eq!(ask(b"/internal/export.json"), rules(&[0]));
    assert_eq!(ask(b"/internal/other.csv"), rules(&[0]));
    // An open segment does not name a path, and neither does the path of another rule.
    let open = self::router(&[("/*", 0), ("/_next/*", 1), ("/x.csv", 2), ("/x", 3)]);
    let next = Aliases::new(Some(Stack::Nextjs), &[], &[]);
    assert_eq!(choose_with(&open, &next, b"/_next/data/b/balance/4.json"), rules(&[0, 1]));
    assert_eq!(choose_with(&open, &Aliases::new(None, &[], &[]), b"/x.csv"), rules(&[2, 3]));
}

#[test]
fn what_an_origin_asks_itself_for_is_asked_for() {
    let router = router(&[("/balance/{id}", 0), ("/_next/*", 1)]);
    let next = Aliases::new(Some(Stack::Nextjs), &[], &[]);
    let ask = |target: &[u8]| choose_with(&router, &next, target);
    assert_eq!(ask(b"/_next/image?url=/logo.png"), rules(&[1]));
    assert_eq!(ask(b"/_next/image?w=64&url=%2Fbalance%2F42"), rules(&[0, 1]));
    assert_eq!(ask(b"/_next/data/b1/_next/image.json?url=/balance/42"), rules(&[0, 1]));
    assert!(matches!(ask(b"/_next/image?url=/x/../balance/42"), Choice::Ambiguous { .. }));
    assert_eq!(ask(b"/_next/image?url=/_next/image%3Furl=/balance/42"), Choice::TooComplex);
    assert_eq!(ask(b"/image?url=/balance/42"), Choice::Nothing);
    let unnamed = choose_with(&router, &Aliases::default(), b"/_next/image?url=/balance/42");
    assert_eq!(unnamed, rules(&[1]));
}

#[test]
fn what_is_chosen_at_once_is_what_the_search_chooses() {
    let router = router(&[("/internal/*", 0), ("/balance/{id}", 1), ("/balance", 2), ("/*", 3)]);
    let targets = [
        "/internal/run",
        "/balance/42",
        "/balance/42?x=/internal",
        "/balance",
        "/a-b/c",
        "/x/index",
        "/api/internal/x",
        "/en/balance",
        "/en",
        "/balance?/_actions/x",
        "/internal",
        "/x~y/1@2",
    ];
    let others =
        ["/", "/a/", "/A", "/a//b", "/a.b", "/a_b", "/(a)", "", "a", "*", "/a%62", "/a/..", "/a;b"];
    let mut simple = 0;
    for stack in Stack::ALL.iter().copied().map(Some).chain([None]) {
        for (mounts, locales) in [(&[][..], &[][..]), (&["/api"], &["en"])] {
            let aliases = Aliases::new(stack, mounts, locales);
            for target in targets {
                let (authorities, actions) = (&Authorities::default(), &Actions::These(Vec::new()));
                let (target, authority) = (target.as_bytes(), Authority::Strange);
                let asked = Asked { target, authority, authorities, aliases: &aliases, actions };
                let Some(choices) = at_once([&router], asked) else { continue };
                simple += 1;
                assert_eq!(choices, Search::new([&router], asked).all().unwrap(), "{target:?}");
            }
            for target in others {
                assert_eq!(aliases.simple(target.as_bytes()), None, "{target}");
            }
        }
    }
    assert!(simple > 250, "{simple}");
    let none = Aliases::new(None, &[], &[]);
    for target in ["/x/index", "/x-y", "/balance?q"] {
        assert_eq!(none.simple(target.as_bytes()), None, "{target}");
    }
}
