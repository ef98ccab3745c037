//! The whole corpus against the decision core.

use std::fmt::Write as _;
use std::path::Path;

use wicketgate_runtime::vectors::{self, Native, Subject};

/// Fewer than this means that files were lost, not that vectors were.
const AT_LEAST: usize = 1_200;

#[test]
fn the_core_keeps_every_vector() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let vectors = vectors::load(&folder).unwrap();
    assert!(vectors.len() >= AT_LEAST, "only {} vectors", vectors.len());
    let mut core = Native::default();
    let mut report = String::new();
    let mut failed = 0;
    for vector in &vectors {
        let wrong = vectors::judge(vector, &core.run(vector));
        if !wrong.is_empty() {
            failed += 1;
            writeln!(report, "{}: {}\n    {}", vector.file, vector.name, wrong.join("\n    "))
                .unwrap();
        }
    }
    assert!(failed == 0, "{failed} of {} vectors fail\n{report}", vectors.len());
}
