//! The vector corpus: one trial for each vector and subject, named `subject::file::vector`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_harness::vectors::{Native, Node, Observation, Subject, Vector, judge, load};
use wicketgate_host_tests::built;
use wicketgate_host_tests::module::Module;
use wicketgate_host_tests::subject::{Filter, HOST};

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let module = Module::new(built::filter()?).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let module = Arc::new(module);
    let node = Arc::new(Package::default());
    let mut trials = Vec::new();
    for vector in load(&folder)? {
        let vector = Arc::new(vector);
        trials.push(trial("core", &vector, |vector| Native::default().run(vector)));
        let node = Arc::clone(&node);
        trials.push(trial("node", &vector, move |vector| node.run(vector)));
        if vector.host == HOST {
            let module = Arc::clone(&module);
            trials.push(trial("filter", &vector, move |vector| Filter::new(&module).run(vector)));
        }
    }
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn trial(
    subject: &str,
    vector: &Arc<Vector>,
    run: impl Fn(&Vector) -> Observation + Send + 'static,
) -> Trial {
    let vector = Arc::clone(vector);
    let topic = vector.file.trim_end_matches(".json");
    let name = format!("{subject}::{topic}::{}", vector.name);
    Trial::test(name, move || {
        let differences = judge(&vector, &run(&vector));
        if differences.is_empty() { Ok(()) } else { Err(Failed::from(differences.join("\n"))) }
    })
}

/// The npm package in Node, built and started for the first trial that asks it, ended with the
/// last.
#[derive(Default)]
struct Package(Mutex<Option<Node>>);

impl Package {
    fn run(&self, vector: &Vector) -> Observation {
        let mut node = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if node.is_none() {
            match built::npm_package().and_then(|package| Node::start(&package)) {
                Ok(started) => *node = Some(started),
                Err(error) => return Observation::failed(format!("{error:#}")),
            }
        }
        match node.as_mut() {
            Some(node) => node.run(vector),
            None => Observation::failed("Node did not start".to_owned()),
        }
    }
}
