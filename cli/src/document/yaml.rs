//! Reads YAML, with places, into the values of JSON.

use std::collections::HashMap;
use std::ops::Range;

use saphyr::Scalar;
use saphyr_parser::{Event, Parser, ScanError};
use wicketgate_policy::Fault;

use super::tree::{Member, Tree, Value};

type Broken = (Fault, Range<usize>);

/// Levels of nesting: as many as the gate's own reader follows.
const MAX_DEPTH: usize = 127;
/// Values in all, those that aliases repeat among them.
const MAX_VALUES: usize = 100_000;

/// The values that may be the name of a member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Names {
    /// Strings only, as in JSON.
    Strings,
    /// Every value that is no collection, by its text.
    Scalars,
}

/// Reads the one document in a text.
pub(super) fn read(source: &str, names: Names) -> Result<Tree, Broken> {
    let mut reader = Reader {
        offsets: source.char_indices().map(|(at, _)| at).chain([source.len()]).collect(),
        open: Vec::new(),
        names,
        anchors: HashMap::new(),
        values: 0,
        root: None,
    };
    let mut documents = 0;
    let mut parser = Parser::new_from_str(source);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| reader.scan_error(&error))?;
        let at = reader.byte(span.start.index())..reader.byte(span.end.index());
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return broken("a second document", "one document", at);
            }
        }
        reader.take(event, at)?;
    }
    reader.root.ok_or_else(|| (fault("nothing", "a yaml document"), 0..0))
}

struct Reader {
    /// The byte of each character.
    offsets: Vec<usize>,
    open: Vec<Open>,
    names: Names,
    /// The value that an alias stands for, and the number of values in it.
    anchors: HashMap<usize, (Tree, usize)>,
    values: usize,
    root: Option<Tree>,
}

/// An array or object that is not finished.
struct Open {
    anchor: usize,
    start: Range<usize>,
    values_before: usize,
    content: Content,
}

enum Content {
    Array(Vec<Tree>),
    /// The members, and the name whose value has not come yet.
    Object(Vec<Member>, Option<(String, Range<usize>)>),
}

impl Reader {
    fn byte(&self, index: usize) -> usize {
        self.offsets.get(index).or(self.offsets.last()).copied().unwrap_or_default()
    }

    /// The scanner's messages are about YAML's own signs. They quote single characters at most.
    fn scan_error(&self, error: &ScanError) -> Broken {
        let at = self.byte(error.marker().index());
        (fault(&format!("text that is not yaml ({})", error.info()), "a yaml document"), at..at)
    }

    fn take(&mut self, event: Event<'_>, at: Range<usize>) -> Result<(), Broken> {
        match event {
            Event::SequenceStart(anchor, None) => {
                self.start(anchor, at, Content::Array(Vec::new()))
            }
            Event::MappingStart(anchor, None) => {
                self.start(anchor, at, Content::Object(Vec::new(), None))
            }
            Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                broken("a yaml tag", "what json can say", at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(at),
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = Scalar::parse_from_cow_and_metadata(text, style, tag.as_ref());
                let value = match scalar {
                    Some(Scalar::Null) => Value::Null,
                    Some(Scalar::Boolean(value)) => Value::Bool(value),
                    Some(Scalar::Integer(number)) => Value::Number(number.to_string()),
                    Some(Scalar::FloatingPoint(number)) => {
                        match serde_json::Number::from_f64(number.into_inner()) {
                            Some(number) => Value::Number(number.to_string()),
                            None => return broken("a number", "one that json can say", at),
                        }
                    }
                    Some(Scalar::String(text)) => Value::String(text.into_owned()),
                    None => return broken("a yaml tag", "what json can say", at),
                };
                self.count(1, &at)?;
                let tree = Tree { value, span: at };
                if anchor != 0 {
                    self.anchors.insert(anchor, (tree.clone(), 1));
                }
                self.add(tree)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some((mut tree, values)) => {
                    self.count(values, &at)?;
                    if self.open.len() + tree.depth() > MAX_DEPTH {
                        return broken("values nested too deep", "at most 127 levels", at);
                    }
                    tree.span = at;
                    self.add(tree)
                }
                None => broken("an alias inside its own anchor", "one that ends before", at),
            },
            _ => Ok(()),
        }
    }

    fn start(&mut self, anchor: usize, at: Range<usize>, content: Content) -> Result<(), Broken> {
        let values_before = self.values;
        self.count(1, &at)?;
        if self.open.len() >= MAX_DEPTH {
            return broken("values nested too deep", "at most 127 levels", at);
        }
        self.open.push(Open { anchor, start: at, values_before, content });
        Ok(())
    }

