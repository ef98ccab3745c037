//! The host that a policy is to run on, and its variables.

use crate::argument::{Members, utf8, wrong};
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};
use wicketgate_policy::{Environment, Host};

/// Reads an environment.
pub(crate) fn read(value: &JsValue) -> Result<Environment, JsValue> {
    let members = Members::of(value, "environment", &["host", "variables"])?;
    let (host, place) = members.get("host")?;
    let host = host.as_string().and_then(|name| Host::parse(&name)).ok_or_else(|| {
        let names = Host::ALL.map(|host| format!("`{}`", host.name()));
        wrong(&place, &names.join(" or "))
    })?;
    let (variables, place) = members.get("variables")?;
    let Some(object) = variables.dyn_ref::<Object>() else {
        return Err(wrong(&place, "an object"));
    };
    let mut environment = Environment::new(host);
    for entry in Object::entries(object) {
        let entry: Array = entry.unchecked_into();
        let name = entry.get(0).as_string().unwrap_or_default();
        let value = entry.get(1);
        // A variable that is not set, as in `process.env`.
        if !value.is_undefined() {
            environment = environment.with(&name, utf8(&value, &format!("{place}.{name}"))?);
        }
    }
    Ok(environment)
}

/// The same where it may be left out: a host without any variable.
pub(crate) fn read_or_none(value: &JsValue) -> Result<Environment, JsValue> {
    if value.is_undefined() { Ok(Environment::new(Host::Envoy)) } else { read(value) }
}
