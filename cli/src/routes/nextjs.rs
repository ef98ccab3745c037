//! Routes of a built Next.js application, from the manifests in its `.next` folder.

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wicketgate_policy::Stack;

use super::list::{List, Route};
use super::template::{Kind, Segment, Template};

/// Reads a `.next` folder, the folder around it, or a `routes-manifest.json` and the files beside
/// it.
///
/// # Errors
/// If `routes-manifest.json` is missing, or a manifest can't be read.
pub(super) fn read(path: &Path) -> Result<List> {
    let folder = folder(path)?;
    let manifest: Manifest = json(&folder.join("routes-manifest.json"))?.with_context(|| {
        format!("no `routes-manifest.json` in `{}`: is it built?", folder.display())
    })?;
    let app: BTreeMap<String, String> =
        json(&folder.join("app-path-routes-manifest.json"))?.unwrap_or_default();
    let mut pages: Option<BTreeMap<String, String>> =
        json(&folder.join("server/pages-manifest.json"))?;
    if pages.is_none() {
        pages = json(&folder.join("pages-manifest.json"))?;
    }
    let build = std::fs::read_to_string(folder.join("BUILD_ID")).ok();
    let build = build.as_deref().map(str::trim).unwrap_or("build");
    let locales = manifest.i18n.as_ref().map(|i18n| i18n.locales.as_slice()).unwrap_or_default();

    let mut list = List::default();
    list.notes.push(
        "Next.js' manifests do not tell methods: a handler takes those that it exports".to_owned(),
    );
    let declared = manifest.static_routes.iter().chain(&manifest.dynamic_routes);
    let mut shown: BTreeSet<&str> = declared.map(|route| route.page.as_str()).collect();
    shown.extend(app.values().map(String::as_str));
    let pages = pages.unwrap_or_default();
    shown.extend(pages.keys().map(|page| without_locale(page, locales)));
    shown.retain(|route| !OWN.contains(route));
    let data: BTreeSet<&str> =
        manifest.data_routes.iter().map(|route| route.page.as_str()).collect();
    // A page of the app folder has a payload beside it (`.rsc`); a route handler has none.
    let payloads: BTreeSet<&str> = app
        .iter()
        .filter(|(file, _)| file.ends_with("/page"))
        .map(|(_, route)| route.as_str())
        .collect();
    for route in shown {
        // An intercepted route (`/feed/(..)photo`) is asked for by the path of another.
        if route.contains("(.") {
            continue;
        }
        match template(route) {
            Ok(plain) => {
                let mut templates = vec![plain.clone()];
                if !locales.is_empty() {
                    templates.push(behind_locale(&plain, locales));
                }
                if data.contains(route) {
                    templates.extend(
                        with_suffix(&plain, ".json")
                            .map(|path| path.below(&format!("/_next/data/{build}"))),
                    );
                }
                if payloads.contains(route) {
                    templates.extend(with_suffix(&plain, ".rsc"));
                }
                for template in &mut templates {
                    *template = template.below(&manifest.base_path);
                }
                let (shown, methods) = (format!("{}{route}", manifest.base_path), Vec::new());
                list.routes.push(Route { shown, methods, templates, leads_to: None });
            }
            Err(why) => list.unread.push((route.to_owned(), why)),
        }
    }
    list.stack = Some(Stack::Nextjs);
    list.locales = locales.to_vec();
    list.base = manifest.base_path.split('/').filter(|part| !part.is_empty()).count();
    list.mounts = Some(manifest.base_path.clone()).filter(|_| list.base > 0).into_iter().collect();
    list.files = public_files(&folder);
    for rewrite in manifest.rewrites.all() {
        source::add(rewrite, locales, &mut list);
    }
    Ok(list)
}

/// Paths that Next.js serves by itself.
const OWN: [&str; 7] =
    ["/404", "/500", "/_app", "/_document", "/_error", "/_global-error", "/_not-found"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    #[serde(default)]
    base_path: String,
    #[serde(default)]
    static_routes: Vec<Page>,
    #[serde(default)]
    dynamic_routes: Vec<Page>,
    #[serde(default)]
    data_routes: Vec<Page>,
    #[serde(default)]
    rewrites: Rewrites,
    i18n: Option<I18n>,
}

#[derive(Deserialize)]
struct Page {
    page: String,
}

