//! Patterns, and which paths they cover.

/// The ways to compare a path with a pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// As both stand.
    AsItStands,
    /// As lax origins do: letters in any case, no empty segments, a trailing slash ignored, white
    /// space and control characters trimmed from the ends of segments.
    Folded,
}

/// The segments of a path that begins with `/`; none for another.
#[must_use]
pub fn segments(path: &str, way: Way) -> Option<Vec<String>> {
    match way {
        Way::AsItStands => {
            path.strip_prefix('/').map(|rest| rest.split('/').map(str::to_owned).collect())
        }
        Way::Folded => {
            let folded = fold(path);
            let rest = folded.strip_prefix('/')?;
            Some(rest.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect())
        }
    }
}

/// A path as lax origins compare it.
#[must_use]
pub fn fold(path: &str) -> String {
    let blank = |c: char| c <= ' ' || matches!(c, '\u{7f}' | '\u{85}' | '\u{a0}');
    let mut folded = String::new();
    for segment in lower(path).split('/').map(|segment| segment.trim_matches(blank)) {
        if !segment.is_empty() {
            folded.push('/');
            folded.push_str(segment);
        }
    }
    if folded.is_empty() && path.starts_with('/') { "/".to_owned() } else { folded }
}

/// A path in one case, as Python, JavaScript and their regular expressions make one of letters in
/// both: every character that has an ASCII form among its lower, upper and folded ones is that.
/// White space is a space.
#[must_use]
pub fn lower(path: &str) -> String {
    let bytes: Vec<u8> = path.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let mut lower = String::new();
    let mut at = 0;
    while at < bytes.len() {
        match character(&bytes[at..]) {
            Some((c, length)) if !c.is_ascii() && forms(c).is_some() => {
                lower.push_str(&forms(c).unwrap_or_default());
                at += length;
            }
            _ => {
                // A sharp s that is one byte: Latin-1.
                let alone = bytes[at] == 0xdf && character(&bytes[at..]).is_none();
                let byte = char::from(bytes[at]).to_ascii_lowercase();
                lower.push_str(&if alone { "ss".to_owned() } else { byte.to_string() });
                at += 1;
            }
        }
    }
    lower
}

/// The ASCII form of a character that has one.
fn forms(c: char) -> Option<String> {
    match c {
        // No function gives it alone, but both regular expressions and Turks take it for an `i`.
        '\u{130}' => return Some("i".to_owned()),
        // Its folded form, which is neither its upper nor its lower one.
        '\u{1e9e}' => return Some("ss".to_owned()),
        '\u{feff}' => return Some(" ".to_owned()),
        c if c.is_whitespace() => return Some(" ".to_owned()),
        _ => {}
    }
    let upper: String = c.to_uppercase().collect();
    let lower: String = c.to_lowercase().collect();
    [lower, upper].into_iter().find(|form| form.is_ascii()).map(|form| form.to_ascii_lowercase())
}

/// The character of UTF-8 that these bytes begin with, and its length.
fn character(bytes: &[u8]) -> Option<(char, usize)> {
    (1..=4.min(bytes.len())).find_map(|length| {
        let text = std::str::from_utf8(&bytes[..length]).ok()?;
        text.chars().next().map(|c| (c, length))
    })
}

/// A pattern of a policy: `/account`, `/balance/{user_id}`, `/internal/*`.
#[derive(Clone, Debug)]
pub struct Pattern {
    segments: Vec<String>,
    below: bool,
}

impl Pattern {
    /// Reads a pattern that a policy accepts.
    #[must_use]
    pub fn new(text: &str, way: Way) -> Self {
        let (text, below) = match text.strip_suffix("/*") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let mut segments: Vec<String> = text.split('/').skip(1).map(literal).collect();
        if way == Way::Folded {
            segments.retain(|segment| !segment.is_empty());
            for segment in segments.iter_mut().filter(|segment| !is_open(segment)) {
                segment.make_ascii_lowercase();
            }
        }
        Self { segments, below }
    }

    /// Returns `true` if the pattern covers the path of these segments.
    #[must_use]
    pub fn covers(&self, path: &[String]) -> bool {
        let long_enough = if self.below {
            path.len() >= self.segments.len()
        } else {
            path.len() == self.segments.len()
        };
        let fits = |(mine, segment): (&String, &String)| {
            if is_open(mine) { !segment.is_empty() } else { mine == segment }
        };
        long_enough && self.segments.iter().zip(path).all(fits)
    }

    /// Returns `true` if the last segment is written out, and nothing below is covered.
    #[must_use]
    pub fn ends_in_a_literal(&self) -> bool {
        !self.below && self.segments.last().is_some_and(|segment| !is_open(segment))
    }

    /// Returns `true` if the pattern covers the path of these segments only because an open segment
    /// takes an empty one, as Fastify's parameters do: `/balance//x` for `/balance/{id}/x`. A slash
    /// at the end may stand there for nothing.
    #[must_use]
    pub fn covers_by_filling(&self, path: &[String]) -> bool {
        let mut trimmed = path.to_vec();
        if trimmed.last().is_some_and(String::is_empty) {
            trimmed.pop();
        }
        [path, &trimmed].into_iter().any(|path| {
            let filled: Vec<String> = path
                .iter()
                .enumerate()
                .map(|(place, segment)| match self.segments.get(place) {
                    Some(mine) if is_open(mine) && segment.is_empty() => "filled".to_owned(),
                    _ => segment.clone(),
                })
                .collect();
            filled != path && self.covers(&filled)
        })
    }

    /// Returns `true` if `other` covers every path that this pattern covers: asked by paths that
    /// stand for all of them.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        // No literal segment of a pattern is this.
        let any = || "\u{1}".to_owned();
        let own: Vec<String> = self
            .segments
            .iter()
            .map(|segment| if is_open(segment) { any() } else { segment.clone() })
            .collect();
        let mut paths = vec![own.clone()];
        if self.below {
            paths.push([own.clone(), vec![String::new()]].concat());
            paths.push([own.clone(), vec![any()]].concat());
            paths.push([own, vec![any(), any()]].concat());
        }
        paths.iter().all(|path| other.covers(path))
    }
}

/// A doubled sign at the beginning of a segment stands for the sign itself.
fn literal(segment: &str) -> String {
    let doubled = segment.starts_with("$$") || segment.starts_with("::");
    segment.chars().skip(usize::from(doubled)).collect()
}

fn is_open(segment: &str) -> bool {
    segment.starts_with('{')
}
