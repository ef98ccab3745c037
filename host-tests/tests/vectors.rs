//! The vector corpus: one trial for each vector and subject, named `subject::file::vector`.
//!
//! When all of them ran, `docs/parity.md` must be what came out; `WICKETGATE_PARITY=write` writes
//! it instead. The verdict on every single vector is in `target/parity.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use anyhow::Result;
use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_host_tests::built;
use wicketgate_host_tests::live::Live;
use wicketgate_host_tests::module::Module;
use wicketgate_host_tests::parity::{Cell, Divergences, Runs, Subject, Table, Verdict};
use wicketgate_host_tests::subject::Filter;
use wicketgate_runtime::vectors::{Native, Observation, Subject as _, Vector, judge, load};
use wicketgate_testkit::node::Node;
use wicketgate_testkit::npm_build::PACKAGE;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let vectors: Vec<Arc<Vector>> = load(&folder)?.into_iter().map(Arc::new).collect();
    let plain: Vec<Vector> = vectors.iter().map(|vector| (**vector).clone()).collect();
    let list = Arc::new(Divergences::load(&folder.join("hosts/divergences.json"), &plain)?);
    let table = Arc::new(Mutex::new(Table::default()));
    let runners = Runners::default();
    let mut trials = Vec::new();
    for (place, vector) in vectors.iter().enumerate() {
        for subject in Subject::ALL {
            if let Some(skipped) = subject.skips(vector) {
                lock(&table).enter(place, vector, subject, Cell::Skipped(skipped), &list);
                continue;
            }
            let run = runners.of(subject, vector);
            let (vector, list, table) = (Arc::clone(vector), Arc::clone(&list), Arc::clone(&table));
            let name = format!("{}::{}::{}", subject.name(), topic(&vector.file), vector.name);
            trials.push(Trial::test(name, move || {
                let verdict = list.judge(subject, &vector, &judge(&vector, &run(&vector)));
                let cell = Cell::Ran(verdict.clone());
                lock(&table).enter(place, &vector, subject, cell, &list);
                match verdict {
                    Verdict::Differs(wrong) => Err(Failed::from(wrong.join("\n"))),
                    Verdict::Same | Verdict::Listed(_) => Ok(()),
                }
            }));
        }
    }
    drop(runners);
    let count = trials.len();
    let conclusion = libtest_mimic::run(&arguments, trials);
    let ran = conclusion.num_passed + conclusion.num_failed;
    if usize::try_from(ran)? < count {
        return Ok(conclusion.exit_code());
    }
    let whole = whole(&lock(&table), &plain, &list)?;
    Ok(if whole { conclusion.exit_code() } else { ExitCode::FAILURE })
}

/// Checks what only a whole run can show: the reason codes that it reached, and the page.
fn whole(table: &Table, vectors: &[Vector], list: &Divergences) -> Result<bool> {
    print!("{}", table.summary());
    let faults = table.faults(list);
    faults.iter().for_each(|fault| println!("{fault}"));
    std::fs::write(every_vector(), table.every_vector(vectors))?;
    let (path, page) = (page(), table.page(vectors, list));
    if std::env::var_os("WICKETGATE_PARITY").is_some_and(|wish| wish == "write") {
        std::fs::write(&path, &page)?;
        return Ok(faults.is_empty());
    }
    let current = std::fs::read_to_string(&path).is_ok_and(|there| there == page);
    if !current {
        println!("`docs/parity.md` is not what came out: `cargo xtask parity` writes it anew");
    }
    Ok(current && faults.is_empty())
}

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/parity.md")
}

/// `target/parity.md`, wherever the target directory is.
fn every_vector() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("parity.md")
}

type Run = Box<dyn Fn(&Vector) -> Observation + Send>;

/// The runners of vectors. Real hosts start with the first vector of a policy and end with the
/// last: each trial holds the one that it needs.
#[derive(Default)]
struct Runners {
    filter: Arc<Wasm>,
    node: Arc<Package>,
    gates: Mutex<BTreeMap<(&'static str, String), Shared>>,
}

/// A gate that starts when it is first needed, or why it did not.
type Shared = Arc<Mutex<Option<Result<Live, String>>>>;

impl Runners {
    fn of(&self, subject: Subject, vector: &Vector) -> Run {
        let real = match subject.runs() {
            Runs::Core => return Box::new(|vector| Native::default().run(vector)),
            Runs::Filter => {
                let filter = Arc::clone(&self.filter);
                return Box::new(move |vector| filter.run(vector));
            }
            Runs::Node => {
                let node = Arc::clone(&self.node);
                return Box::new(move |vector| node.run(vector));
            }
            Runs::Real(real) => real,
        };
        let key = (subject.name(), Live::key(real, vector));
        let gate = Arc::clone(lock(&self.gates).entry(key).or_default());
        Box::new(move |vector| {
            let mut gate = lock(&gate);
            let started = gate.get_or_insert_with(|| {
                Live::start(subject.name(), real, vector).map_err(|error| format!("{error:#}"))
            });
            match started {
                Ok(live) => live.run(vector),
                Err(why) => Observation::failed(why.as_str()),
            }
        })
    }
}

fn topic(file: &str) -> &str {
    file.trim_end_matches(".json")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The filter, built for the first trial that asks it.
#[derive(Default)]
struct Wasm(OnceLock<Result<Module, String>>);

impl Wasm {
    fn run(&self, vector: &Vector) -> Observation {
        let module = self.0.get_or_init(|| {
            let bytes = built::filter().map_err(|error| format!("{error:#}"))?;
            Module::new(bytes).map_err(|error| format!("{error:?}"))
        });
        match module {
            Ok(module) => Filter::new(module).run(vector),
            Err(why) => Observation::failed(why.as_str()),
        }
    }
}

/// The npm package in Node, built and started for the first trial that asks it, ended with the
/// last.
#[derive(Default)]
struct Package(Mutex<Option<Node>>);

impl Package {
    fn run(&self, vector: &Vector) -> Observation {
        let mut node = lock(&self.0);
        if node.is_none() {
            match built::path(&PACKAGE).and_then(|package| Node::start(&package)) {
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
