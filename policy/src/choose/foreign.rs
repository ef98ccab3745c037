//! Paths in the language of other tools. As literals they would guard paths that nobody ever asks
//! for. So they are faults, whose text says how to write them here.

const ONE: &str = "a parameter of another router (`:id`), which is `{id}` here; a segment that really begins with `:` is written `::id`";
const DOLLAR: &str = "a parameter of another router (`$id`), which is `{id}` here; a segment that really begins with `$` is written `$$id`";
const BRACKETS: &str = "a parameter of another router (`<id>`, `[id]`), which is `{id}` here";
const TYPED: &str = "a parameter with more than a name, which is `{id}` here";
const REST: &str = "a parameter of several segments, which is `/*` at the end here";
const PART: &str =
    "a parameter in a part of a segment: here `{id}` stands for a whole one, its suffix included";
const STAR: &str = "a `*` that is not all of the last segment: here one segment is `{id}`, and all below is `/*` at the end";
const REGEX: &str = "a regular expression or an optional part: here `{id}` is any segment, `/*` all below, and each path is written by itself";
const GROUP: &str = "a folder in parentheses, which is no part of the path: leave it out";
const QUERY: &str = "a `?`: a path ends before its query, and what is optional is two paths here";
const COLONS: &str = "a doubled colon, which is one colon here";
const LIST: &str = "several paths in one text: here each is an item of the list";
const EXACT: &str = "a sign for the end: here a path without `/*` is exact";

/// Recognises a text that does not begin with `/`.
pub(super) fn before_a_path(text: &str) -> Option<&'static str> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    if text.contains("://") {
        return Some("a scheme and a host: hosts are the rule's `hosts`");
    }
    // Go's mux, tables of routes.
    let is_method = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_method && rest.trim_start().starts_with('/') {
        return Some("a method before the path: methods are an alternative's `methods`");
    }
    // nginx's `location ~ ^/x`, Django's `re_path`.
    if text.starts_with(['^', '~', '(', '\\']) {
        return Some(REGEX);
    }
    text.starts_with(['*', '.']).then_some(STAR)
}

/// Recognises text between braces that is no plain name: FastAPI's `{p:path}`, Spring's and axum's
/// `{*p}`, ASP.NET's `{**p}` and `{id:int}`, Go's `{p...}` and `{$}`, API Gateway's `{p+}`,
/// Laravel's `{id?}`.
pub(super) fn in_braces(name: &str) -> Option<&'static str> {
    if name == "$" {
        return Some(EXACT);
    }
    // Two parameters in one segment.
    if name.find('}') < name.find('{').or_else(|| name.find('}')) {
        return Some(PART);
    }
    let is_rest = name.contains(['*', '+']) || name.ends_with("...") || name.ends_with(":path");
    if is_rest {
        return Some(REST);
    }
    name.contains([':', '?', '=', '$', '<', '(', '[', '{', '.', '|', '\\']).then_some(TYPED)
}

