//! Writes the schema of policies as a reference for people, with a table for each object.

use std::fmt::Write as _;

use wicketgate_policy::jwt::{Algorithm, Hash};

use crate::document::{Member, Tree};

const HEAD: &str = "\
<!-- Made by `wicketgate schema --markdown`. Change policy/src/config/wire.rs, then WICKETGATE_UPDATE=1 cargo test -p wicketgate. -->
# The policy

Every member of a policy, made of the types that read it. A policy is JSON on the hosts; the command reads YAML too. A member that isn't listed here is a fault, and so is one that stands there twice.

`wicketgate init` writes a commented policy to start from, and `wicketgate check` finds what is wrong with one, with its line. [policy.schema.json](policy.schema.json) says the same to an editor. How rules are chosen is told in [ARCHITECTURE.md](../ARCHITECTURE.md).

In the names below `NAME` is a name of your own, and `[]` each item of a list.
";

const TABLE: &str = "
| member | value | required | default | meaning |
|---|---|---|---|---|
";

/// An object, and its places in a policy.
struct Section<'t> {
    properties: &'t Tree,
    required: &'t [Tree],
    places: Vec<String>,
}

/// The whole reference.
pub(super) fn write(schema: &Tree) -> String {
    let mut sections = Vec::new();
    collect(schema, "", &mut sections);
    let mut text = HEAD.to_owned();
    for Section { properties, required, places } in &sections {
        text += &format!("\n## {}\n", heading(places));
        let others: Vec<String> = places.iter().skip(1).map(|place| format!("`{place}`")).collect();
        if !others.is_empty() {
            text += &format!("\nThe same at {}.\n", others.join(", "));
        }
        text += TABLE;
        for Member { name, value, .. } in properties.members() {
            let Told { what, default, form } = Told::of(value);
            let place = places.first().map_or("", String::as_str);
            // Within a table it would end the cell.
            let kind = kind(value, form, &join(place, name), &sections).replace('|', "\\|");
            let is_required = required.iter().any(|item| item.text() == Some(name));
            let required = if is_required { "yes" } else { "" };
            // Writing to a string does not fail.
            _ = writeln!(text, "| `{name}` | {kind} | {required} | {default} | {what} |");
        }
    }
    text + &algorithms()
}

/// The signature algorithms of `jwt`, from the core's own table.
fn algorithms() -> String {
    let mut text = "\n## Algorithms\n\nThe keys of `jwt`. A JWK says its `kty` and `crv`, and may say its `alg`; an RSA key without `alg` is for RS256. Keys for others are skipped.\n".to_owned();
    text += "\n| `alg` | `kty` | `crv` | shortest key | hash | without `alg` | in PEM | in a policy or at an address |\n|---|---|---|---|---|---|---|---|\n";
    for algorithm in Algorithm::ALL {
        let yes = |is: bool| if is { "yes" } else { "" };
        // Writing to a string does not fail.
        _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            algorithm.name(),
            algorithm.key_type(),
            algorithm.curve().unwrap_or_default(),
            algorithm.shortest_key(),
            algorithm.hash().map(Hash::name).unwrap_or_default(),
            yes(algorithm.has_keys_without_alg()),
            yes(algorithm.reads_pem()),
            yes(!algorithm.is_secret()),
        );
    }
    text
}

/// The parts of a member's description.
struct Told<'t> {
    what: &'t str,
    default: &'t str,
    form: Option<&'t str>,
}

impl<'t> Told<'t> {
    fn of(member: &'t Tree) -> Self {
        let text = member.text_of("description").unwrap_or_default();
        let (doc, form) = match text.split_once("\n\n") {
            Some((doc, form)) => (doc, Some(form)),
            None => (text, None),
        };
        let (what, default) = doc.split_once(" Default: ").unwrap_or((doc, ""));
        Self { what, default: default.strip_suffix('.').unwrap_or(default), form }
    }
}

fn collect<'t>(schema: &'t Tree, at: &str, sections: &mut Vec<Section<'t>>) {
    if let Some(properties) = schema.get("properties") {
        let known = properties.to_json();
        match sections.iter_mut().find(|other| other.properties.to_json() == known) {
            Some(section) => return section.places.push(at.to_owned()),
            None => sections.push(Section {
                properties,
                required: schema.get("required").map(Tree::items).unwrap_or_default(),
                places: vec![at.to_owned()],
            }),
        }
        for Member { name, value, .. } in properties.members() {
            collect(value, &join(at, name), sections);
        }
    }
    for choice in schema.get("anyOf").map(Tree::items).unwrap_or_default() {
        collect(choice, at, sections);
    }
    if let Some(items) = schema.get("items") {
        collect(items, &format!("{at}[]"), sections);
    }
    if let Some(values) = schema.get("additionalProperties") {
        collect(values, &join(at, "NAME"), sections);
    }
}

/// Describes the values that a place takes. `form` describes the form of a text.
fn kind(schema: &Tree, form: Option<&str>, at: &str, sections: &[Section<'_>]) -> String {
    if let Some(properties) = schema.get("properties") {
        let known = properties.to_json();
        let section = sections.iter().find(|section| section.properties.to_json() == known);
        let heading = section.map(|section| heading(&section.places)).unwrap_or_default();
        return format!("[object](#{})", anchor(&heading));
    }
    if let Some(words) = schema.get("enum") {
        let words = words.items().iter().filter_map(Tree::text).map(|word| format!("`{word}`"));
        return words.collect::<Vec<_>>().join(" or ");
    }
    if let Some(choices) = schema.get("anyOf") {
        let of = |choice: &Tree| kind(choice, choice.text_of("description"), at, sections);
        return choices.items().iter().map(of).collect::<Vec<_>>().join(", or ");
    }
    let inner = |name: &str, at: &str| {
        let of = |inner: &Tree| kind(inner, inner.text_of("description"), at, sections);
        schema.get(name).map(of).unwrap_or_default()
    };
    match schema.text_of("type") {
        Some("array") => format!("list, each {}", inner("items", &format!("{at}[]"))),
        Some("object") => {
            format!("members by name, each {}", inner("additionalProperties", &join(at, "NAME")))
        }
        Some("string") => form.unwrap_or("text").to_owned(),
        Some("boolean") => "`true` or `false`".to_owned(),
        Some("integer") => "whole number".to_owned(),
        _ => "any JSON".to_owned(),
    }
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn heading(places: &[String]) -> String {
    match places.first().map(String::as_str) {
        None | Some("") => "The document".to_owned(),
        Some(place) => format!("`{place}`"),
    }
}

/// The anchor of a heading in Markdown.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
