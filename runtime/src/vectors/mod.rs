//! The vector corpus: requests, and what must become of each on every host.
//!
//! `vectors/README.md` describes the format. A host takes part by a [`Subject`]: it is given a
//! [`Vector`] and says what it did as an [`Observation`]; [`judge`] compares the two. The core
//! itself is the [`Native`] subject.

mod document;
mod judge;
mod line;
mod native;
mod observation;
mod text;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub use document::{Decides, Expect, Request, Sees};
pub use judge::judge;
pub use native::Native;
pub use observation::{Answer, Explanation, Forwarded, Observation, Subject};

use document::File;
use text::Values;

/// One vector, complete: with its policy, environment and clock, and every `{{…}}` replaced.
#[derive(Clone, Debug)]
pub struct Vector {
    /// The file, such as `hosts.json`.
    pub file: String,
    /// The name, distinct within the file.
    pub name: String,
    /// The policy document, JSON.
    pub policy: String,
    /// The variables of the host.
    pub env: Vec<(String, String)>,
    /// The clock, RFC 3339.
    pub now: String,
    /// `true` if what must happen hangs on the clock, so that a host with the real one must skip
    /// it.
    pub own_clock: bool,
    /// The kind of host, as in the policy's `client_address`, that it is about: the others are
    /// not asked. Without one it is about all.
    pub host: Option<String>,
    /// Why no HTTP/1.1 client can make a real host see this request.
    pub unsendable: Option<String>,
    /// The request.
    pub request: Request,
    /// The expected result.
    pub expect: Expect,
    /// Texts that no audit line and no answer may contain.
    pub secrets: Vec<String>,
}

/// Every vector of a folder, in the order of the files' names.
pub fn load(folder: &Path) -> Result<Vec<Vector>> {
    let unreadable = || format!("cannot read the folder `{}`", folder.display());
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in folder.read_dir().with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    let mut vectors = Vec::new();
    for file in files {
        vectors.extend(load_file(&file)?);
    }
    if vectors.is_empty() {
        bail!("no vectors in `{}`", folder.display());
    }
    Ok(vectors)
}

/// The vectors of one file. Names of policy files are relative to its folder.
pub fn load_file(path: &Path) -> Result<Vec<Vector>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new("."));
    let json = std::fs::read_to_string(path).with_context(|| format!("cannot read `{name}`"))?;
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).map_err(Into::into);
    parse(&name, &json, &read)
}

/// The vectors in the text of a file, with `read` for the policy files that it names.
pub fn parse(name: &str, json: &str, read: &dyn Fn(&str) -> Result<String>) -> Result<Vec<Vector>> {
    let file = File::parse(json).with_context(|| format!("in `{name}`"))?;
    let mut vectors: Vec<Vector> = Vec::new();
    for entry in &file.vectors {
        let place = || format!("in `{name}`, vector `{}`", entry.name);
        if vectors.iter().any(|vector| vector.name == entry.name) {
            bail!("{}: the name is taken", place());
        }
        let policy = entry.policy.as_ref().unwrap_or(&file.policy);
        let env = entry.env.as_ref().unwrap_or(&file.env);
        let values = Values::new([env, &file.tokens]);
        let complete = || -> Result<Vector> {
            Ok(Vector {
                file: name.to_owned(),
                name: entry.name.clone(),
                policy: policy.text(read)?,
                env: env.clone().into_iter().collect(),
                now: entry.now.as_ref().unwrap_or(&file.now).clone(),
                own_clock: entry.now.is_some() || file.bounded_in_time,
                host: file.host.clone(),
                unsendable: entry.unsendable.clone(),
                request: entry.request.expand(&values)?,
                expect: entry.expect.expand(&values)?,
                secrets: values.secrets(),
            })
        };
        vectors.push(complete().with_context(place)?);
    }
    Ok(vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{
        "about": "x", "policy": {"version": 1}, "env": {"TOKEN": "s3cret"}, "now": "2026-11-23T12:00:00Z",
        "vectors": [
            { "name": "a", "request": {"method": "GET", "target": "/{{TOKEN}}"}, "expect": {"decision": "pass"} },
            { "name": "b", "now": "1970-01-01T00:00:00Z", "policy": "p.json",
              "request": {"method": "GET", "target": null, "peer": null, "headers": [["x", "{{repeat:ab:3}}"]]},
              "expect": {"decision": "deny", "origin_lacks": ["x"]} } ] }"#;

    fn read(name: &str) -> Result<String> {
        if name == "p.json" { Ok("{}".to_owned()) } else { bail!("no such file") }
    }

    #[test]
    fn a_file_is_completed() {
        let [a, b]: [Vector; 2] = parse("f.json", GOOD, &read).unwrap().try_into().unwrap();
        assert_eq!(
            (a.policy.as_str(), a.request.target.as_deref()),
            (r#"{"version":1}"#, Some("/s3cret"))
        );
        assert_eq!((a.request.peer.as_deref(), a.own_clock), (Some("127.0.0.1"), false));
        assert_eq!((b.policy.as_str(), b.own_clock), ("{}", true));
        assert_eq!((b.request.target, b.request.peer), (None, None));
        assert_eq!(b.request.headers, [("x".to_owned(), "ababab".to_owned())]);
    }

    #[test]
    fn errors_name_the_file_and_the_vector() {
        for (from, to, message) in [
            (r#""about""#, r#""abuot""#, "in `f.json`: unknown field `abuot`"),
            ("origin_lacks", "origin_lack", "in `f.json`: unknown field `origin_lack`"),
            (r#""name": "b""#, r#""name": "a""#, "in `f.json`, vector `a`: the name is taken"),
            ("p.json", "q.json", "in `f.json`, vector `b`: cannot read the policy `q.json`"),
            ("/{{TOKEN}}", "/{{NOKEN}}", "in `f.json`, vector `a`: `{{NOKEN}}` is neither"),
            ("/{{TOKEN}}", "/€", "in `f.json`, vector `a`: `€` is over U+00FF"),
            (r#""target": null, "#, "", "in `f.json`: missing field `target`"),
        ] {
            assert!(GOOD.contains(from));
            let error = parse("f.json", &GOOD.replace(from, to), &read).unwrap_err();
            assert!(format!("{error:#}").starts_with(message), "{error:#}");
        }
    }
}
