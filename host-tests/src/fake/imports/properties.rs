//! Envoy's knowledge of a request beside its headers, and the filter state.

use wasmtime::{Caller, Linker, Result};

use super::super::memory;
use super::{State, Status, answer};

pub(super) fn add(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        "env",
        "proxy_get_property",
        |caller: Caller<'_, State>,
         path: u32,
         path_length: u32,
         address_at: u32,
         length_at: u32| {
            answer(caller, "proxy_get_property", |caller| {
                let path = memory::read(caller, path, path_length)?;
                let Some(value) = find(caller.data_mut(), &path) else {
                    return Ok(Status::NotFound);
                };
                memory::give(caller, &value, address_at, length_at)?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_set_property",
        |caller: Caller<'_, State>, path: u32, path_length: u32, value: u32, value_length: u32| {
            answer(caller, "proxy_set_property", |caller| {
                let path = memory::read(caller, path, path_length)?;
                let value = memory::read(caller, value, value_length)?;
                let Some(stream) = caller.data_mut().stream() else {
                    return Ok(Status::NotFound);
                };
                stream.filter_state.insert(own_name(&path), value);
                Ok(Status::Ok)
            })
        },
    )?;
    Ok(())
}

/// A path is its segments with zeros between them.
fn find(state: &mut State, path: &[u8]) -> Option<Vec<u8>> {
    let stream = state.stream()?;
    if let Some(key) = path.strip_prefix(b"filter_state\0") {
        let key = String::from_utf8_lossy(key);
        return stream.filter_state.get(key.as_ref()).cloned();
    }
    // A module also finds by its bare name what it has set itself.
    let own = stream.filter_state.get(&own_name(path)).cloned();
    own.or_else(|| stream.properties.get(path).cloned())
}

/// Envoy puts `wasm.` before what a module sets, which is how access logs find it.
fn own_name(path: &[u8]) -> String {
    format!("wasm.{}", String::from_utf8_lossy(path))
}
