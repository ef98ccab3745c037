//! The npm package as users get it: packed by npm, unpacked into a `node_modules`, and asked from
//! there by Node, by TypeScript and by a browser.

mod browser;
mod contents;
mod installed;
mod readme;
mod scripts;
#[path = "../../../policy/tests/bad_variables/mod.rs"]
mod variables;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use installed::Installed;
use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_testkit::test_tools::find_chromium;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    let installed = Arc::new(Installed::new()?);
    let trial = |name: &str, test: fn(&Installed) -> Result<()>| {
        let installed = Arc::clone(&installed);
        Trial::test(name, move || test(&installed).map_err(|e| Failed::from(format!("{e:#}"))))
    };
    let mut trials = vec![
        trial("it_holds_what_it_says", contents::files),
        trial("its_module_is_small", contents::size),
        trial("its_types_name_every_reason", contents::reasons),
        trial("its_types_name_every_field_of_an_audit_line", contents::audit_fields),
        trial("its_types_are_strict", scripts::types),
        trial("it_says_what_is_wrong_with_an_argument", scripts::arguments),
        trial("it_finds_every_fault_of_the_bad_policies", scripts::bad_policies),
        trial("the_example_for_node_prints_what_it_says", readme::node),
        trial("the_example_for_browsers_prints_what_it_says", readme::browser),
    ];
    let name = "the_example_for_browsers_in_chromium";
    trials.push(match find_chromium() {
        Some(_) => trial(name, browser::example),
        None => Trial::test(name, || Ok(()))
            .with_kind("SKIPPED: no chromium on the path, and no CHROMIUM_BIN")
            .with_ignored_flag(true),
    });
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}