    fn end(&mut self, at: Range<usize>) -> Result<(), Broken> {
        let Some(Open { anchor, start, values_before, content }) = self.open.pop() else {
            return Ok(());
        };
        let value = match content {
            Content::Array(items) => Value::Array(items),
            Content::Object(members, _) => Value::Object(members),
        };
        // A block ends where the next begins, but its content ends before that.
        let end = match &value {
            Value::Array(items) => items.last().map(|item| item.span.end),
            Value::Object(members) => members.last().map(|member| member.value.span.end),
            _ => None,
        };
        let flow = at.end > at.start;
        let end = if flow { at.end } else { end.unwrap_or(at.end) };
        let tree = Tree { value, span: start.start..end.max(start.start) };
        if anchor != 0 {
            self.anchors.insert(anchor, (tree.clone(), self.values - values_before));
        }
        self.add(tree)
    }

    fn add(&mut self, tree: Tree) -> Result<(), Broken> {
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(tree),
            Some(Content::Array(items)) => items.push(tree),
            Some(Content::Object(members, name)) => match name.take() {
                Some((name, name_span)) => members.push(Member { name, name_span, value: tree }),
                None => {
                    let text = match tree.value {
                        Value::String(text) => text,
                        Value::Number(text) if self.names == Names::Scalars => text,
                        Value::Bool(value) if self.names == Names::Scalars => value.to_string(),
                        _ => return broken("a name that is no string", "a string", tree.span),
                    };
                    *name = Some((text, tree.span));
                }
            },
        }
        Ok(())
    }

    /// Bounds the number of values, because an alias can stand for many that contain aliases again.
    fn count(&mut self, values: usize, at: &Range<usize>) -> Result<(), Broken> {
        self.values = self.values.saturating_add(values);
        if self.values > MAX_VALUES {
            return broken("too many values", "at most 100000", at.clone());
        }
        Ok(())
    }
}

fn fault(found: &str, expected: &str) -> Fault {
    Fault { path: String::new(), found: found.into(), expected: expected.into() }
}

fn broken<T>(found: &str, expected: &str, at: Range<usize>) -> Result<T, Broken> {
    Err((fault(found, expected), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Result<Tree, Broken> {
        super::read(source, Names::Strings)
    }

    #[test]
    fn names_that_are_numbers() {
        let tree = super::read("{200: a, true: b}", Names::Scalars).unwrap();
        assert_eq!(tree.to_json(), r#"{"200":"a","true":"b"}"#);
        assert!(super::read("{[]: a}", Names::Scalars).is_err());
    }

    #[test]
    fn yaml_says_what_json_says() {
        let source = "a: {b: [1, -2.5, true, ~, \"n\", plain]}\nc: |\n  é\n  x\n\
            created: 2026-10-01\nkey: &anchor {f: \"10\"}\nagain: *anchor\na: 2\n";
        let tree = read(source).unwrap();
        assert_eq!(
            tree.to_json(),
            r#"{"a":{"b":[1,-2.5,true,null,"n","plain"]},"c":"é\nx\n","created":"2026-10-01","key":{"f":"10"},"again":{"f":"10"},"a":2}"#
        );
        let plain = &tree.get("a").unwrap().get("b").unwrap().items()[5];
        assert_eq!(&source[plain.span.clone()], "plain");
        assert_eq!(&source[tree.get("created").unwrap().span.clone()], "2026-10-01");
    }

    #[test]
    fn what_json_can_not_say_has_a_place() {
        for (source, found, place) in [
            ("a: !x {}", "a yaml tag", "!x"),
            ("a: 1\n---\nb: 2\n", "a second document", "---"),
            ("{1: 2}", "a name that is no string", "1:"),
            ("a: [", "text that is not yaml", ""),
            ("a: .inf", "a number", ".inf"),
            ("a: &a [*a]", "an alias inside its own anchor", "*a"),
            ("", "nothing", ""),
        ] {
            let (fault, span) = read(source).unwrap_err();
            assert!(fault.found.starts_with(found), "{source}: {fault}");
            assert!(source[span.start..].starts_with(place), "{source}: {span:?}");
        }
    }

    #[test]
    fn work_is_bounded() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{},", level - 1).repeat(10);
            bomb += &format!("a{level}: &a{level} [{alias}]\n");
        }
        assert_eq!(read(&bomb).unwrap_err().0.found, "too many values");
        let mut chain = "a0: &a0 [x]\n".to_owned();
        for level in 1..200 {
            chain += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
        }
        assert_eq!(read(&chain).unwrap_err().0.found, "values nested too deep");
        for deep in ["[", "- ", "{a: ", "? "] {
            read(&deep.repeat(20_000)).unwrap_err();
        }
    }
}
