//! Splits a URL as curl does, as far as HTTP sees.

use anyhow::{Result, bail};

/// The parts of a URL that are sent.
pub(crate) struct Parts {
    pub(crate) authority: String,
    pub(crate) target: String,
    /// The user and the password that it names. curl sends them as `Authorization: Basic`.
    pub(crate) user: Option<String>,
}

/// Splits a URL.
///
/// # Errors
/// If it is no URL of HTTP, or curl would make several of it.
pub(crate) fn parts(url: &str, globs_off: bool) -> Result<Parts> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        bail!("`{}` is no HTTP", scheme.escape_debug());
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (user, authority) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(decoded(user)), host),
        None => (None, authority),
    };
    // An address in brackets is no range.
    let is_address = authority.starts_with('[') && !authority.contains('-');
    for text in [if is_address { "" } else { authority }, target] {
        if let Some(glob) = glob(text).filter(|_| !globs_off) {
            bail!(
                "curl makes several requests of `{}`: write one URL, or use -g",
                glob.escape_debug()
            );
        }
    }
    let target = match target {
        target if target.starts_with('/') => target.to_owned(),
        query => format!("/{query}"),
    };
    Ok(Parts { authority: authority.to_owned(), target, user })
}

/// The text without percent-encoding.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        let code = after.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        let code = code.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(code) if *byte == b'%' => {
                bytes.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn glob(text: &str) -> Option<&str> {
    let start = text.find(['{', '['])?;
    let rest = text.get(start..)?;
    Some(rest.find(['}', ']']).and_then(|end| rest.get(..=end)).unwrap_or(rest))
}

/// Resolves dot segments as curl does before it sends. Returns a note if that changed the target.
pub(crate) fn resolve(target: &mut String) -> Option<String> {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target.as_str(), None),
    };
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    for (index, segment) in segments.iter().enumerate() {
        let is_last = index + 1 == segments.len();
        match *segment {
            "." => {}
            ".." => _ = kept.pop(),
            other => {
                kept.push(other);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    let resolved = format!("/{}", kept.join("/"));
    let is_encoded = path.to_ascii_lowercase().contains("%2e");
    let encoded = is_encoded
        && segments.iter().any(|segment| {
            matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
        });
    let note = if resolved != path {
        Some(format!(
            "curl resolves dot segments before it sends, unless it is given --path-as-is: it asks for {}",
            resolved.escape_debug()
        ))
    } else if encoded {
        Some("some versions of curl resolve `%2e` as they do dots, unless they are given --path-as-is: told is what becomes of the target as it is written".into())
    } else {
        None
    };
    *target = query.map_or_else(|| resolved.clone(), |query| format!("{resolved}?{query}"));
    note
}

/// `--data-urlencode`: `text`, `=text`, `name=text`. `None` for `@file` and `name@file`.
pub(crate) fn encoded(text: &str) -> Option<String> {
    let (name, content) = match text.find(['=', '@']) {
        Some(at) if text.get(at..)?.starts_with('@') => return None,
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => ("", text),
    };
    let mut all = if name.is_empty() { String::new() } else { format!("{name}=") };
    for byte in content.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                all.push(char::from(byte))
            }
            other => all += &format!("%{other:02X}"),
        }
    }
    Some(all)
}
