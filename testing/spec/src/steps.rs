//! The steps that origins were seen to take between a target and the path they route by. Each
//! gives back what it makes of a path, which may be the path itself.

/// Percent-decoding, once. Text that is no escape stays, and so do the characters in `keep`.
fn decode(path: &str, keep: &str) -> String {
    let characters: Vec<char> = path.chars().collect();
    let mut decoded = String::new();
    let mut at = 0;
    while at < characters.len() {
        let digit = |offset: usize| characters.get(at + offset).and_then(|c| c.to_digit(16));
        let value = match (characters[at], digit(1), digit(2)) {
            ('%', Some(high), Some(low)) => char::from_u32(high * 16 + low),
            _ => None,
        };
        match value {
            Some(value) if !keep.contains(value) => {
                decoded.push(value);
                at += 3;
            }
            _ => {
                decoded.push(characters[at]);
                at += 1;
            }
        }
    }
    decoded
}

/// The targets of the requests that a reading becomes where it is written into a request line as it
/// is: a line break ends a line, and a space the target.
pub fn requests(path: &str) -> Vec<String> {
    let target = |text: &str| {
        let end = text.find([' ', '\t', '\r', '\n']).unwrap_or(text.len());
        text[..end].to_owned()
    };
    let mut lines = path.split(['\r', '\n']);
    lines.next();
    let further: Vec<&str> = lines.collect();
    if further.is_empty() {
        return Vec::new();
    }
    let mut found = vec![target(path)];
    for line in further {
        if let Some((method, rest)) = line.split_once(' ')
            && !method.is_empty()
            && !target(rest).is_empty()
        {
            found.push(target(rest));
        }
    }
    found
}

/// Percent-decoding of every escape.
pub(crate) fn decode_all(path: &str) -> String {
    decode(path, "")
}

/// Percent-decoding that leaves slashes and percent signs to the parameters, as Fastify's router
/// does, and as RFC 3986 calls normal (section 6.2.2).
pub(crate) fn decode_all_but_slashes(path: &str) -> String {
    decode(path, "/%")
}

/// Percent-decoding by a machine that gives up what is no escape: the `%` where no digit follows,
/// the `%` and both characters where only one does (nginx, `ngx_unescape_uri`).
pub(crate) fn decode_giving_up(path: &str) -> String {
    let mut decoded = String::new();
    let mut characters = path.chars();
    while let Some(c) = characters.next() {
        if c != '%' {
            decoded.push(c);
            continue;
        }
        let Some(first) = characters.next() else { break };
        let Some(high) = first.to_digit(16) else {
            decoded.push(first);
            continue;
        };
        let low = characters.next().and_then(|c| c.to_digit(16));
        decoded.extend(low.and_then(|low| char::from_u32(high * 16 + low)));
    }
    decoded
}

/// Percent-decoding by pairs (uWSGI, `http_url_decode4`): a second `%` is one itself, any other two
/// characters are an escape, a NUL where they are no digits, and half of one is nothing.
pub(crate) fn decode_by_pairs(path: &str) -> String {
    let mut decoded = String::new();
    let mut characters = path.chars();
    while let Some(c) = characters.next() {
        if c != '%' {
            decoded.push(c);
            continue;
        }
        match (characters.next(), characters.clone().next()) {
            (Some('%'), _) => decoded.push('%'),
            (Some(high), Some(low)) => {
                characters.next();
                let value = high.to_digit(16).zip(low.to_digit(16));
                let value = value.and_then(|(high, low)| char::from_u32(high * 16 + low));
                decoded.push(value.unwrap_or('\0'));
            }
            _ => {}
        }
    }
    decoded
}

/// Percent-decoding that knows `%u0069` too (IIS, JavaScript's `unescape`, Jetty 9.4), with digits
/// as Jetty has them. Text that is no escape stays.
pub(crate) fn decode_wide(path: &str) -> String {
    if !has_bad_escape(path) {
        return path.to_owned();
    }
    let characters: Vec<char> = path.chars().collect();
    let number = |from: usize, length: usize| {
        let digits = characters.get(from..from + length)?;
        digits.iter().try_fold(0, |number, c| Some(number * 16 + jetty_digit(*c)?))
    };
    let mut decoded = String::new();
    let mut at = 0;
    while at < characters.len() {
        let wide = matches!(characters.get(at + 1), Some('u' | 'U'));
        match (characters[at], number(at + 2, 4), number(at + 1, 2)) {
            ('%', Some(point), _) if wide => {
                let c = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
                decoded.push_str(&crate::text(c.to_string().as_bytes()));
                at += 6;
            }
            ('%', _, Some(value)) => {
                decoded.extend(char::from_u32(value));
                at += 3;
            }
            (c, ..) => {
                decoded.push(c);
                at += 1;
            }
        }
    }
    decoded
}

