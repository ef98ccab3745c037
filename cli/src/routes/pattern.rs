//! The path of a route in the language of a policy's `paths`.

use super::template::{Kind, Segment, Template};

/// A path of a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    below: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    /// This text. Empty in the last place: a trailing slash.
    Literal(String),
    /// Any one segment, by this name.
    Open(String),
    /// The same where the application takes only letters, digits and a few signs.
    Plain(String),
}

/// The most values of a parameter that become a path each.
const MAX_VALUES: usize = 8;

/// The patterns that cover a route, and `true` if they cover more than its paths and those of its
/// parameters: a policy can't say everything that a router can.
///
/// # Errors
/// If no pattern covers it.
pub(super) fn of(template: &Template, shown: &str) -> Result<(Vec<Pattern>, bool), String> {
    let names = names(shown, template.0.len());
    let mut wider = false;
    let mut all: Vec<Pattern> = vec![Pattern { parts: Vec::new(), below: false }];
    let mut segments = template.0.iter().enumerate().peekable();
    while let Some((at, segment)) = segments.next() {
        let name = names.get(at).cloned().flatten().unwrap_or_else(|| format!("part{}", at + 1));
        let choices = match segment {
            Segment::Text(text) if text.is_empty() && segments.peek().is_some() => {
                return Err("an empty segment, which no `paths` can say".to_owned());
            }
            Segment::Text(text) if text.is_empty() => vec![Part::Literal(String::new())],
            Segment::Text(text) => match literal(text) {
                Some(text) => vec![Part::Literal(text)],
                None => {
                    wider = true;
                    vec![Part::Open(name)]
                }
            },
            Segment::One { before, kind, after } => {
                let plain = before.is_empty() && after.is_empty();
                match (kind, plain) {
                    (Kind::OneOf(words), true) if words.len() <= MAX_VALUES => {
                        match words.iter().map(|word| literal(word)).collect::<Option<Vec<_>>>() {
                            Some(words) => words.into_iter().map(Part::Literal).collect(),
                            None => vec![Part::Open(name)],
                        }
                    }
                    (Kind::Any | Kind::OneOf(_), _) | (_, false) => {
                        wider |= !plain;
                        vec![Part::Open(name)]
                    }
                    (_, true) => vec![Part::Plain(name)],
                }
            }
            Segment::Rest { .. } => {
                // Only a slash may follow: `/*` covers it too.
                let others: Vec<&Segment> = segments.map(|(_, segment)| segment).collect();
                wider |= others.iter().any(|other| **other != Segment::Text(String::new()));
                all.iter_mut().for_each(|pattern| pattern.below = true);
                break;
            }
        };
        all = all
            .iter()
            .flat_map(|pattern| choices.iter().map(move |choice| pattern.with(choice.clone())))
            .collect();
        if all.len() > MAX_VALUES * MAX_VALUES {
            return Err("more paths than one route should have".to_owned());
        }
    }
    // Frameworks send a client that leaves the slash out to the path with it.
    let shorter: Vec<Pattern> = all.iter().filter_map(Pattern::without_slash).collect();
    all.extend(shorter);
    Ok((all, wider))
}

impl Pattern {
    /// A file or a folder at the top.
    pub(super) fn at_the_top(name: &str, below: bool) -> Option<Self> {
        let parts = name.split('/').map(|part| literal(part).map(Part::Literal));
        Some(Self { parts: parts.collect::<Option<Vec<_>>>()?, below })
    }

    /// Everything below the text before its first parameter, so that the parameter may have any
    /// value; `None` without a parameter, or without a text before it.
    pub(super) fn with_any_value(&self) -> Option<Self> {
        let at = self.parts.iter().position(|part| matches!(part, Part::Open(_)))?;
        let parts = self.parts.get(..at).filter(|parts| !parts.is_empty())?;
        Some(Self { parts: parts.to_vec(), below: true })
    }

    /// As it stands in a policy.
    pub(super) fn text(&self) -> String {
        self.write(|name| name)
    }

    /// The same text for two patterns that cover the same paths.
    pub(super) fn shape(&self) -> String {
        self.write(|_| "")
    }

    /// Returns `true` if it covers all below a path.
    pub(super) fn is_below(&self) -> bool {
        self.below
    }

    /// Returns `true` if it covers every path that another one covers.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let deep_enough = if self.below {
            other.parts.len() >= self.parts.len()
        } else {
            !other.below && other.parts.len() == self.parts.len()
        };
        deep_enough
            && self.parts.iter().zip(&other.parts).all(|(mine, theirs)| match mine {
                Part::Open(_) | Part::Plain(_) => *theirs != Part::Literal(String::new()),
                Part::Literal(text) => matches!(theirs, Part::Literal(other) if other == text),
            })
    }

    fn write<'p>(&'p self, name: impl Fn(&'p str) -> &'p str) -> String {
        let mut text = String::new();
        for part in &self.parts {
            text.push('/');
            match part {
                Part::Literal(part) => text.push_str(part),
                Part::Open(part) | Part::Plain(part) => text += &format!("{{{}}}", name(part)),
            }
        }
        if self.below {
            text.push_str("/*");
        }
        if text.is_empty() { "/".to_owned() } else { text }
    }

    fn with(&self, part: Part) -> Self {
        Self { parts: self.parts.iter().cloned().chain([part]).collect(), below: self.below }
    }

    fn without_slash(&self) -> Option<Self> {
        let (last, rest) = self.parts.split_last()?;
        let ends = !self.below && !rest.is_empty() && *last == Part::Literal(String::new());
        ends.then(|| Self { parts: rest.to_vec(), below: false })
    }
}

