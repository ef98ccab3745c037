//! The path of a route: texts and parameters, and sample paths of it.

/// A route's path, segment by segment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Template(pub(super) Vec<Segment>);

/// One segment. An empty text at the end is a trailing slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Segment {
    /// This text.
    Text(String),
    /// A parameter of one segment, and the text around it.
    One { before: String, kind: Kind, after: String },
    /// A parameter of at least so many segments.
    Rest { least: usize },
}

/// The values of a parameter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Any text.
    Any,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Float,
    /// A UUID.
    Uuid,
    /// One of these.
    OneOf(Vec<String>),
}

/// The most sample paths of one template.
const MAX_SAMPLES: usize = 32;
/// The most parameters of several segments in one template.
const MAX_RESTS: usize = 4;
/// The most segments in one template. A policy's patterns have no more either.
const MAX_SEGMENTS: usize = 64;

impl Template {
    /// A template of segments.
    ///
    /// # Errors
    /// If it has more of something than any route has.
    pub(super) fn new(segments: Vec<Segment>) -> Result<Self, String> {
        let rests = segments.iter().filter(|segment| matches!(segment, Segment::Rest { .. }));
        if segments.len() > MAX_SEGMENTS || rests.count() > MAX_RESTS {
            return Err("more segments than are read".to_owned());
        }
        Ok(Self(segments))
    }

    /// The same route below a prefix, which may end in a slash.
    pub(super) fn below(&self, prefix: &str) -> Self {
        let texts = prefix.split('/').filter(|text| !text.is_empty());
        let texts = texts.map(|text| Segment::Text(text.to_owned()));
        Self(texts.chain(self.0.iter().cloned()).collect())
    }

    /// The same route without its first segments.
    pub(super) fn without(&self, count: usize) -> Self {
        let rest: Vec<Segment> = self.0.iter().skip(count).cloned().collect();
        Self(if rest.is_empty() { vec![Segment::Text(String::new())] } else { rest })
    }

    /// Its texts, also those beside parameters.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|segment| match segment {
            Segment::Text(text) => [text.as_str(), ""],
            Segment::One { before, after, .. } => [before.as_str(), after.as_str()],
            Segment::Rest { .. } => ["", ""],
        })
    }

    /// Sample paths: `any` stands for a text, and one and two segments for several.
    pub(super) fn samples(&self, any: &str) -> Vec<String> {
        let mut all = vec![Vec::new()];
        for segment in &self.0 {
            let choices: Vec<Vec<String>> = match segment {
                Segment::Text(text) => vec![vec![text.clone()]],
                Segment::One { before, kind, after } => {
                    let values = kind.samples(any);
                    values.iter().map(|value| vec![format!("{before}{value}{after}")]).collect()
                }
                Segment::Rest { least } => {
                    (*least..=*least.max(&2)).map(|count| vec![any.to_owned(); count]).collect()
                }
            };
            let mut next = Vec::new();
            for (path, choice) in all.iter().flat_map(|path| choices.iter().map(move |c| (path, c)))
            {
                let path: Vec<String> = path.iter().chain(choice).cloned().collect();
                next.push(path);
                if next.len() == MAX_SAMPLES {
                    break;
                }
            }
            all = next;
        }
        // Put the plainest first: one segment for a parameter of several.
        all.sort_by_key(|path: &Vec<String>| path.len() != self.0.len());
        all.iter().map(|path| joined(path)).collect()
    }

    /// Paths of this route if its parameters take more than one segment, which a list may not show:
    /// Starlette's `{p:path}` is `.*`, takes an empty text too, and matches dots and decoded
    /// slashes.
    pub(super) fn deeper(&self, any: &str) -> Vec<String> {
        let forms: [&[&str]; 6] =
            [&["{}", "{}"], &["{}", "{}", "{}.csv"], &["{}", ""], &["{}.csv"], &["{}%2F{}"], &[""]];
        let is_open = |segment: &Segment| matches!(segment, Segment::One { kind: Kind::Any, .. });
        let mut paths = Vec::new();
        for (at, open) in self.0.iter().enumerate().filter(|(_, segment)| is_open(segment)) {
            let Segment::One { before, after, .. } = open else { continue };
            for form in forms {
                let mut path: Vec<String> = Vec::new();
                for (other, segment) in self.0.iter().enumerate() {
                    if other == at {
                        let mut texts: Vec<String> =
                            form.iter().map(|text| text.replace("{}", any)).collect();
                        texts.iter_mut().take(1).for_each(|text| text.insert_str(0, before));
                        texts
                            .iter_mut()
                            .next_back()
                            .into_iter()
                            .for_each(|text| text.push_str(after));
                        path.append(&mut texts);
                        continue;
                    }
                    path.extend(match segment {
                        Segment::Text(text) => Some(text.clone()),
                        Segment::One { before, kind, after } => {
                            kind.samples(any).first().map(|value| format!("{before}{value}{after}"))
                        }
                        Segment::Rest { .. } => Some(any.to_owned()),
                    });
                }
                paths.push(joined(&path));
                if paths.len() == MAX_SAMPLES {
                    return paths;
                }
            }
        }
        paths
    }

    /// A path of this route that a pattern of a policy covers, if there is one.
    pub(super) fn within(&self, pattern: &str, any: &str) -> Option<String> {
        let pattern = pattern.strip_prefix('/')?;
        let (pattern, below) = match pattern {
            "*" => return self.samples(any).into_iter().next(),
            pattern => pattern.strip_suffix("/*").map_or((pattern, false), |rest| (rest, true)),
        };
        // A doubled sign at the beginning of a segment means the sign itself.
        let doubled = |text: &str| text.starts_with("$$") || text.starts_with("::");
        let plain = |text| if doubled(text) { text.get(1..).unwrap_or_default() } else { text };
        let pattern: Vec<&str> = pattern.split('/').map(plain).collect();
        fill(&self.0, &pattern, below, any).map(|path| joined(&path))
    }
}

