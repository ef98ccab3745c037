//! The examples of this checkout can be read, every row of every table included.

use std::path::Path;

use wicketgate_runtime::document;
use wicketgate_testkit::example::Example;
use wicketgate_testkit::table::Table;

#[test]
fn every_example_can_be_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let names = Example::names(&root).unwrap();
    assert!(!names.is_empty());
    for name in names {
        let example = Example::load(&root, &name).unwrap();
        let table = Table::load(&example.folder.join("requests.json")).unwrap();
        assert!(!table.rows.is_empty(), "{name} has no rows");
        let wanted = document::environment_names(&example.policy).unwrap();
        for secret in &example.about.secrets {
            assert!(wanted.contains(secret), "{name}: the policy does not read `{secret}`");
        }
    }
}
