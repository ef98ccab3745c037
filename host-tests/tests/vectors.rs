//! The vector corpus: one trial for each vector and subject, named `subject::file::vector`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_harness::vectors::{Native, Observation, Subject, Vector, judge, load};
use wicketgate_host_tests::built;
use wicketgate_host_tests::module::Module;
use wicketgate_host_tests::subject::{Filter, HOST};

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let module = Module::new(built::filter()?).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let module = Arc::new(module);
    let jwt =
        Module::new(&built::filter_with_jwt()?).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let jwt = Arc::new(jwt);
    let mut trials = Vec::new();
    for vector in load(&folder)? {
        let vector = Arc::new(vector);
        trials.push(trial("core", &vector, |vector| Native::default().run(vector)));
        if vector.host == HOST {
            // The edition with more in it keeps every vector; the small one, those that it can.
            let jwt = Arc::clone(&jwt);
            trials.push(trial("filter-jwt", &vector, move |vector| Filter::new(&jwt).run(vector)));
            if vector.needs.is_none() {
                let module = Arc::clone(&module);
                trials
                    .push(trial("filter", &vector, move |vector| Filter::new(&module).run(vector)));
            }
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
