//! Beginnings and ends of paths, compared without regard to case, as some origins do. Stripping too
//! much only adds a rule that must allow.

/// The text after a prefix of whole segments.
pub(super) fn strip_prefix<'p>(path: &'p [u8], prefix: &[u8]) -> Option<&'p [u8]> {
    let rest = strip_ignoring_case(path, prefix)?;
    match rest.first() {
        None => Some(b"/"),
        Some(b'/') => Some(rest),
        Some(_) => None,
    }
}

/// The text after these bytes.
pub(super) fn strip_ignoring_case<'p>(path: &'p [u8], prefix: &[u8]) -> Option<&'p [u8]> {
    let (head, rest) = path.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The text before these bytes.
pub(super) fn strip_suffix<'p>(path: &'p [u8], suffix: &[u8]) -> Option<&'p [u8]> {
    let (head, tail) = path.split_at_checked(path.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix).then_some(head)
}

/// An empty rest of a path is the root.
pub(super) fn or_root(path: &[u8]) -> &[u8] {
    if path.is_empty() { b"/" } else { path }
}

/// The place of `part`, whose first byte must not be a letter. It looks at every byte of every
/// alias.
pub(super) fn find(path: &[u8], part: &[u8]) -> Option<usize> {
    let first = part.first()?;
    let mut places = path.iter().enumerate().filter(|(_, byte)| *byte == first);
    let begins = |rest: &[u8]| strip_ignoring_case(rest, part).is_some();
    places.find_map(|(at, _)| begins(path.get(at..)?).then_some(at))
}

/// A path without one trailing slash, the root apart.
pub(super) fn without_slash(path: &[u8]) -> &[u8] {
    match path {
        [head @ .., b'/'] if !head.is_empty() => head,
        path => path,
    }
}