impl Kind {
    fn samples(&self, any: &str) -> Vec<String> {
        match self {
            Self::Any => vec![any.to_owned()],
            // The fill is a number.
            Self::Number => vec![any.to_owned()],
            Self::Float => vec!["1.5".to_owned()],
            Self::Uuid => vec!["00000000-0000-4000-8000-000000000000".to_owned()],
            Self::OneOf(words) => words.iter().take(8).cloned().collect(),
        }
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Any => !text.is_empty(),
            Self::Number => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Float => text.contains('.') && text.parse::<f64>().is_ok(),
            Self::Uuid => {
                let is_uuid = |byte: u8| byte == b'-' || byte.is_ascii_hexdigit();
                text.len() == 36 && text.bytes().all(is_uuid)
            }
            Self::OneOf(words) => words.iter().any(|word| word == text),
        }
    }
}

/// Segments that both the route and the pattern cover.
fn fill(route: &[Segment], pattern: &[&str], below: bool, any: &str) -> Option<Vec<String>> {
    let with = |value: String, rest: Option<Vec<String>>| {
        rest.map(|rest| [value].into_iter().chain(rest).collect())
    };
    let Some((segment, route)) = route.split_first() else {
        return pattern.is_empty().then(Vec::new);
    };
    let Some((&text, others)) = pattern.split_first() else {
        let ends = matches!(segment, Segment::Rest { least: 0 }) && route.is_empty();
        if ends {
            return Some(Vec::new());
        }
        let left = Template([segment.clone()].into_iter().chain(route.iter().cloned()).collect());
        let path = left.samples(any).into_iter().next().filter(|_| below)?;
        return Some(path.split('/').skip(1).map(str::to_owned).collect());
    };
    let is_open = text.starts_with('{');
    match segment {
        Segment::Text(mine) if is_open && !mine.is_empty() || mine == text => {
            with(mine.clone(), fill(route, others, below, any))
        }
        Segment::Text(_) => None,
        Segment::One { before, kind, after } => {
            let value = if is_open {
                format!("{before}{}{after}", kind.samples(any).first()?)
            } else {
                let value = text.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
                kind.fits(value).then(|| text.to_owned())?
            };
            with(value, fill(route, others, below, any))
        }
        Segment::Rest { least } => (*least..=pattern.len()).rev().find_map(|count| {
            let (taken, others) = pattern.split_at(count);
            let value = |text: &&str| if text.starts_with('{') { any } else { text }.to_owned();
            let rest = fill(route, others, below, any)?;
            Some(taken.iter().map(value).chain(rest).collect())
        }),
    }
}

