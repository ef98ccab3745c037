//! Holds the built site to its links: each leads to a file of the site, and to a place in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use wicketgate_runtime::files;

/// The result.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many links within the site there are.
    pub links: usize,
    /// What is wrong, one a line.
    pub faults: Vec<String>,
}

/// Looks at every page below `folder`.
///
/// # Errors
/// If a page can't be read.
pub fn check(folder: &Path) -> Result<Checked> {
    let files = files_below(folder)?;
    let mut pages: BTreeMap<&Path, Page> = BTreeMap::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "html")) {
        pages.insert(path, Page::of(&files::read(&folder.join(path))?));
    }
    let mut checked = Checked::default();
    for (path, page) in &pages {
        for (attribute, link) in &page.links {
            let is_away = link.contains("://") || link.starts_with("//");
            if is_away && (*attribute == "src" || link.ends_with(".css") || link.ends_with(".js")) {
                checked.faults.push(format!("{}: loads `{link}` from elsewhere", path.display()));
            }
            if is_away || ["data:", "mailto:", "javascript:"].iter().any(|s| link.starts_with(s)) {
                continue;
            }
            checked.links += 1;
            if let Some(fault) = fault(path, link, &files, &pages) {
                checked.faults.push(format!("{}: `{link}` {fault}", path.display()));
            }
        }
    }
    Ok(checked)
}

fn fault(
    from: &Path,
    link: &str,
    files: &BTreeSet<PathBuf>,
    pages: &BTreeMap<&Path, Page>,
) -> Option<String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let file = file.split('?').next().unwrap_or_default();
    let mut target = if file.is_empty() {
        from.to_owned()
    } else {
        super::pages::normal(&from.parent().unwrap_or(Path::new("")).join(decoded(file)))
    };
    if file.ends_with('/') || target.as_os_str().is_empty() {
        target.push("index.html");
    }
    if !files.contains(&target) {
        return Some("leads to no file".into());
    }
    let page = pages.get(target.as_path())?;
    // A bare `#` is the top of any page.
    let found = anchor.is_empty() || page.ids.contains(&decoded(anchor));
    (!found).then(|| format!("leads to no place in {}", target.display()))
}

/// What a page links, and the places that it has.
struct Page {
    links: Vec<(&'static str, String)>,
    ids: BTreeSet<String>,
}

impl Page {
    /// Reads the attributes that matter. Pages are made by tools, which write them in double quotes
    /// and write the signs of markup in text as entities.
    fn of(html: &str) -> Self {
        let mut page = Self { links: Vec::new(), ids: BTreeSet::new() };
        let mut rest = html;
        while let Some((_, after)) = rest.split_once('<') {
            let (tag, next) = after.split_once('>').unwrap_or((after, ""));
            rest = next;
            for (name, id) in [("href", false), ("src", false), ("id", true)] {
                let value = tag.split_once(&format!(" {name}=\"")).map(|(_, value)| value);
                let Some((value, _)) = value.and_then(|value| value.split_once('"')) else {
                    continue;
                };
                let value = value.replace("&amp;", "&");
                match id {
                    true => _ = page.ids.insert(value),
                    false => page.links.push((if name == "src" { "src" } else { "href" }, value)),
                }
            }
            // A script may hold text that looks like markup.
            if tag.starts_with("script") {
                rest = rest.split_once("</script").map_or("", |(_, after)| after);
            }
        }
        page
    }
}

/// The text without percent-encoding.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(code) if *first == b'%' => {
                bytes.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn files_below(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![PathBuf::new()]);
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&below))? {
            let (entry, path) = match entry {
                Ok(entry) => (entry.file_type()?, below.join(entry.file_name())),
                Err(error) => return Err(error.into()),
            };
            if entry.is_dir() {
                folders.push(path);
            } else {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wicketgate_runtime::files::TempDir;

    #[test]
    fn broken_links_are_found() {
        let site = TempDir::new().unwrap();
        let page = |name: &str, text: &str| files::write(&site.path().join(name), text).unwrap();
        page(
            "index.html",
            "<h1 id=\"top\">x</h1><a href=\"b.html#here\">b</a><a href=\"#top\">t</a>",
        );
        page(
            "b.html",
            "<p id=\"here\"><a class=\"x\" href=\"./#top\">i</a><a href=\"https://a/\">a</a>",
        );
        let checked = check(site.path()).unwrap();
        assert_eq!((checked.links, &*checked.faults), (3, &[][..]));
        page(
            "c.html",
            "<a href=\"gone.html\">g</a><a href=\"b.html#gone\">g</a><img src=\"https://a/b.png\"><script src=\"d.js\"></script>",
        );
        let faults = check(site.path()).unwrap().faults;
        assert_eq!(
            faults,
            [
                "c.html: `gone.html` leads to no file",
                "c.html: `b.html#gone` leads to no place in b.html",
                "c.html: loads `https://a/b.png` from elsewhere",
                "c.html: `d.js` leads to no file",
            ]
        );
    }
}
