//! Header maps: read whole, changed as the policy says.

use wicketgate_policy::{Edit, Header};
use worker::Result;
use worker::js_sys::{Array, JsString};
use worker::wasm_bindgen::JsCast;
use worker::worker_sys::web_sys::Headers;

/// Headers as the host has them: names in lower case, duplicates joined by `, `.
///
/// A byte that is no UTF-8 arrives as U+FFFD, which no credential may contain: it is handed over
/// as the three bytes that stand for it, and the policy finds it malformed.
pub struct Map(Vec<(String, String)>);

impl Map {
    /// The headers of a message, one copy of each.
    pub fn read(headers: &Headers) -> Self {
        let text = |value| JsString::unchecked_from_js(value).into();
        // One call for the whole map instead of one a header.
        let entries = Array::from(headers).into_iter().map(|entry| {
            let entry: Array = entry.unchecked_into();
            (text(entry.get(0)), text(entry.get(1)))
        });
        Self(entries.collect())
    }

    /// The value of a header, given its name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The headers behind pseudo-headers, as the policy reads them.
    pub fn behind<'m>(&'m self, pseudo: &[(&'static str, &'m str)]) -> Vec<Header<'m>> {
        let given = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = pseudo.iter().copied().chain(given);
        all.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect()
    }
}

/// Applies changes.
pub fn edit(headers: &Headers, edits: &[Edit<'_>]) -> Result<()> {
    for edit in edits {
        match edit {
            // The names come from the map, so they are text.
            Edit::Remove(name) => headers.delete(&String::from_utf8_lossy(name))?,
            Edit::Set(name, value) => headers.set(name.as_str(), value.as_str())?,
        }
    }
    Ok(())
}
