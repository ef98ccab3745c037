//! Random edits of random policies: every request that is decided differently is in a reported class,
//! and each witness differs as its class says.

mod edits;

use std::net::IpAddr;

use serde_json::Value;
use wicketgate_agreement::generate::{Random, target};
use wicketgate_policy::{Host, Time};

use super::classes::Key;
use super::credentials;
use super::search::judge::Room;
use super::search::{Search, choosing, run, run_without};
use super::seen::Seen;
use super::shot::{Line, PEER, Shot};
use super::side::Side;
use super::targets::Pattern;
use crate::document::Document;
use crate::value::member;

/// Pairs of an edit and a request that are tried, and how many `cargo xtask test` tries;
/// `WICKETGATE_DIFF_PAIRS` says another number, and `WICKETGATE_DIFF_SEED` where to begin.
const PAIRS: usize = 1_200;
const ALL_PAIRS: usize = 6_000;
/// Requests for each edit.
const REQUESTS: usize = 120;

fn side(name: &str, value: &Value) -> Option<Side> {
    let document = Document::parse(name.to_owned(), value.to_string().into_bytes(), false);
    Side::of(&document, Host::Envoy).ok()
}

fn good(name: &str, value: &Value) -> Side {
    let document = Document::parse(name.to_owned(), value.to_string().into_bytes(), false);
    match Side::of(&document, Host::Envoy) {
        Ok(side) => side,
        Err(faults) => panic!("{name}: {faults:?}"),
    }
}

fn now() -> Time {
    Time::parse("2026-12-01").unwrap()
}

#[test]
fn every_request_that_changes_is_in_a_class() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let by_default = if is_all() { ALL_PAIRS } else { PAIRS };
    let pairs = number("WICKETGATE_DIFF_PAIRS").unwrap_or(by_default);
    let first = number("WICKETGATE_DIFF_SEED").unwrap_or(0);
    let (mut requests, mut changed, mut edits, mut faults) = (0, 0, 0, Vec::new());
    for seed in first.. {
        if requests >= pairs {
            break;
        }
        let Some(tried) = try_edit(seed, REQUESTS, |_| {}) else { continue };
        edits += 1;
        requests += REQUESTS;
        changed += tried.changed;
        faults.extend(tried.faults);
    }
    println!("{edits} edits, {requests} requests, {changed} of them change");
    assert!(changed * 50 > requests, "{changed} of {requests} change: too few to show anything");
    let shown = faults.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    assert!(faults.is_empty(), "{} of {changed} are in no class\n{shown}", faults.len());
}

/// `cargo xtask test` asks about more than `cargo test` does, which is done in a minute.
fn is_all() -> bool {
    std::env::var_os("WICKETGATE_ALL").is_some()
}

/// The test above sees what is left out.
#[test]
fn what_is_not_asked_is_missed() {
    let pieces: [(&str, LeaveOut); 5] = [
        ("methods", |room| room.methods.truncate(1)),
        ("clients", |room| room.clients.truncate(1)),
        ("times", |room| room.times.truncate(1)),
        ("credentials", |room| room.credentials.truncate(1)),
        ("headers", |room| room.headers.clear()),
    ];
    for (piece, leave_out) in pieces {
        let mut tried = (0..400).filter_map(|seed| try_edit(seed, 40, leave_out));
        assert!(tried.any(|tried| !tried.faults.is_empty()), "nobody misses the {piece}");
    }
}

/// Takes something from what is asked.
type LeaveOut = fn(&mut Room);

struct Tried {
    changed: usize,
    faults: Vec<String>,
}

/// One edit and some requests; `None` if a policy has faults.
fn try_edit(seed: usize, requests: usize, leave_out: LeaveOut) -> Option<Tried> {
    let seed = u64::try_from(seed).unwrap();
    let mut random = Random::new(seed.wrapping_mul(0x1234_5678_9abc_def1));
    let before = edits::policy(&mut random);
    let after = edits::edited(&before, &mut random);
    let (before, after) = (side("before", &before)?, side("after", &after)?);
    let sides = [&before, &after];
    let mut search = run_without(sides, now(), leave_out);
    for class in search.classes.iter() {
        let key = key(sides, &class.witness);
        assert_eq!(key.as_ref(), Some(&class.key), "{seed}: {:?}", class.witness);
    }
    let mut tried = Tried { changed: 0, faults: Vec::new() };
    for _ in 0..requests {
        let shot = request(sides, &mut random);
        match search.class_of(&shot) {
            Ok(class) => tried.changed += usize::from(class.is_some()),
            Err(error) => {
                tried.changed += 1;
                let shot = shot.arguments().join(" ");
                tried.faults.push(format!("{seed}: {error}\n  {shot}"));
            }
        }
    }
    Some(tried)
}

fn key(sides: [&Side; 2], shot: &Shot) -> Option<Key> {
    let [one, other] = sides.map(|side| choosing(side, shot));
    let [before, after] = sides.map(|side| Seen::of(&side.policy, shot));
    Key::of([&one, &other], [&before, &after])
}

