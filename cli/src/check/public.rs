//! Notes of everything that a policy opens in so many words.

use super::code::{Code, Warnings, items, rules};
use crate::document::Tree;

/// Paths that one note names.
const SHOWN: usize = 6;

/// Tells what each `public` alternative opens.
pub(super) fn warn(tree: &Tree, warnings: &mut Warnings<'_>) {
    for (rule, item) in rules(tree) {
        for (index, alternative) in items(item, "allow") {
            if alternative.get("public").is_none() {
                continue;
            }
            let methods: Vec<&str> = texts(alternative, "methods").collect();
            let methods =
                if methods.is_empty() { "every method".to_owned() } else { methods.join(", ") };
            let paths: Vec<String> = texts(item, "paths").map(|path| format!("`{path}`")).collect();
            let more = match paths.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let paths = paths.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ") + &more;
            let hosts: Vec<&str> = texts(item, "hosts").collect();
            let on =
                if hosts.is_empty() { String::new() } else { format!(" on {}", hosts.join(", ")) };
            let (from, advice) = match alternative.text_of("network") {
                Some(network) => (
                    format!(" from the addresses of `{network}`"),
                    "a `caller`, if the address alone is not enough",
                ),
                None => (String::new(), "a `caller`, if this is not for everybody"),
            };
            let shadow = item.text_of("mode") == Some("shadow");
            let would = if shadow { " (once the rule is in force)" } else { "" };
            warnings.add(
                Code::Public,
                format!("rules[{rule}].allow[{index}].public"),
                format!("{methods} of {paths}{on} needs no credential{from}{would}"),
                advice,
            );
        }
    }
}

fn texts<'t>(tree: &'t Tree, name: &str) -> impl Iterator<Item = &'t str> {
    items(tree, name).filter_map(|(_, item)| item.text())
}
