//! Checks the documentation against the product: each fenced block has a known kind and is checked
//! as such, commands are run, and links lead somewhere.
//!
//! The kind is the block's info string:
//!
//! | info string | what is done |
//! |---|---|
//! | `json policy [FILE]`, `yaml policy [FILE]` | checked by the core, and there as FILE for the page's commands |
//! | `json fragment PLACE` | members put into a policy at PLACE, which is then checked by the core |
//! | `json audit` | held to the schema of audit lines, by its members where it is cut short |
//! | `json [FILE]`, `yaml [FILE]`, `toml`, `yaml kubernetes` | parsed |
//! | `yaml envoy` | parsed as filters of Envoy's that hold a gate which fails closed |
//! | `sh`, `console` | commands are known; those of `wicketgate` are run and what they say is compared, and answers to `curl` are held to what the core says |
//! | `python PATH`, `js PATH` | stands in that file, word for word; or is the page's own file |
//! | `text` | nothing |
//!
//! In what is shown, `…` stands for anything, and on a line of its own for any lines.

#[path = "docs/blocks.rs"]
mod blocks;
#[path = "docs/commands.rs"]
mod commands;
mod common;
#[path = "docs/markdown.rs"]
mod markdown;

use std::fs;
use std::path::PathBuf;

use common::root;
use markdown::Page;

/// Every page: the documentation, the records of decisions, and what stands beside them at the top.
fn pages() -> Vec<Page> {
    let folders = ["docs", "docs/decisions"].map(|folder| fs::read_dir(root().join(folder)));
    let entries = folders.into_iter().flat_map(Result::unwrap);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension() == Some("md".as_ref()));
    paths.extend(["README.md", "ARCHITECTURE.md"].map(|name| root().join(name)));
    paths.sort();
    paths.iter().map(|path| Page::read(path)).collect()
}

#[test]
fn every_block_is_what_it_says() {
    let (mut faults, mut count) = (Vec::new(), 0);
    for page in pages() {
        let folder = tempfile::tempdir().unwrap();
        for block in &page.blocks {
            count += 1;
            if let Err(fault) = blocks::check(block, &page, folder.path()) {
                faults.push(format!("{}:{}: {fault}", page.name, block.line));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 40, "only {count} blocks");
}

#[test]
fn every_link_leads_somewhere() {
    let (mut faults, mut count) = (Vec::new(), 0);
    for page in pages() {
        for (line, link) in page.links() {
            count += 1;
            if let Err(fault) = page.resolve(&link) {
                faults.push(format!("{}:{line}: {fault}", page.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 50, "only {count} links");
}

#[test]
fn every_page_is_in_the_index() {
    for folder in ["docs/", "docs/decisions/"] {
        let index = Page::read(&root().join(folder).join("README.md"));
        let linked: Vec<String> = index.links().into_iter().map(|(_, link)| link).collect();
        for page in pages() {
            let name = page.name.strip_prefix(folder);
            let other = ["README.md", "SUMMARY.md"];
            let name = name.filter(|name| !other.contains(name) && !name.contains('/'));
            let missing = name.filter(|name| !linked.iter().any(|link| link == name));
            assert_eq!(missing, None, "{folder}README.md does not link it");
        }
    }
}

/// The site has each page too, and reads in the order of its summary.
#[test]
fn every_page_is_in_the_summary() {
    let summary = Page::read(&root().join("docs/SUMMARY.md"));
    let linked: Vec<String> = summary.links().into_iter().map(|(_, link)| link).collect();
    for page in pages() {
        let name = page.name.strip_prefix("docs/").filter(|name| *name != "SUMMARY.md");
        let missing = name.filter(|name| !linked.iter().any(|link| link == name));
        assert_eq!(missing, None, "docs/SUMMARY.md does not link it");
    }
}

/// A word in snake case on the page of symptoms is a reason, a member of a policy, or a field.
#[test]
fn codes_on_the_page_of_symptoms_exist() {
    let page = Page::read(&root().join("docs/troubleshooting.md"));
    let known = [
        fs::read_to_string(root().join("docs/reasons.md")).unwrap(),
        fs::read_to_string(root().join("docs/policy.md")).unwrap(),
        fs::read_to_string(root().join("envoy/envoy.yaml")).unwrap(),
        fs::read_to_string(root().join("envoy/alerts.yaml")).unwrap(),
        fs::read_to_string(root().join("envoy/key-cluster.yaml")).unwrap(),
    ]
    .concat();
    let mut count = 0;
    for code in page.code_spans() {
        let is_code =
            code.contains('_') && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if is_code {
            assert!(known.contains(&code), "`{code}` is nothing that is known");
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} codes");
}