/// Recognises a segment that is a parameter in another tool's language; `None` if it is a literal
/// in all of them.
pub(super) fn in_a_segment(text: &str, is_last: bool) -> Option<&'static str> {
    let after = |sign: char| text.strip_prefix(sign).unwrap_or_default().as_bytes().first();
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let has = |sign: &str| {
        let mut after = text.split(sign).skip(1).map(|rest| rest.as_bytes().first());
        after.any(is_word)
    };
    // Express, Rails, Phoenix, gin, Vue: `:id`, `:id?`, `:id(\\d+)`, `:path*`. A colon further on is
    // a literal: Google's custom methods are `/v1/jobs/7:cancel`.
    if is_word(after(':')) {
        return Some(if text.ends_with(['*', '+']) { REST } else { ONE });
    }
    if text.contains(['{', '}']) || has(".:") || has("-:") {
        return Some(PART);
    }
    // Flask, Django, Rocket: `<int:id>`, `<path:p>`, `<p..>`.
    if text.contains(['<', '>']) {
        return Some(if text.contains("path:") || text.contains("..>") { REST } else { BRACKETS });
    }
    // Next.js, SvelteKit, Nuxt, Astro: `[id]`, `[[id]]`, `[...p]`; elsewhere a class of characters.
    if text.contains(['[', ']']) {
        let told = if text.starts_with('[') { BRACKETS } else { REGEX };
        return Some(if text.contains("...") { REST } else { told });
    }
    // React Router and TanStack: `$id`, `jobs.$id`, `$` for the rest; the end of a regular
    // expression.
    if text == "$" {
        return Some(REST);
    }
    if is_word(after('$')) || has(".$") {
        return Some(DOLLAR);
    }
    if text.contains('*') {
        // `(.*)` and `.*` are of regular expressions, `**` and `*path` of globs and routers.
        return Some(if text.contains(['(', ')']) || text.contains(".*") { REGEX } else { STAR });
    }
    if let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'))
        && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    {
        return Some(GROUP);
    }
    // Rails' `(.:format)`; Next.js's intercepting `(.)photo`; groups. `Products(1)` is a literal.
    let count = |sign: char| text.matches(sign).count();
    let is_cut = text.starts_with(['(', ')']) || text.contains("(.") || count('(') != count(')');
    if is_cut || text.contains(['^', '|', '\\']) || text.ends_with(".+") || text.ends_with("$") {
        return Some(REGEX);
    }
    if text.contains('?') {
        return Some(QUERY);
    }
    if text.contains("::") {
        // This is how Fastify writes a literal colon.
        return Some(COLONS);
    }
    if text == "..." {
        return Some(REST);
    }
    (text.ends_with(',') && !is_last).then_some(LIST)
}

#[cfg(test)]
mod tests {
    use super::super::pattern::{Pattern, PatternFault};
    use super::*;

    #[test]
    fn other_languages() {
        for (told, paths) in [
            (
                ONE,
                &[
                    "/jobs/:id",
                    "/:id",
                    "/jobs/:id/x",
                    "/a/:id?",
                    "/a/:id(\\d+)",
                    "/:a-:b",
                    "/:id.json",
                    "/:8",
                ][..],
            ),
            (DOLLAR, &["/jobs/$id", "/$id/*", "/jobs.$id", "/$_"]),
            (
                BRACKETS,
                &["/<id>", "/<int:id>/x", "/[id]", "/[[lang]]/x", "/[id=int]", "/[id].json"],
            ),
            (TYPED, &["/{id:int}", "/{id?}", "/{id:[0-9]{3}}", "/{-$id}", "/{id=1}"]),
            (
                REST,
                &[
                    "/:p*",
                    "/:p+/x",
                    "/<path:p>",
                    "/<p..>",
                    "/[...p]",
                    "/[[...p]]",
                    "/{p:path}",
                    "/{*p}",
                    "/{**p}",
                    "/{p...}",
                    "/{p+}",
                    "/{p:.*}",
                    "/$",
                    "/...",
                ],
            ),
            (
                PART,
                &[
                    "/x{a}",
                    "/{id}.json",
                    "/{a}-{b}",
                    "/jobs.:format",
                    "/jobs(.:format)",
                    "/a-:b",
                    "/${id}",
                ],
            ),
            (STAR, &["/a*", "/*/a", "/**", "/x/**", "/*path", "/*.json", "/x/*/", "*", "**"]),
            (
                REGEX,
                &[
                    "/(.*)",
                    "/x$",
                    "^/x$",
                    "/x.*",
                    "/x.+",
                    "/x(/y)?",
                    "/(?i)x",
                    "/a|b",
                    "/a\\b",
                    "/x[0-9]+",
                    "/(.)photo",
                    "~ /x",
                    "/\\d+",
                    "/^x",
                ],
            ),
            (GROUP, &["/(shop)/x", "/(a-b)"]),
            (QUERY, &["/a?b", "/x?"]),
            (COLONS, &["/v1/x::cancel"]),
            (LIST, &["/a,/b"]),
            (EXACT, &["/{$}", "/x/{$}"]),
        ] {
            for path in paths {
                assert_eq!(Pattern::parse(path), Err(PatternFault::Foreign(told)), "{path}");
            }
        }
        for path in ["GET /x", "https://h/x"] {
            assert!(matches!(Pattern::parse(path), Err(PatternFault::Foreign(_))), "{path}");
        }
    }
}