/// The digits of `convertHexDigit`: it counts from `0` in each row of 32 characters of ASCII, the
/// letters' rows 9 ahead.
fn jetty_digit(c: char) -> Option<u32> {
    match c {
        '\u{10}'..='\u{1f}' => Some(u32::from(c) - 0x10),
        '0'..='?' => Some(u32::from(c) - u32::from('0')),
        '@'..='F' => Some(u32::from(c) - u32::from('@') + 9),
        '`'..='f' => Some(u32::from(c) - u32::from('`') + 9),
        _ => None,
    }
}

fn has_bad_escape(path: &str) -> bool {
    path.split('%').skip(1).any(|rest| {
        let mut digits = rest.chars().take(2).filter(char::is_ascii_hexdigit);
        digits.by_ref().count() < 2
    })
}

/// An escape that has no end is forgotten (uWSGI).
pub(crate) fn no_cut_escape(path: &str) -> String {
    let characters: Vec<char> = path.chars().collect();
    let kept = match characters.as_slice() {
        [rest @ .., '%'] | [rest @ .., '%', _] => rest,
        all => all,
    };
    kept.iter().collect()
}

/// Control characters are `_` (lighttpd).
pub(crate) fn no_controls(path: &str) -> String {
    path.replace(|c: char| c < ' ' || c == '\u{7f}', "_")
}

/// Bytes that are not UTF-8 are dropped (Bottle).
pub(crate) fn no_bad_bytes(path: &str) -> String {
    let bytes: Vec<u8> = path.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let mut kept = String::new();
    let mut rest = &bytes[..];
    loop {
        let (good, bad) = match std::str::from_utf8(rest) {
            Ok(_) => (rest.len(), rest.len()),
            // A sequence without its end is bad up to there.
            Err(error) => {
                let good = error.valid_up_to();
                (good, error.error_len().map_or(rest.len(), |length| good + length))
            }
        };
        kept.push_str(&crate::text(&rest[..good]));
        rest = &rest[bad..];
        if rest.is_empty() {
            return kept;
        }
    }
}

/// A sequence of UTF-8 that is longer than needed is the ASCII character that it computes to
/// (GlassFish 4.1). Of two bytes, the second is not looked at (IIS 5).
pub(crate) fn no_overlong(path: &str) -> String {
    let characters: Vec<char> = path.chars().collect();
    let continues =
        |at: usize| characters.get(at).is_some_and(|c| ('\u{80}'..='\u{bf}').contains(c));
    let bits = |at: usize, mask: u32| characters.get(at).map_or(0, |c| u32::from(*c) & mask);
    let mut read = String::new();
    let mut at = 0;
    while at < characters.len() {
        let length = match characters[at] {
            '\u{c0}' | '\u{c1}' if at + 1 < characters.len() => 2,
            '\u{e0}' if continues(at + 1) && continues(at + 2) => 3,
            '\u{f0}' if (1..=3).all(|offset| continues(at + offset)) => 4,
            _ => 1,
        };
        let value = match length {
            2 => bits(at, 0x1f) << 6 | bits(at + 1, 0x3f),
            3 => bits(at + 1, 0x3f) << 6 | bits(at + 2, 0x3f),
            4 => bits(at + 1, 0x3f) << 12 | bits(at + 2, 0x3f) << 6 | bits(at + 3, 0x3f),
            _ => 0x80,
        };
        match char::from_u32(value).filter(char::is_ascii) {
            Some(c) => {
                read.push(c);
                at += length;
            }
            None => {
                read.push(characters[at]);
                at += 1;
            }
        }
    }
    read
}

/// A cut at the first `?`.
pub(crate) fn before_question_mark(path: &str) -> String {
    first_part(path, &['?'])
}

/// A cut at the first `#`.
pub(crate) fn before_hash(path: &str) -> String {
    first_part(path, &['#'])
}

/// A cut at the first NUL, where a C string ends.
pub(crate) fn before_nul(path: &str) -> String {
    first_part(path, &['\0'])
}

/// A cut at the first space, behind which a request line has its protocol (uWSGI). A target that
/// begins with one stays.
pub(crate) fn before_space(target: &str) -> String {
    match target.find(' ') {
        Some(end) if end > 0 => target[..end].to_owned(),
        _ => target.to_owned(),
    }
}

