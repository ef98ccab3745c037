//! JavaScript values as what the core takes.

use js_sys::{Array, Date, Object, Reflect, TypeError, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wicketgate_policy::Time;

/// An object of which every member is known.
pub(crate) struct Members<'v> {
    value: &'v JsValue,
    place: &'static str,
}

impl<'v> Members<'v> {
    /// Refuses what is no object, and members that nothing would read: a misspelt one would
    /// otherwise count as absent.
    pub(crate) fn of(
        value: &'v JsValue,
        place: &'static str,
        known: &[&str],
    ) -> Result<Self, JsValue> {
        let Some(object) = value.dyn_ref::<Object>() else {
            return Err(wrong(place, "an object"));
        };
        for name in Object::keys(object).iter().filter_map(|name| name.as_string()) {
            if !known.contains(&name.as_str()) {
                return Err(wrong(place, &format!("no member `{name}`")));
            }
        }
        Ok(Self { value, place })
    }

    /// A member, with its place for messages.
    pub(crate) fn get(&self, name: &str) -> Result<(JsValue, String), JsValue> {
        Ok((Reflect::get(self.value, &name.into())?, format!("{}.{name}", self.place)))
    }
}

/// Text as the UTF-8 that a file or a variable would hold, or the bytes themselves.
pub(crate) fn utf8(value: &JsValue, place: &str) -> Result<Vec<u8>, JsValue> {
    let text = value.as_string().map(String::into_bytes);
    text.or_else(|| array(value)).ok_or_else(|| wrong(place, "a string or a Uint8Array"))
}

/// A byte string as `fetch` and Node have it, a character for each byte, or the bytes themselves.
pub(crate) fn bytes(value: &JsValue, place: &str) -> Result<Vec<u8>, JsValue> {
    let Some(text) = value.as_string() else {
        return array(value).ok_or_else(|| wrong(place, "a string or a Uint8Array"));
    };
    let byte = |character| u8::try_from(u32::from(character)).ok();
    let encoded = text.chars().map(byte).collect::<Option<_>>();
    encoded.ok_or_else(|| wrong(place, "characters up to U+00FF, one for each byte"))
}

/// [`bytes`], or `null` for none.
pub(crate) fn maybe_bytes(value: &JsValue, place: &str) -> Result<Option<Vec<u8>>, JsValue> {
    if value.is_null() { Ok(None) } else { bytes(value, place).map(Some) }
}

/// Names and values of headers.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// Pairs of byte strings: the two elements of each array that an iterable gives.
pub(crate) fn pairs(value: &JsValue, place: &str) -> Result<Pairs, JsValue> {
    const SHAPE: &str = "an iterable of pairs of a name and a value";
    // `try_iter` throws at what is no object.
    let items = if value.is_object() { js_sys::try_iter(value)? } else { None };
    let Some(items) = items else { return Err(wrong(place, SHAPE)) };
    let mut pairs = Vec::new();
    for (index, item) in items.enumerate() {
        let item = item?;
        let place = format!("{place}[{index}]");
        let pair = item.dyn_ref::<Array>().filter(|pair| pair.length() == 2);
        let pair = pair.ok_or_else(|| wrong(&place, "a pair of a name and a value"))?;
        let (name, value) = (bytes(&pair.get(0), &place)?, bytes(&pair.get(1), &place)?);
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// A point in time: a `Date`, or milliseconds since 1970 as `Date.now()` has them.
pub(crate) fn instant(value: &JsValue) -> Result<Time, JsValue> {
    let millis = value.dyn_ref::<Date>().map(Date::get_time).or_else(|| value.as_f64());
    let millis = millis.filter(|millis| millis.abs() <= FARTHEST);
    // In these bounds a cast only drops a fraction of a millisecond.
    millis
        .map(|millis| Time::from_unix_millis(millis as i64))
        .ok_or_else(|| wrong("now", "a valid Date or milliseconds since 1970"))
}

/// The error for an argument that is something else.
pub(crate) fn wrong(place: &str, expected: &str) -> JsValue {
    TypeError::new(&format!("`{place}`: expected {expected}")).into()
}

/// The farthest that a `Date` can be from 1970 (ECMA-262, section 21.4.1.1), in milliseconds.
const FARTHEST: f64 = 8.64e15;

fn array(value: &JsValue) -> Option<Vec<u8>> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
}
