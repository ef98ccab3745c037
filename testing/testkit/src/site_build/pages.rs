//! The pages as the book has them. In the checkout they link each other and the project's files as
//! they lie, so that they read well where the files are shown. In the book, pages from outside of
//! `docs/` lie under `project/`, and what is no page is a link to the repository.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wicketgate_runtime::files;

/// Puts the book's files into `book`.
pub(super) fn stage(root: &Path, book: &Path) -> Result<()> {
    let summary = files::read(&root.join(SUMMARY))?;
    let mut pages = Pages::of(&summary)?;
    pages.0.insert(SUMMARY.into(), "SUMMARY.md".into());
    for (source, place) in &pages.0 {
        let text = files::read(&root.join(source))?;
        let text = rewritten(&text, |link| pages.link(root, source, place, link));
        write(&book.join(PAGES).join(place), text.as_bytes())?;
    }
    for name in BOOK {
        write(&book.join(name), files::read(&root.join("docs").join(name))?.as_bytes())?;
    }
    for (name, file) in files::sources(&root.join("docs"))? {
        let is_asset = name.extension().is_some_and(|ending| ASSETS.iter().any(|a| ending == *a));
        if is_asset && !name.starts_with("playground") {
            let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
            write(&book.join(PAGES).join(&name), &bytes)?;
        }
    }
    Ok(())
}

const SUMMARY: &str = "docs/SUMMARY.md";

/// What mdBook reads beside the folder of pages, which the first of them names.
const BOOK: [&str; 2] = ["book.toml", "site.css"];
const PAGES: &str = "pages";

/// What the pages show or offer: plots, figures, schemas.
const ASSETS: [&str; 2] = ["svg", "json"];

/// Where files that are no page are to be read.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The page of the site that is no page of the book.
const PLAYGROUND: &str = "docs/playground/index.html";

/// Each page by its path in the checkout, with its place in the book.
struct Pages(BTreeMap<PathBuf, PathBuf>);

impl Pages {
    /// Those that the summary lists.
    fn of(summary: &str) -> Result<Self> {
        let mut pages = BTreeMap::new();
        rewritten(summary, |link| {
            let source = normal(&Path::new("docs").join(link));
            let place = match source.strip_prefix("docs") {
                Ok(own) => own.to_owned(),
                Err(_) => Path::new("project").join(&source),
            };
            pages.insert(source, place);
            None
        });
        ensure!(!pages.is_empty(), "{SUMMARY} lists no page");
        Ok(Self(pages))
    }

    /// A page's link as it has to be in the book; `None` for one that stays.
    fn link(&self, root: &Path, source: &Path, place: &Path, link: &str) -> Option<String> {
        if link.contains("://") || link.starts_with('#') {
            return None;
        }
        let (file, anchor) = link
            .split_once('#')
            .map_or((link, String::new()), |(file, anchor)| (file, format!("#{anchor}")));
        let target = normal(&source.parent().unwrap_or(Path::new("")).join(file));
        let page = self.0.get(&target).or_else(|| self.0.get(&target.join("README.md")));
        if let Some(page) = page {
            // The book makes `index.html` of each `README.md`, and finds it in the summary alone.
            let is_index = source != Path::new(SUMMARY) && page.ends_with("README.md");
            let page = if is_index { page.with_file_name("index.md") } else { page.clone() };
            return Some(relative(place, &page) + &anchor);
        }
        if target == Path::new(PLAYGROUND) {
            return None;
        }
        let ending = target.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if target.starts_with("docs") && ASSETS.contains(&ending) {
            return Some(relative(place, target.strip_prefix("docs").unwrap_or(&target)));
        }
        let kind = if root.join(&target).is_dir() { "tree" } else { "blob" };
        Some(format!("{REPOSITORY}/{kind}/main/{}{anchor}", target.display()))
    }
}

/// The text with each link that `link` has another for; blocks and spans of code hold none.
fn rewritten(text: &str, mut link: impl FnMut(&str) -> Option<String>) -> String {
    let (mut out, mut in_block) = (String::new(), false);
    for line in text.split_inclusive('\n') {
        let fence = line.trim_start().starts_with("```");
        in_block ^= fence;
        if fence || in_block {
            out += line;
            continue;
        }
        for (at, part) in line.split('`').enumerate() {
            if at > 0 {
                out.push('`');
            }
            // Inside of a span; the text of a link may hold one, its address never.
            if at % 2 == 1 {
                out += part;
                continue;
            }
            let mut pieces = part.split("](");
            out += pieces.next().unwrap_or_default();
            for piece in pieces {
                let (address, rest) = piece.split_once(')').unwrap_or((piece, ""));
                let changed = link(address);
                out += &format!("]({}){rest}", changed.as_deref().unwrap_or(address));
            }
        }
    }
    out
}

/// The way from one place in the book to another.
fn relative(from: &Path, to: &Path) -> String {
    let ups = from.components().count().saturating_sub(1);
    format!("{}{}", "../".repeat(ups), to.display())
}

/// A path without `.` and `..`.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = normal.pop(),
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    }
    files::write(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_assets_and_the_repository() {
        let summary = "- [a](policy.md)\n- [b](../envoy/README.md)\n- [c](decisions/README.md)\n";
        let pages = Pages::of(summary).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let link = |source: &str, link: &str| {
            let source = Path::new(source);
            pages.link(&root, source, &pages.0[source], link)
        };
        let repository = |rest: &str| Some(format!("{REPOSITORY}/{rest}"));
        let from = "docs/policy.md";
        assert_eq!(link(from, "../envoy/#istio"), Some("project/envoy/index.md#istio".into()));
        assert_eq!(link(from, "policy.schema.json"), Some("policy.schema.json".into()));
        assert_eq!(link(from, "../vectors/paths.json"), repository("blob/main/vectors/paths.json"));
        assert_eq!(link(from, "../testing/spec/"), repository("tree/main/testing/spec"));
        assert_eq!(link(from, "https://a.example/"), None);
        assert_eq!(link(from, "#rules"), None);
        assert_eq!(link(from, "playground/index.html"), None);
        let envoy = "envoy/README.md";
        assert_eq!(link(envoy, "../docs/policy.md#a"), Some("../../policy.md#a".into()));
        assert_eq!(link(envoy, "envoy.yaml"), repository("blob/main/envoy/envoy.yaml"));
    }

    #[test]
    fn code_is_left_alone() {
        let text = "[`a`](x) `[b](x)`\n```\n[c](x)\n```\n[d](x)";
        let out = rewritten(text, |_| Some("y".into()));
        assert_eq!(out, "[`a`](y) `[b](x)`\n```\n[c](x)\n```\n[d](y)");
    }
}
