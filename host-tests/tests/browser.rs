//! The corpus in a real browser: every vector that the npm package answers in Node, answered by the
//! package of the built site in Chromium, and held to the same list of differences. The step `site`
//! of `cargo xtask test` runs them, with `--ignored`; they need Chromium.

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_host_tests::parity::{Divergences, Subject, Verdict};
use wicketgate_runtime::vectors::{Observation, Subject as _, Vector, judge, load};
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::node::Node;
use wicketgate_testkit::site_build;
use wicketgate_testkit::test_tools::chromium;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let vectors = load(&folder)?;
    let list = Arc::new(Divergences::load(&folder.join("hosts/divergences.json"), &vectors)?);
    let browser = Arc::new(Browser::default());
    let mut trials = Vec::new();
    for vector in vectors.into_iter().filter(|vector| Subject::Node.skips(vector).is_none()) {
        let (list, browser) = (Arc::clone(&list), Arc::clone(&browser));
        let name = format!("{}::{}", vector.file.trim_end_matches(".json"), vector.name);
        let trial = Trial::test(name, move || {
            let observed = browser.run(&vector);
            match list.judge(Subject::Node, &vector, &judge(&vector, &observed)) {
                Verdict::Differs(wrong) => Err(Failed::from(wrong.join("\n"))),
                Verdict::Same | Verdict::Listed(_) => Ok(()),
            }
        });
        trials.push(trial.with_ignored_flag(true));
    }
    drop(browser);
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// The browser, started for the first trial that asks it, ended with the last. If it does not start,
/// it is not tried again.
#[derive(Default)]
struct Browser(Mutex<Option<Result<Node, String>>>);

impl Browser {
    fn run(&self, vector: &Vector) -> Observation {
        let mut browser = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match browser.get_or_insert_with(|| start().map_err(|error| format!("{error:#}"))) {
            Ok(browser) => browser.run(vector),
            Err(why) => Observation::failed(why.as_str()),
        }
    }
}

fn start() -> Result<Node> {
    let checkout = Checkout::open()?;
    let site = site_build::build(&checkout)?;
    Node::in_browser(&site, &chromium(&checkout.cache)?)
}