/// No tabs and line breaks (WHATWG URL, section 4.4).
pub(crate) fn no_line_breaks(path: &str) -> String {
    path.replace(['\t', '\n', '\r'], "")
}

/// `\` is `/` (WHATWG URL, section 4.4).
pub(crate) fn backslashes(path: &str) -> String {
    path.replace('\\', "/")
}

/// Each segment ends at its first `;` (RFC 3986, section 3.3, and servlet containers).
pub(crate) fn no_parameters(path: &str) -> String {
    let segments: Vec<String> =
        path.split('/').map(|segment| first_part(segment, &[';'])).collect();
    segments.join("/")
}

/// The path ends at its first `;` (`useSemicolonDelimiter`).
pub(crate) fn before_semicolon(path: &str) -> String {
    first_part(path, &[';'])
}

/// Slashes that follow each other are one.
pub(crate) fn merge(path: &str) -> String {
    let mut merged = path.to_owned();
    while merged.contains("//") {
        merged = merged.replace("//", "/");
    }
    merged
}

/// Dot segments are removed (RFC 3986, section 5.2.4).
pub(crate) fn no_dots(path: &str) -> String {
    remove_dots(path, |segment| segment.to_owned())
}

/// Dot segments are removed where `%2e` is a dot too (WHATWG URL, section 4.4).
pub(crate) fn no_encoded_dots(path: &str) -> String {
    remove_dots(path, |segment| segment.replace("%2e", ".").replace("%2E", "."))
}

fn remove_dots(path: &str, read: impl Fn(&str) -> String) -> String {
    let (root, rest) = match path.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => ("", path),
    };
    let mut kept: Vec<&str> = Vec::new();
    for segment in rest.split('/') {
        match read(segment).as_str() {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    // A dot segment in the last place leaves a slash there.
    let last = rest.split('/').next_back().unwrap_or_default();
    if matches!(read(last).as_str(), "." | "..") {
        kept.push("");
    }
    format!("{root}{}", kept.join("/"))
}

/// The text after the scheme of an absolute form, if it looks like one, and `true` if the scheme
/// always has an authority (WHATWG URL, section 4.2).
pub(crate) fn after_scheme(path: &str) -> Option<(String, bool)> {
    let (scheme, rest) = path.split_once(':')?;
    let good = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let special = ["ftp", "file", "http", "https", "ws", "wss"];
    good.then(|| (rest.to_owned(), special.contains(&scheme.to_ascii_lowercase().as_str())))
}

/// The authority at the front and the path behind it. Two or more separators announce one, or a
/// scheme that always has one. It ends at the first of `/`, `\`, `?` and `#`, and to some not at `\`.
pub(crate) fn authorities(path: &str) -> Vec<(String, String)> {
    let (path, always) = after_scheme(path).unwrap_or((path.to_owned(), false));
    let rest = path.trim_start_matches(['/', '\\']);
    if path.len() - rest.len() < 2 && !always {
        return Vec::new();
    }
    let parts = |ends: &[char]| match rest.find(ends) {
        Some(at) => (rest[..at].to_owned(), rest[at..].to_owned()),
        None => (rest.to_owned(), "/".to_owned()),
    };
    vec![parts(&['/', '\\', '?', '#']), parts(&['/', '?', '#'])]
}

/// The readings of a target that does not begin with `/`.
pub(crate) fn rooted(path: &str) -> Vec<String> {
    if path.starts_with('/') {
        return Vec::new();
    }
    let mut found = vec![format!("/{path}")];
    let mut rest = path.chars();
    if rest.next().is_some() {
        // A router that takes the first character for the slash.
        found.push(format!("/{}", rest.as_str()));
    }
    found.extend(path.strip_prefix('*').map(str::to_owned));
    // A parser that skips white space takes what follows for the target.
    let blank = |c: char| c <= ' ';
    found.extend(path.starts_with(blank).then(|| path.trim_start_matches(blank).to_owned()));
    // The first character itself is none of the separators that are looked for: a leading
    // backslash is part of a name to gunicorn.
    let separators = path.char_indices().skip(1).filter(|(_, c)| matches!(c, '/' | '\\'));
    found.extend(separators.map(|(at, _)| path[at..].to_owned()).next());
    found
}

fn first_part(path: &str, ends: &[char]) -> String {
    path.split(ends).next().unwrap_or_default().to_owned()
}
