//! A line for curl as plain objects.

use crate::decision::{object, text};
use js_sys::Array;
use wasm_bindgen::{JsError, JsValue};

/// Reads a line. The bytes of what it sends come as text in UTF-8, as they stand in the line.
pub(crate) fn read(line: &str) -> Result<JsValue, JsValue> {
    let request = wicketgate_curl_line::parse(line)
        .map_err(|error| JsValue::from(JsError::new(&format!("{error:#}"))))?;
    let headers = request.headers.iter();
    let headers: Array =
        headers.map(|(name, value)| Array::of2(&utf8(name), &utf8(value))).collect();
    Ok(object([
        ("method", utf8(&request.method)),
        ("target", request.target.as_deref().map_or(JsValue::NULL, utf8)),
        ("authority", request.authority.as_deref().map_or(JsValue::NULL, utf8)),
        ("headers", headers.into()),
        ("basic", request.basic.as_deref().map_or(JsValue::NULL, utf8)),
        ("notes", request.notes.iter().map(|note| text(Some(note))).collect::<Array>().into()),
    ]))
}

fn utf8(bytes: &[u8]) -> JsValue {
    String::from_utf8_lossy(bytes).as_ref().into()
}
