//! What a line for curl says so far, and the request that curl makes of it.

use anyhow::{Context, Result, bail};

use crate::request::Request;
use crate::url;

/// What the options so far say.
#[derive(Default)]
pub(crate) struct Line {
    pub(crate) asked: Request,
    pub(crate) method: Option<String>,
    /// The method that a body implies: `POST`, `PUT`.
    pub(crate) implied: Option<&'static str>,
    pub(crate) head: bool,
    pub(crate) url: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) query: Vec<String>,
    /// The name of a file with a part of the body. Files are not read.
    pub(crate) file: Option<String>,
    /// The file of `-T`.
    pub(crate) upload: Option<String>,
    pub(crate) data_in_query: bool,
    pub(crate) path_as_is: bool,
    pub(crate) globs: bool,
    /// Headers that curl makes from other options. A header of the user's with the same name
    /// replaces it.
    pub(crate) own: Vec<(&'static str, String)>,
    pub(crate) cookies: Vec<String>,
    /// Header names that the user has given, with a value or without.
    pub(crate) said: Vec<String>,
}

impl Line {
    pub(crate) fn header(&mut self, line: &str) -> Result<()> {
        if let Some(file) = line.strip_prefix('@') {
            bail!(
                "`-H @{}` reads headers of a file, which is not read here: write them",
                file.escape_debug()
            );
        }
        if line.contains(['\r', '\n']) {
            bail!("a header line with a line break in it");
        }
        match line.split_once(':') {
            Some((name, value)) => {
                self.said.push(name.trim().to_ascii_lowercase());
                // Other white space, such as one that a web page puts in, is sent as it is.
                let value = value.trim_matches([' ', '\t']);
                // `name:` tells curl to leave out its own header of that name.
                if !value.is_empty() {
                    if let Some(variable) = cmd_variable(value) {
                        bail!(
                            "`{variable}` is a variable of cmd: write `${}`",
                            variable.trim_matches('%')
                        );
                    }
                    self.asked.add_header(name.trim(), value);
                }
            }
            None => match line.trim_end().strip_suffix(';') {
                // This header is sent without a value.
                Some(name) if !name.contains(';') => {
                    self.said.push(name.trim().to_ascii_lowercase());
                    self.asked.add_header(name.trim(), "");
                }
                _ => bail!("`-H {}` is no header line: it has no `:`", line.escape_debug()),
            },
        }
        Ok(())
    }

    /// The last of several counts.
    pub(crate) fn own(&mut self, name: &'static str, value: String) {
        self.own.retain(|(other, _)| *other != name);
        self.own.push((name, value));
    }

    /// HTTP Basic for a user and a password. It is encoded when secrets are in their places.
    pub(crate) fn basic(&mut self, user: &str) {
        self.own("authorization", BASIC.into());
        let colon = if user.contains(':') { "" } else { ":" };
        self.asked.basic = Some(format!("{user}{colon}").into_bytes());
    }

    pub(crate) fn url(&mut self, url: String) -> Result<()> {
        if self.url.replace(url).is_some() {
            bail!("one URL at a time");
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Request> {
        let url = self.url.take().context("the curl line has no URL")?;
        let url::Parts { authority, mut target, user } = url::parts(&url, self.globs)?;
        if let Some(user) =
            user.filter(|_| !self.own.iter().any(|(name, _)| *name == "authorization"))
        {
            self.basic(&user);
        }
        if self.data_in_query {
            if let Some(file) = &self.file {
                bail!(
                    "`{}` stands in the query by `-G`, and is not read here",
                    file.escape_debug()
                );
            }
            if !self.query.is_empty() {
                target.push(if target.contains('?') { '&' } else { '?' });
                target += &self.query.join("&");
            }
        }
        // If the URL names no file, curl sends the file's own name.
        let file = self.upload.as_deref().filter(|file| !matches!(*file, "-" | "."));
        if let Some(file) = file.filter(|_| target.ends_with('/')) {
            let name = file.rsplit('/').next().unwrap_or_default();
            if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
                bail!("curl adds the file's name to a URL that ends in `/`: write it");
            }
            target += name;
        }
        let mut asked = self.asked;
        match self.target {
            Some(own) => target = own,
            None if self.path_as_is => {}
            None => asked.notes.extend(url::resolve(&mut target)),
        }
        if !self.cookies.is_empty() {
            self.own.push(("cookie", self.cookies.join("; ")));
        }
        let mut has_basic = false;
        for (name, value) in self.own {
            if value.is_empty() || self.said.iter().any(|said| said == name) {
                continue;
            }
            if value == BASIC {
                has_basic = true;
            } else {
                asked.add_header(name, value);
            }
        }
        asked.basic = asked.basic.filter(|_| has_basic);
        let implied = match (self.head, self.data_in_query) {
            (true, _) => "HEAD",
            (_, true) => "GET",
            _ => self.implied.unwrap_or("GET"),
        };
        asked.method = self.method.unwrap_or_else(|| implied.into()).into_bytes();
        asked.target = Some(target.into_bytes());
        // A `Host` header of the user's replaces the URL's; an empty one removes both.
        let own = asked.headers.iter().position(|(name, _)| name == b"host");
        asked.authority = match own {
            Some(at) => Some(asked.headers.remove(at).1),
            None if self.said.iter().any(|said| said == "host") => None,
            None => Some(authority.into_bytes()),
        };
        Ok(asked)
    }
}

/// A variable of cmd in a value, `%NAME%`, which a shell leaves as it is.
fn cmd_variable(value: &str) -> Option<&str> {
    let start = value.find('%')?;
    let name = value.get(start + 1..)?.split('%').next()?;
    let is_name = name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let variable = value.get(start..start + name.len() + 2)?;
    (is_name && variable.ends_with('%')).then_some(variable)
}

/// Stands for the value of `Authorization` that curl makes of a user and a password.
const BASIC: &str = "Basic";
