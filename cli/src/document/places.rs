//! Finds the place in the text for the JSON path of a fault.

use std::collections::HashMap;
use std::ops::Range;

use wicketgate_policy::Fault;

use super::tree::{Tree, Value};

/// Every value of a document by its path, as faults spell it.
#[derive(Debug, Default)]
pub struct Places(HashMap<String, Vec<Place>>);

/// The place of a value.
#[derive(Clone, Debug)]
struct Place {
    name: Option<Range<usize>>,
    value: Range<usize>,
    is_container: bool,
}

impl Places {
    /// The places of a document.
    pub fn of(tree: Option<&Tree>) -> Self {
        let mut places = Self::default();
        if let Some(tree) = tree {
            places.add(tree, String::new(), None);
        }
        places
    }

    /// The bytes to mark for a fault.
    pub fn mark(&self, fault: &Fault, source: &str) -> Range<usize> {
        let repeated = fault.found == "a member that was there before";
        if let Some(places) = self.0.get(&fault.path) {
            let place = if repeated { places.last() } else { places.first() };
            let by_name = repeated || fault.found == "an unknown member";
            return place.map(|place| place.mark(by_name, source)).unwrap_or_default();
        }
        self.around(&fault.path, source)
    }

    /// The bytes to mark for the value at a path, or if there is none, for the value that should
    /// contain it.
    pub fn around(&self, path: &str, source: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(place) = self.0.get(path).and_then(|places| places.first()) {
                return place.mark(false, source);
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None if path.is_empty() => return 0..0,
                None => path = "",
            }
        }
    }

    fn add(&mut self, tree: &Tree, path: String, name: Option<Range<usize>>) {
        match &tree.value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.add(item, format!("{path}[{index}]"), None);
                }
            }
            Value::Object(members) => {
                for member in members {
                    let path = Fault::member(&path, &member.name);
                    self.add(&member.value, path, Some(member.name_span.clone()));
                }
            }
            _ => {}
        }
        let is_container = matches!(tree.value, Value::Array(_) | Value::Object(_));
        let place = Place { name, value: tree.span.clone(), is_container };
        self.0.entry(path).or_default().push(place);
    }
}

impl Place {
    /// Marks a value that fits on a line; of a longer one its name, or else its first character.
    fn mark(&self, by_name: bool, source: &str) -> Range<usize> {
        let text = source.get(self.value.clone()).unwrap_or_default();
        match &self.name {
            Some(name) if by_name || text.contains('\n') => name.clone(),
            // Marking all of a long object says less than marking its name.
            Some(name) if self.is_container && text.len() > 60 => name.clone(),
            _ if text.contains('\n') => {
                let first = text.chars().next().map_or(0, char::len_utf8);
                self.value.start..self.value.start + first
            }
            _ => self.value.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;

    #[test]
    fn paths_lead_to_places() {
        let source = "{\"a\": [1, {\"b c\": 2}],\n \"d\": {\n \"e\": 1 }, \"d\": 3}";
        let document = Document::parse("x".into(), source.into(), false);
        let places = Places::of(document.tree.as_ref());
        let mark = |path: &str, found: &str| {
            let fault = Fault { path: path.into(), found: found.into(), expected: String::new() };
            &source[places.mark(&fault, source)]
        };
        assert_eq!(mark("a[1][\"b c\"]", "x"), "2");
        assert_eq!(mark("a[1].missing.more", "nothing"), "{\"b c\": 2}");
        assert_eq!(mark("d", "x"), "\"d\"");
        assert_eq!(mark("d.e", "an unknown member"), "\"e\"");
        assert_eq!(
            places
                .mark(
                    &Fault {
                        path: "d".into(),
                        found: "a member that was there before".into(),
                        expected: String::new()
                    },
                    source,
                )
                .start,
            source.rfind("\"d\"").unwrap()
        );
        assert_eq!(mark("", "x"), "{");
        assert_eq!(mark("nowhere[0]", "nothing"), "{");
    }
}