/// A text as a policy writes it: a sign of other routers' parameters at the beginning is doubled.
/// `None` if a policy can't say it.
fn literal(text: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~@=&'!+".contains(c);
    let (sign, rest) = match text.strip_prefix(['$', ':']) {
        Some(rest) => (text.get(..1)?, rest),
        None => ("", text),
    };
    let good = !rest.is_empty() && rest.chars().all(is_plain) && text.len() <= 255;
    let good = good && !matches!(text, "." | ".." | "...") && !text.ends_with(".+");
    good.then(|| format!("{sign}{sign}{rest}"))
}

/// The names of the parameters, by the segments of a route as the application writes it.
fn names(shown: &str, count: usize) -> Vec<Option<String>> {
    let segments: Vec<&str> = shown.strip_prefix('/').unwrap_or(shown).split('/').collect();
    // A prefix that is not in the template is before the others.
    let extra = segments.len().saturating_sub(count);
    let name = |segment: &&str| {
        let open = segment.find(['{', '<', '['])?;
        let inner = segment.get(open + 1..)?.trim_end_matches(['}', '>', ']']);
        let name = inner.rsplit(':').next()?.trim_matches(['[', '.', '>']);
        let good = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        good.then(|| name.to_owned())
    };
    segments.iter().skip(extra).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::list::{Parameter, bracketed};

    fn patterns(path: &str) -> (Vec<String>, bool) {
        let template = bracketed(path, ['<', '>'], |inner| match inner {
            "path:p" => Parameter::Rest,
            "any:x" => Parameter::One(Kind::OneOf(vec!["a".into(), "b".into()])),
            _ => Parameter::One(Kind::Any),
        });
        let (all, wider) = of(&template.unwrap(), path).unwrap();
        (all.iter().map(Pattern::text).collect(), wider)
    }

    #[test]
    fn a_router_s_language_in_a_policy_s() {
        for (path, found, wider) in [
            ("/", &["/"][..], false),
            ("/a/<int:user_id>/b", &["/a/{user_id}/b"], false),
            ("/polls/<id>/", &["/polls/{id}/", "/polls/{id}"], false),
            ("/files/<path:p>", &["/files/*"], false),
            ("/files/<path:p>/", &["/files/*"], false),
            ("/<path:p>", &["/*"], false),
            ("/wiki/<path:p>/edit", &["/wiki/*"], true),
            ("/<any:x>/y", &["/a/y", "/b/y"], false),
            ("/v<version>/x", &["/{version}/x"], true),
            ("/r/<a>.<b>", &["/r/{part2}"], false),
            ("/fhir/$everything", &["/fhir/$$everything"], false),
            ("/a b/c", &["/{part1}/c"], true),
        ] {
            let found: Vec<String> = found.iter().map(|&text| text.to_owned()).collect();
            assert_eq!(patterns(path), (found, wider), "{path}");
        }
        let empty = Template(vec![Segment::Text(String::new()), Segment::Text("a".into())]);
        assert!(of(&empty, "//a").is_err());
    }

    #[test]
    fn covering() {
        let one = |path: &str| {
            let template = bracketed(path, ['<', '>'], |inner| match inner {
                "path:p" => Parameter::Rest,
                _ => Parameter::One(Kind::Any),
            });
            of(&template.unwrap(), path).unwrap().0.remove(0)
        };
        assert!(one("/items/<id>").covers(&one("/items/new")));
        assert!(!one("/items/new").covers(&one("/items/<id>")));
        assert!(one("/<path:p>").covers(&one("/a/<b>")));
        assert!(!one("/a/<b>").covers(&one("/a/<path:p>")));
        assert!(!one("/a/<b>").covers(&one("/a/")));
        assert_eq!(one("/a/<b>").shape(), one("/a/<c>").shape());
        let any = |path| one(path).with_any_value().map(|pattern| pattern.text());
        assert_eq!(any("/a/b/<c>/d/<e>").as_deref(), Some("/a/b/*"));
        assert_eq!([any("/<a>/b"), any("/a"), any("/a/<path:p>")], [None, None, None]);
        let number = bracketed("/a/<id>/b", ['<', '>'], |_| Parameter::One(Kind::Number));
        let number = of(&number.unwrap(), "/a/<id>/b").unwrap().0.remove(0);
        assert_eq!((number.text().as_str(), number.with_any_value()), ("/a/{id}/b", None));
    }
}
