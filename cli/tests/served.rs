//! A policy that says everything an application serves refuses no lawful request to one of its
//! routes: `wicketgate routes --write` makes one for each example, the example's real origin says
//! which targets it routes to the same handler as the plain one, and the gate must let each through.

#[path = "served/app.rs"]
mod app;
mod common;
#[path = "common/envoy.rs"]
#[expect(dead_code, reason = "the tests of `render` use the rest")]
mod envoy;
#[path = "served/gate.rs"]
mod gate;
#[path = "served/policy.rs"]
mod policy;
#[path = "served/targets.rs"]
mod targets;

use std::collections::BTreeSet;

use app::App;
use gate::Gate;
use policy::{Routes, refused};
use targets::{Target, of};

/// The examples, and the lists that their frameworks print.
const APPS: [(&str, &str, &str); 5] = [
    ("billing-services", "--flask", "billing-services.flask.txt"),
    ("job-callbacks", "--openapi", "job-callbacks.openapi.json"),
    ("latest-runs", "--nextjs", "latest-runs.next"),
    ("signal-jobs", "--openapi", "signal-jobs.openapi.json"),
    ("task-worker", "--openapi", "task-worker.openapi.json"),
];

/// Values of a parameter that some origins read as more segments, or as none, or as the end of the
/// path. With `--one-segment` no rule covers these readings, so the policy refuses the values, and
/// its comment says so.
const OTHER_SEGMENTS: [&str; 47] = [
    "%25",
    "%2525",
    "%25s",
    "%2Fleading.txt",
    "%E0%A4%A",
    "%u20AC",
    "%zz",
    "100%25%20cotton.png",
    "2026%2F11%2Freport.pdf",
    "2026%2f11%2freport.pdf",
    "50%25-off.pdf",
    ";",
    ";v=1",
    "@scope%2Fpackage",
    "@scope%2fpackage",
    "AC%2FDC",
    "Who%27s_Afraid_of_Virginia_Woolf%3F",
    "\\b",
    "a%2520b%252Fc%26d",
    "a%2F%2Fb.txt",
    "a%2Fb%2Fc",
    "a%2f",
    "a%5Cb",
    "a\\b",
    "back%5Cslash",
    "back%5Cslash.txt",
    "back\\slash",
    "balance%2F42",
    "doi:10.1000%2F182",
    "feature%2Finternal-api",
    "folder%2Fsub%20folder%2Ffile.txt",
    "group%2Fproject",
    "group%2Fsubgroup%2Fproject",
    "http%3A%2F%2F10.0.0.1%3A8080%2Finternal%2Frun",
    "https%3A%2F%2Fexample.com%2Fu%2F1.png",
    "https%3A%2F%2Fother.example%2Fpath%2Fto%2Fpage",
    "https%3A%2F%2Fres.example%2Fa%252Fb.jpg",
    "internal%2Fmedicine",
    "internal%2Frun",
    "internal%2Frun.go",
    "map;zoom=12",
    "photos%2F2026%2Fholiday%20%281%29.jpg",
    "photos%2F2026%2Fholiday%20(1).jpg",
    "src%2Fmain.rs",
    "tile;x=12,y=34",
    "trailing%2F",
    "why%3F.txt",
];

#[test]
#[ignore = "needs the examples' origins: cargo xtask test --only cli"]
fn every_route_takes_odd_but_honest_values() {
    let (mut asked, mut found, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for (name, flag, list) in APPS {
        let routes = Routes::write(flag, list);
        let mut app = App::start(name);
        let served = served(&mut app, &routes);
        asked += served.len();
        for (target, why) in refused(&routes.written, &served) {
            wrong.push(format!("{name}: {target}: {why}"));
        }
        for (target, why) in refused(&routes.one_segment, &served) {
            match target.value {
                Some(value) => _ = found.insert(value),
                None => wrong.push(format!("{name}, with --one-segment: {target}: {why}")),
            }
        }
        println!("{name}: {} targets", served.len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed: BTreeSet<String> = OTHER_SEGMENTS.iter().map(|&value| value.to_owned()).collect();
    assert_eq!(found, listed, "refused with --one-segment");
    assert!(asked >= 500, "only {asked} targets");
}

#[test]
#[ignore = "needs Envoy, the built filter and an example's origin: cargo xtask test --only cli"]
fn envoy_lets_them_through() {
    let (name, flag, list) = APPS[0];
    let routes = Routes::write(flag, list);
    let mut app = App::start(name);
    let served = served(&mut app, &routes);
    let gate = Gate::start(&routes.written, app.address());
    let (mut ran, mut by_envoy) = (0, 0);
    for target in &served {
        let (status, entered) = app.ask_through(gate.address(), target);
        if entered == [target.handler.as_str()] {
            ran += 1;
        } else if gate::envoy_rewrites(target) {
            // It is another path then, of which the application knows nothing.
            assert_eq!((status, entered.len()), (404, 0), "{target}");
            by_envoy += 1;
        } else if gate::envoy_refuses(target) {
            // Hardened Envoy takes no such path, whatever the policy says.
            assert_eq!((status, entered.len()), (400, 0), "{target}");
            by_envoy += 1;
        } else {
            panic!("{target}: {status}, the handlers that ran: {entered:?}");
        }
    }
    gate.end();
    println!("{name} on Envoy: {ran} ran, Envoy itself refused or rewrote {by_envoy}");
    assert!(ran >= 300, "{ran} ran, Envoy itself refused or rewrote {by_envoy}");
}

/// The targets that the application routes to the handler of the plain one.
fn served(app: &mut App, routes: &Routes) -> Vec<Target> {
    let mut served = Vec::new();
    for route in &routes.list {
        let mut all = of(route).into_iter();
        let Some(mut plain) = all.next() else { continue };
        let [handler] = &app.ask(&plain)[..] else { continue };
        plain.handler.clone_from(handler);
        for mut target in all {
            if app.ask(&target) == [handler.as_str()] {
                target.handler.clone_from(handler);
                served.push(target);
            }
        }
        served.push(plain);
    }
    served
}