#[derive(Deserialize)]
struct I18n {
    locales: Vec<String>,
}

/// Next.js writes a single list if there is only one kind.
#[derive(Deserialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Rewrites {
    Sorted {
        #[serde(default)]
        before_files: Vec<Rewrite>,
        #[serde(default)]
        after_files: Vec<Rewrite>,
        #[serde(default)]
        fallback: Vec<Rewrite>,
    },
    Plain(Vec<Rewrite>),
}

impl Default for Rewrites {
    fn default() -> Self {
        Self::Plain(Vec::new())
    }
}

impl Rewrites {
    fn all(&self) -> impl Iterator<Item = &Rewrite> {
        let lists: [&[Rewrite]; 3] = match self {
            Self::Sorted { before_files, after_files, fallback } => {
                [before_files, after_files, fallback]
            }
            Self::Plain(list) => [list, &[], &[]],
        };
        lists.into_iter().flatten()
    }
}

#[derive(Deserialize)]
struct Rewrite {
    source: String,
    destination: String,
}

fn folder(path: &Path) -> Result<PathBuf> {
    let shown = path.display();
    if !path.exists() {
        bail!("cannot read `{shown}`: it is not there");
    }
    if path.is_file() {
        return Ok(path.parent().unwrap_or(Path::new(".")).to_owned());
    }
    let inner = path.join(".next");
    Ok(if inner.join("routes-manifest.json").exists() { inner } else { path.to_owned() })
}

/// Reads a manifest; `None` if it is missing.
fn json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    if !path.exists() {
        return Ok(None);
    }
    let (name, bytes) = crate::document::read(path)?;
    let read = serde_json::from_slice(&bytes);
    read.map(Some).with_context(|| format!("`{name}` is no manifest of Next.js"))
}

/// The files and folders of `public`, which are served at the top.
fn public_files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.join("../public")) else { return Vec::new() };
    let named = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        Some(if entry.path().is_dir() { name + "/*" } else { name })
    };
    let mut files: Vec<String> = entries.filter_map(Result::ok).filter_map(named).collect();
    files.sort();
    files
}

/// Removes the locale from a page that was made for each locale.
fn without_locale<'p>(page: &'p str, locales: &[String]) -> &'p str {
    let rest = page.strip_prefix('/').and_then(|rest| {
        let locale = locales.iter().find(|locale| {
            rest.strip_prefix(locale.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })?;
        rest.strip_prefix(locale.as_str())
    });
    match rest {
        Some("") => "/",
        Some(rest) => rest,
        None => page,
    }
}

/// `/runs/[symbol]`, `/docs/[...path]`, `/docs/[[...path]]`.
fn template(route: &str) -> Result<Template, String> {
    let path = route.strip_prefix('/').ok_or("no leading `/`")?;
    let segment = |text: &str| {
        let inside = |open: &str, close: &str| {
            text.strip_prefix(open)?.strip_suffix(close).filter(|name| !name.contains(['[', ']']))
        };
        if inside("[[...", "]]").is_some() {
            Segment::Rest { least: 0 }
        } else if inside("[...", "]").is_some() {
            Segment::Rest { least: 1 }
        } else if inside("[", "]").is_some() {
            Segment::One { before: String::new(), kind: Kind::Any, after: String::new() }
        } else {
            Segment::Text(text.to_owned())
        }
    };
    Template::new(path.split('/').map(segment).collect())
}

fn behind_locale(plain: &Template, locales: &[String]) -> Template {
    let kind = Kind::OneOf(locales.to_vec());
    let locale = Segment::One { before: String::new(), kind, after: String::new() };
    let rest = plain.0.iter().filter(|segment| **segment != Segment::Text(String::new()));
    Template([locale].into_iter().chain(rest.cloned()).collect())
}

/// The path with a suffix on its last segment, if that can have one.
fn with_suffix(plain: &Template, suffix: &str) -> Option<Template> {
    let mut template = plain.clone();
    match template.0.last_mut()? {
        Segment::Text(text) if text.is_empty() => *text = format!("index{suffix}"),
        Segment::Text(text) => text.push_str(suffix),
        Segment::One { after, .. } => after.push_str(suffix),
        Segment::Rest { .. } => {
            template.0.pop();
            template.0.push(Segment::One {
                before: String::new(),
                kind: Kind::Any,
                after: suffix.to_owned(),
            });
        }
    }
    Some(template)
}
