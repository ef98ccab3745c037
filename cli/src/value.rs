//! Members of JSON values, for which indexing could panic.

use serde_json::Value;

static NULL: Value = Value::Null;

/// A member of an object, `null` if there is none.
pub fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&NULL)
}

/// Sets a member of an object. Any other value stays as it is.
pub fn set(value: &mut Value, name: &str, member: impl Into<Value>) {
    if let Some(members) = value.as_object_mut() {
        members.insert(name.to_owned(), member.into());
    }
}