/// The path of segments, as a client would send it.
fn joined(segments: &[String]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        for byte in segment.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => path.push(char::from(byte)),
                b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*'
                | b'+' | b',' | b'=' | b':' | b'@' | b'%' => path.push(char::from(byte)),
                _ => path += &format!("%{byte:02X}"),
            }
        }
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Segment {
        Segment::Text(text.to_owned())
    }

    fn one(kind: Kind) -> Segment {
        Segment::One { before: String::new(), kind, after: String::new() }
    }

    #[test]
    fn samples_stand_for_every_length() {
        let template = |segments: &[Segment]| Template::new(segments.to_vec()).unwrap();
        assert_eq!(template(&[text("")]).samples("1"), ["/"]);
        assert_eq!(template(&[]).samples("1"), ["/"]);
        assert_eq!(template(&[text("a b"), one(Kind::Any), text("")]).samples("7"), ["/a%20b/7/"]);
        let rest = template(&[text("a"), Segment::Rest { least: 0 }]);
        assert_eq!(rest.samples("1"), ["/a/1", "/a", "/a/1/1"]);
        let words = one(Kind::OneOf(["en".into(), "de".into()].into()));
        assert_eq!(template(&[words, text("a")]).samples("1"), ["/en/a", "/de/a"]);
        let many = vec![one(Kind::OneOf(vec!["x".into(); 8])); 5];
        assert_eq!(template(&many).samples("1").len(), MAX_SAMPLES);
        assert!(Template::new(vec![Segment::Rest { least: 0 }; 5]).is_err());
    }

    #[test]
    fn what_a_converter_may_take() {
        let segment = Segment::One { before: "v".into(), kind: Kind::Any, after: ".json".into() };
        let template = Template(vec![text("a"), segment, text("b")]);
        assert_eq!(
            template.deeper("1"),
            [
                "/a/v1/1.json/b",
                "/a/v1/1/1.csv.json/b",
                "/a/v1/.json/b",
                "/a/v1.csv.json/b",
                "/a/v1%2F1.json/b",
                "/a/v.json/b",
            ]
        );
        assert!(Template(vec![text("a"), one(Kind::Number)]).deeper("1").is_empty());
    }

    #[test]
    fn a_path_that_a_pattern_covers() {
        let route = Template(vec![one(Kind::Any), text("run")]);
        assert_eq!(route.within("/internal/*", "1").as_deref(), Some("/internal/run"));
        assert_eq!(route.within("/{a}/run", "1").as_deref(), Some("/1/run"));
        assert_eq!(route.within("/internal", "1"), None);
        assert_eq!(route.within("/internal/stop", "1"), None);
        let number = Template(vec![text("balance"), one(Kind::Number)]);
        assert_eq!(number.within("/balance/admin", "1"), None);
        assert_eq!(number.within("/balance/{id}", "1").as_deref(), Some("/balance/1"));
        let rest = Template(vec![Segment::Rest { least: 1 }, text("edit")]);
        assert_eq!(rest.within("/internal/*", "1").as_deref(), Some("/internal/edit"));
        assert_eq!(rest.within("/a/{b}/edit", "1").as_deref(), Some("/a/1/edit"));
        assert_eq!(rest.within("/edit", "1"), None);
        assert_eq!(rest.within("/*", "1").as_deref(), Some("/1/edit"));
    }
}
