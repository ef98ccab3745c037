//! A header map as Envoy has it: an ordered list, names in lower case, values any bytes.

use std::fmt;

/// Headers or trailers. Duplicates are kept; look-ups ignore the case of the name asked for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(Vec<u8>, Vec<u8>)>);

impl Headers {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one more header, whether or not there is one of that name.
    pub fn add(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.0.push((name.as_ref().to_ascii_lowercase(), value.as_ref().to_vec()));
    }

    /// Gives the first header of that name this value and removes the others; adds it where
    /// there is none.
    pub fn set(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let name = name.as_ref().to_ascii_lowercase();
        let Some(first) = self.0.iter().position(|(other, _)| *other == name) else {
            self.0.push((name, value.as_ref().to_vec()));
            return;
        };
        let mut index = 0;
        self.0.retain(|(other, _)| {
            index += 1;
            index - 1 <= first || *other != name
        });
        self.0[first].1 = value.as_ref().to_vec();
    }

    /// Removes every header of that name.
    pub fn remove(&mut self, name: impl AsRef<[u8]>) {
        let name = name.as_ref().to_ascii_lowercase();
        self.0.retain(|(other, _)| *other != name);
    }

    /// The first value of that name.
    pub fn first(&self, name: impl AsRef<[u8]>) -> Option<&[u8]> {
        let name = name.as_ref().to_ascii_lowercase();
        self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_slice())
    }

    /// Every value of that name, in order.
    pub fn all(&self, name: impl AsRef<[u8]>) -> Vec<&[u8]> {
        let name = name.as_ref().to_ascii_lowercase();
        self.0
            .iter()
            .filter(|(other, _)| *other == name)
            .map(|(_, value)| value.as_slice())
            .collect()
    }

    /// The first value of that name as text, with replacement characters where it isn't any.
    pub fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Returns `true` if there is a header of that name.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// Returns `true` if some name or value has this text in it.
    pub fn holds(&self, text: &str) -> bool {
        self.iter().any(|(name, value)| holds(name, text) || holds(value, text))
    }

    /// The number of headers.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns `true` if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_slice(), value.as_slice()))
    }
}

/// As text: a failing test is to be read, and what is searched is to be found.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
        f.debug_list().entries(self.iter().map(|(name, value)| (text(name), text(value)))).finish()
    }
}

/// Returns `true` if bytes have this text in them.
pub(super) fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut headers = Self::new();
        for (name, value) in pairs {
            headers.add(name, value);
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_replaces_every_duplicate_in_the_place_of_the_first() {
        let mut headers: Headers =
            [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4")].into_iter().collect();
        headers.set("A", "5");
        let expected: Headers = [("a", "5"), ("b", "2"), ("c", "4")].into_iter().collect();
        assert_eq!(headers, expected);
    }

    #[test]
    fn the_first_of_duplicates_hides_the_others() {
        let headers: Headers = [("a", "1"), ("a", "2")].into_iter().collect();
        assert_eq!(headers.first("a"), Some(b"1".as_slice()));
        assert_eq!(headers.all("a").len(), 2);
    }

    #[test]
    fn what_is_searched_is_found_in_names_and_values() {
        let headers: Headers = [("x-name", b"a\xffsecret".as_slice())].into_iter().collect();
        assert!(headers.holds("secret") && headers.holds("-na") && !headers.holds("public"));
        assert_eq!(format!("{headers:?}"), r#"[("x-name", "a\\xffsecret")]"#);
    }
}
