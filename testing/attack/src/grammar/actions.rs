//! Handlers that are named by something else than a path: an id in a header or in a form, a name in
//! the query.

use super::tokens;
use crate::probe::Probe;

/// The facts about actions in the origin's own pages.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// Ids of server actions.
    pub ids: Vec<String>,
    /// The targets of forms.
    pub targets: Vec<String>,
}

impl Learned {
    /// Adds what a page says.
    pub fn read(&mut self, page: &[u8]) {
        let text = String::from_utf8_lossy(page);
        // Next.js: 40 hexadecimal digits of a digest, with a byte before them in newer ones.
        for word in text.split(|character: char| !character.is_ascii_hexdigit()) {
            if matches!(word.len(), 40 | 42) && !self.ids.iter().any(|id| id == word) {
                self.ids.push(word.to_owned());
            }
        }
        for (at, name) in text.match_indices("action=\"") {
            let rest = &text[at + name.len()..];
            let Some((target, _)) = rest.split_once('"') else { continue };
            let target = target.replace("&amp;", "&");
            if !target.is_empty() && !self.targets.contains(&target) {
                self.targets.push(target);
            }
        }
    }
}

/// Headers that name an action, and others that are asked for beside it.
const HEADERS: &[&str] = &[
    "Next-Action",
    "next-action",
    "NEXT-ACTION",
    "Next_Action",
    "next.action",
    "next!action",
    "x-next-action",
    "rsc-action",
    "x-rsc-action",
    "X-Action-Id",
];

/// Bodies of actions, with their types.
const BODIES: &[(&str, &str)] = &[
    ("text/plain;charset=UTF-8", "[]"),
    ("text/plain", "[]"),
    ("application/json", "[]"),
    ("application/json", "{}"),
    ("application/x-www-form-urlencoded", "a=b"),
    ("application/x-www-form-urlencoded", "_method=GET"),
    ("application/x-www-form-urlencoded", "$ACTION_ID_{id}="),
    (
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"0\"\r\n\r\n[]\r\n--b--\r\n",
    ),
    (
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"$ACTION_ID_{id}\"\r\n\r\n\r\n--b--\r\n",
    ),
    (
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"1_$ACTION_ID_{id}\"\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"0\"\r\n\r\n[]\r\n--b--\r\n",
    ),
    (
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"$ACTION_REF_1\"\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"$ACTION_1:0\"\r\n\r\n{\"id\":\"{id}\",\"bound\":null}\r\n--b--\r\n",
    ),
];

/// Public pages, and such as are not there.
const PAGES: &[&str] = &[
    "/",
    "/pub",
    "/nowhere",
    "/items/1",
    "/objects/a",
    "/index.html",
    "/de",
    "/_next/data/b1/x.json",
];

/// Every action that was learned, and some that no one knows, on every page.
pub(super) fn probes(bases: &[String], learned: &Learned) -> Vec<Probe> {
    let mut found = Vec::new();
    let unknown = ["x".to_owned(), "0".repeat(42)];
    for id in learned.ids.iter().chain(&unknown) {
        for page in PAGES.iter().copied().chain(bases.iter().map(String::as_str)) {
            for (kind, body) in BODIES {
                let body = body.replace("{id}", id);
                let post = Probe::get(page).with_method("POST").with_content(kind, &body);
                found.push(post.clone());
                for name in HEADERS {
                    found.push(post.clone().with_header(*name, id.as_str()));
                }
            }
            for name in HEADERS {
                found.push(Probe::get(page).with_header(*name, id.as_str()));
            }
        }
    }
    for target in &learned.targets {
        for page in PAGES.iter().copied().chain(bases.iter().map(String::as_str)) {
            let whole = match target.strip_prefix(['?', '#']) {
                Some(_) => format!("{page}{target}"),
                None if target.starts_with('/') => target.clone(),
                None => format!("{page}?{target}"),
            };
            for (kind, body) in BODIES {
                let post = Probe::get(tokens::bytes(&whole)).with_method("POST");
                found.push(post.with_content(kind, body));
            }
            found.push(Probe::get(tokens::bytes(&whole)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_forms_are_learned() {
        let mut learned = Learned::default();
        let id = "00".to_owned() + &"a1".repeat(20);
        let page = format!("<form action=\"?/create&amp;x\"><input name=\"$ACTION_ID_{id}\"/>{id}");
        learned.read(page.as_bytes());
        assert_eq!(
            (&learned.ids[..], &learned.targets[..]),
            (&[id.clone()][..], &["?/create&x".to_owned()][..])
        );
        let found = probes(&[], &learned);
        let body = Probe::get("/pub").with_method("POST").with_content("text/plain", "[]");
        assert!(found.contains(&body.with_header("next!action", id)));
        assert!(found.contains(&Probe::get("/?/create&x")));
    }
}
