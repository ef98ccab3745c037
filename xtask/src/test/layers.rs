//! Modules at the top of a crate use each other one way only: no circle among them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, ensure};
use wicketgate_runtime::files;
use wicketgate_testkit::checkout::Checkout;

use crate::steps::Count;

/// The crates that are held to it: what ships, and the command.
const CRATES: [&str; 6] =
    ["cli/src", "driver/src", "edge-worker/src", "filter/src", "policy-js/src", "policy/src"];

/// The modules that each module uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Reads the sources of each crate, and prints the modules of a circle.
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    let mut count = Count::default();
    for root in CRATES {
        let uses = read(&checkout.root.join(root))?;
        ensure!(!uses.is_empty(), "{root} has no modules");
        let circle = circle(uses);
        if !circle.is_empty() {
            println!("{root}: these modules use each other in a circle: {}", circle.join(", "));
        }
        count.add(Count::one(circle.is_empty()));
    }
    Ok(count)
}

fn read(root: &Path) -> Result<Uses> {
    let mut uses = Uses::new();
    for (path, file) in files::sources(root)? {
        let Some(module) = module(&path) else { continue };
        uses.entry(module).or_default().extend(named(&files::read(&file)?));
    }
    Ok(uses)
}

/// The top module to which a file belongs, by its path from the crate's root; none for the root
/// itself and for files of tests.
fn module(path: &Path) -> Option<String> {
    let module = path.iter().next()?.to_str()?;
    let is_source = path.extension().is_some_and(|extension| extension == "rs");
    let is_root = matches!(module, "lib.rs" | "main.rs");
    let is_test = path.file_name().is_some_and(|name| name == "tests.rs");
    (is_source && !is_root && !is_test).then(|| module.trim_end_matches(".rs").to_owned())
}

/// The names that come right after `crate::` in a source, its tests and comments left out.
fn named(source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code: String = lines.flat_map(|line| [line, "\n"]).collect();
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => names.extend(grouped(group)),
            None => names.extend(first_name(rest)),
        }
    }
    names
}

/// The first name of each item of `{a::b, c::{d, e}}`, whose opening brace was taken off.
fn grouped(group: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let (mut depth, mut begins) = (0_u32, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if begins && !c.is_whitespace() => {
                names.extend(first_name(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn first_name(text: &str) -> Option<String> {
    let name: String =
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The modules that are in a circle, or between two: what is left when those that use no other, and
/// those that no other uses, are taken away again and again.
fn circle(mut uses: Uses) -> Vec<String> {
    loop {
        let left: BTreeSet<String> = uses.keys().cloned().collect();
        for (module, used) in &mut uses {
            used.retain(|name| name != module && left.contains(name));
        }
        let used: BTreeSet<String> = uses.values().flatten().cloned().collect();
        uses.retain(|module, uses| !uses.is_empty() && used.contains(module));
        if uses.len() == left.len() {
            return left.into_iter().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(all: &[(&str, &str)]) -> Uses {
        all.iter().map(|(module, source)| ((*module).to_owned(), named(source))).collect()
    }

    #[test]
    fn a_circle_is_found_and_what_stands_above_and_below_it_is_not() {
        let mut sources = vec![
            ("top", "use crate::a::X;"),
            ("a", "use crate::b::{X, Y};\nuse crate::a::Z;"),
            ("b", "fn f() -> crate::c::X {}"),
            ("c", "use crate::{\n    low::X,\n    a::{self, Y},\n};"),
            ("low", "use core::fmt;"),
        ];
        assert_eq!(circle(uses(&sources)), ["a", "b", "c"]);
        sources[3].1 =
            "// crate::a\nuse crate::low::{a, b};\n#[cfg(test)]\nmod tests { use crate::a; }";
        assert!(circle(uses(&sources)).is_empty());
    }

    #[test]
    fn a_file_belongs_to_the_module_at_the_top() {
        for (path, of) in [("jwt.rs", "jwt"), ("jwt/remote/store.rs", "jwt")] {
            assert_eq!(module(Path::new(path)).as_deref(), Some(of));
        }
        for path in ["lib.rs", "main.rs", "choose/tests.rs", "init/policy.json"] {
            assert_eq!(module(Path::new(path)), None, "{path}");
        }
    }

    #[test]
    fn no_crate_that_ships_has_a_circle() {
        for root in CRATES {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root);
            let found = read(&root).unwrap();
            assert!(!found.is_empty(), "{}", root.display());
            assert!(circle(found).is_empty(), "{}", root.display());
        }
    }
}
