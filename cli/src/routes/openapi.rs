//! Reads routes from an OpenAPI 3 document, such as FastAPI serves as `/openapi.json`.

use std::path::Path;

use anyhow::{Result, bail};
use wicketgate_policy::Stack;

use super::list::{List, Parameter, bracketed};
use super::template::Kind;
use crate::diagnostics::place;
use crate::document::{Document, Tree};

/// Reads a document.
///
/// # Errors
/// If it can't be read, or is no OpenAPI document.
pub(super) fn read(path: &Path) -> Result<List> {
    let document = Document::open_loose(path)?;
    let name = &document.name;
    let Some(tree) = &document.tree else {
        let Some((fault, span)) = &document.broken else { bail!("`{name}` holds nothing") };
        let (line, column) = place(&document.source, span.start);
        bail!("{name}:{line}:{column}: {}", fault.found);
    };
    if tree.get("swagger").is_some() {
        bail!(
            "`{name}` is of Swagger 2, and OpenAPI 3 is read: a converter makes one of the other"
        );
    }
    if !tree.text_of("openapi").is_some_and(|version| version.starts_with("3.")) {
        bail!("`{name}` is no document of OpenAPI 3: it has no `\"openapi\": \"3.…\"`");
    }
    let mut list = List { hides_spans: true, ..List::default() };
    let prefixes = servers(tree);
    for member in tree.get("paths").map(Tree::members).unwrap_or_default() {
        // Other members are extensions (`x-…`).
        if !member.name.starts_with('/') {
            continue;
        }
        item(tree, &member.name, &member.value, &mut list);
    }
    for route in &mut list.routes {
        let plain = route.templates.clone();
        for prefix in &prefixes {
            route.templates.extend(plain.iter().map(|template| template.below(prefix)));
        }
    }
    if !prefixes.is_empty() {
        let all: Vec<String> = prefixes.iter().map(|prefix| format!("`{prefix}`")).collect();
        list.notes.push(format!(
            "its servers are below {}: paths are asked with and without",
            all.join(", ")
        ));
    }
    list.mounts = prefixes;
    list.stack = is_fastapi(tree).then_some(Stack::Fastapi);
    list.notes.push(
        "routes that the document leaves out (`include_in_schema=False`) are not judged".to_owned(),
    );
    Ok(list)
}

/// FastAPI names an operation by its function, its path and its method.
fn is_fastapi(tree: &Tree) -> bool {
    let paths = tree.get("paths").map(Tree::members).unwrap_or_default();
    paths.iter().any(|path| {
        let word = |c: char| if c.is_alphanumeric() { c } else { '_' };
        let path_words: String = path.name.chars().map(word).collect();
        path.value.members().iter().any(|method| {
            let id = method.value.text_of("operationId").unwrap_or_default();
            let end = format!("{path_words}_{}", method.name);
            id.ends_with(&end) && id.len() > end.len()
        })
    })
}

/// The operations of one path.
fn item(document: &Tree, path: &str, item: &Tree, list: &mut List) {
    let item = match item.text_of("$ref") {
        None => item,
        Some(reference) => match resolved(document, reference) {
            Some(item) => item,
            None => {
                let why =
                    format!("`$ref` to `{}` is not in this document", reference.escape_debug());
                return list.unread.push((path.to_owned(), why));
            }
        },
    };
    let mut methods: Vec<String> = METHODS
        .into_iter()
        .filter(|method| item.get(method).is_some())
        .map(str::to_uppercase)
        .collect();
    // OpenAPI 3.2 has further methods here, by their own names.
    let more = item.get("additionalOperations").map(Tree::members).unwrap_or_default();
    methods.extend(more.iter().map(|member| member.name.clone()));
    if !methods.is_empty() {
        list.add(path, methods, bracketed(path, ['{', '}'], parameter));
    }
}

const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The document does not tell which parameters span segments: it has FastAPI's `{file:path}` as
/// `{file}`. The name may tell.
fn parameter(name: &str) -> Parameter {
    let name = name.to_ascii_lowercase();
    // API Gateway's `{proxy+}`, axum's `{*rest}`, a converter or an expression that was kept.
    let spans = name.contains(['+', '*', '/']) || name.ends_with("...");
    let is_named_so = ["path", "rest", "splat", "wildcard"].into_iter().any(|word| {
        name == word || name.strip_suffix(word).is_some_and(|n| n.ends_with(['_', '-', ':']))
    });
    if spans || is_named_so || name.ends_with("path") {
        Parameter::Rest
    } else {
        Parameter::One(Kind::Any)
    }
}

fn resolved<'t>(document: &'t Tree, reference: &str) -> Option<&'t Tree> {
    let pointer = reference.strip_prefix("#/")?;
    pointer
        .split('/')
        .try_fold(document, |tree, name| tree.get(&name.replace("~1", "/").replace("~0", "~")))
}

/// The paths of the servers, of the document, a path and an operation: FastAPI's `root_path` is one.
fn servers(tree: &Tree) -> Vec<String> {
    let mut prefixes: Vec<String> = Vec::new();
    let items = tree.get("paths").map(Tree::members).unwrap_or_default();
    let operations = items.iter().flat_map(|item| item.value.members());
    let holders = items.iter().chain(operations).map(|member| &member.value);
    let lists = std::iter::once(tree).chain(holders).filter_map(|holder| holder.get("servers"));
    for server in lists.flat_map(Tree::items) {
        for url in server.text_of("url").map(|url| filled(url, server)).unwrap_or_default() {
            let path = match url.split_once("://") {
                Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default(),
                None => &url,
            };
            let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
            let path = path.to_owned();
            if path.starts_with('/') && !path.contains('{') && !prefixes.contains(&path) {
                prefixes.push(path);
            }
        }
    }
    prefixes
}

/// A server's URL with its variables filled in: the default of each, and whatever else it may be.
fn filled(url: &str, server: &Tree) -> Vec<String> {
    const MOST: usize = 32;
    let mut urls = vec![url.to_owned()];
    for variable in server.get("variables").map(Tree::members).unwrap_or_default() {
        let name = format!("{{{}}}", variable.name);
        let others = variable.value.get("enum").map(Tree::items).unwrap_or_default();
        let values: Vec<&str> = std::iter::once(variable.value.text_of("default"))
            .chain(others.iter().map(Tree::text))
            .flatten()
            .collect();
        if values.is_empty() {
            continue;
        }
        urls = urls
            .iter()
            .flat_map(|url| values.iter().map(|value| url.replace(&name, value)))
            .take(MOST)
            .collect();
    }
    urls
}