/// A request near what the policies are about, or far from it.
fn request(sides: [&Side; 2], random: &mut Random) -> Shot {
    let pick = |random: &mut Random, list: &[&str]| list[random.below(list.len())].to_owned();
    let paths: Vec<&String> = sides.iter().flat_map(|s| &s.rules).flat_map(|r| &r.paths).collect();
    let words = ["x", "health", "admin", "7", "b", "z", "a.b", "Internal", ""];
    let own = |random: &mut Random| {
        let word = pick(random, &words);
        let path = paths.get(random.below(paths.len().max(1))).map_or("/", |path| path.as_str());
        Pattern::parse(path).path(&word)
    };
    let target = match random.below(6) {
        0 | 1 => String::from_utf8(target(random)).unwrap_or_else(|_| "/".to_owned()),
        2 => own(random),
        3 => format!("{}/{}", own(random), pick(random, &words)),
        4 => {
            let ends = [
                "/",
                ";x",
                "/..",
                "%2f",
                "%3fx",
                "?_method=POST",
                "?_method=GET",
                ".json",
                "/%2e%2e/a",
                "//",
                "?url=/internal/x",
            ];
            own(random) + &pick(random, &ends)
        }
        _ => {
            let starts = [
                "/x/..",
                "/api",
                "/en",
                "/",
                "/%2e",
                "/a/%2e%2e",
                "/_next/image?url=",
                "/index.php",
                "/balance/7/..;/..",
            ];
            pick(random, &starts) + &own(random)
        }
    };
    let mut headers = Vec::new();
    let mut certificate = None;
    let names: Vec<String> = credentials::callers(sides).into_iter().collect();
    for _ in 0..random.below(3) {
        let Some(name) = names.get(random.below(names.len().max(1))) else { continue };
        let all = credentials::of(sides, name, now());
        let Some(one) = all.get(random.below(all.len().max(1))) else { continue };
        certificate = certificate.or(one.certificate.clone());
        if let Some(line) = &one.line {
            let mut line = line.clone();
            match random.below(8) {
                0 => "wrong".clone_into(&mut line.sent),
                1 => line.name = line.name.replace('-', "_"),
                2 => line.sent.clear(),
                _ => {}
            }
            line.shown.clone_from(&line.sent);
            if !headers.iter().any(|other: &Line| other.name == line.name) {
                headers.push(line);
            }
        }
    }
    if random.below(4) == 0 {
        let name = pick(
            random,
            &["x-user-id", "x-team", "x-caller", "x-who", "x_user_id", "x-proof", "next-action"],
        );
        let value = pick(random, &["u1", "u2", "", "a,b"]);
        headers.push(Line::plain(&name, &value));
    }
    let addresses =
        ["10.1.2.3", "10.2.0.1", "192.0.2.9", "127.0.0.1", "2001:db8::7", "172.16.0.1", "10.9.0.1"];
    if random.below(4) == 0 {
        let mut value = pick(random, &addresses);
        if random.below(2) == 0 {
            value = format!("{value}, {}", pick(random, &addresses));
        }
        headers.push(Line::plain("x-forwarded-for", &value));
    }
    let peer: Option<IpAddr> = match random.below(5) {
        0 => None,
        1 => Some(PEER),
        _ => pick(random, &addresses).parse().ok(),
    };
    let hosts =
        ["app.example", "one.example", "de.two.example", "two.example", "ONE.example:80", "a,b"];
    let method = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "BREW", "get", "G T"];
    let times = [
        "2026-12-01",
        "2026-12-05",
        "2027-01-01",
        "2027-01-02",
        "2027-06-01",
        "2027-06-02",
        "2030-01-01",
    ];
    Shot {
        method: if random.below(3) > 0 {
            method[random.below(2)].to_owned()
        } else {
            pick(random, &method)
        },
        target,
        authority: hosts[if random.below(2) == 0 { 0 } else { random.below(hosts.len()) }]
            .to_owned(),
        headers,
        certificate,
        peer,
        now: Time::parse(&pick(random, &times)).unwrap(),
        timed: true,
    }
}

/// Many rules against as many. A build for speed is held to a thousand in ten seconds; one for tests
/// takes twenty times as long.
#[test]
fn many_rules_against_as_many() {
    let is_quick = !cfg!(debug_assertions);
    let rules = if is_quick { 1_000 } else { 100 };
    let rule = |number: usize| {
        serde_json::json!({
            "id": format!("rule-{number}"),
            "paths": [format!("/area-{}/part-{number}/*", number % 40), format!("/thing-{number}/{{id}}")],
            "allow": [{ "caller": format!("c{}", number % 30), "methods": ["GET"] }]
        })
    };
    let callers: serde_json::Map<String, Value> = (0..30)
        .map(|number| {
            let key = serde_json::json!({ "id": "k", "env": format!("TOKEN_{number}") });
            (
                format!("c{number}"),
                serde_json::json!({ "token": { "header": "x-token", "keys": [key] } }),
            )
        })
        .collect();
    let before = serde_json::json!({
        "version": 1, "name": "many", "environment": "production", "callers": callers,
        "rules": (0..rules).map(rule).collect::<Vec<_>>(),
        "unmatched": "pass", "forward": { "credential": "remove" }
    });
    for (name, edit) in [("one rule", edits::set as fn(&mut Value)), ("everything", edits::set_all)]
    {
        let mut after = before.clone();
        edit(&mut after);
        let (before, after) = (good("before", &before), good("after", &after));
        let start = std::time::Instant::now();
        let search: Search<'_> = run([&before, &after], now());
        let took = start.elapsed();
        println!("{name}: {} classes of {rules} rules in {took:?}", search.classes.iter().count());
        assert!(!is_quick || took.as_secs() < 10, "{name}: {took:?}");
        assert!(search.classes.iter().count() > 0, "{name}");
        assert!(member(&after.written, "rules").is_array());
    }
}
