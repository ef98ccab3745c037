//! Header maps, bodies and configuration.

use wasmtime::{Caller, Linker, Result};

use super::super::{memory, wire};
use super::{State, Status, answer};

pub(super) fn add(linker: &mut Linker<State>) -> Result<()> {
    read(linker)?;
    write(linker)?;
    buffers(linker)
}

fn read(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        "env",
        "proxy_get_header_map_pairs",
        |caller: Caller<'_, State>, map: u32, address_at: u32, length_at: u32| {
            answer(caller, "proxy_get_header_map_pairs", |caller| {
                // A map that isn't there reads as an empty one, not as a fault.
                let stream = caller.data_mut().stream();
                let headers = stream.and_then(|stream| stream.readable(map)).cloned();
                let bytes = wire::encode(&headers.unwrap_or_default())?;
                memory::give(caller, &bytes, address_at, length_at)?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_get_header_map_value",
        |caller: Caller<'_, State>,
         map: u32,
         key: u32,
         key_length: u32,
         address_at: u32,
         length_at: u32| {
            answer(caller, "proxy_get_header_map_value", |caller| {
                let key = memory::read(caller, key, key_length)?;
                let stream = caller.data_mut().stream();
                let Some(headers) = stream.and_then(|stream| stream.readable(map)) else {
                    return Ok(Status::BadArgument);
                };
                // The first of duplicates only: that is Envoy's trap for the unwary.
                let Some(value) = headers.first(&key).map(<[u8]>::to_vec) else {
                    return Ok(Status::NotFound);
                };
                memory::give(caller, &value, address_at, length_at)?;
                Ok(Status::Ok)
            })
        },
    )?;
    Ok(())
}

fn write(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        "env",
        "proxy_set_header_map_pairs",
        |caller: Caller<'_, State>, map: u32, pairs: u32, length: u32| {
            answer(caller, "proxy_set_header_map_pairs", |caller| {
                let new = wire::decode(&memory::read(caller, pairs, length)?)?;
                let stream = caller.data_mut().stream();
                let Some(headers) = stream.and_then(|stream| stream.writable(map)) else {
                    return Ok(Status::BadArgument);
                };
                *headers = new;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_remove_header_map_value",
        |caller: Caller<'_, State>, map: u32, key: u32, key_length: u32| {
            answer(caller, "proxy_remove_header_map_value", |caller| {
                let key = memory::read(caller, key, key_length)?;
                let stream = caller.data_mut().stream();
                let Some(headers) = stream.and_then(|stream| stream.writable(map)) else {
                    return Ok(Status::BadArgument);
                };
                headers.remove(&key);
                Ok(Status::Ok)
            })
        },
    )?;
    for (name, append) in
        [("proxy_replace_header_map_value", false), ("proxy_add_header_map_value", true)]
    {
        linker.func_wrap(
            "env",
            name,
            move |caller: Caller<'_, State>,
                  map: u32,
                  key: u32,
                  key_length: u32,
                  value: u32,
                  value_length: u32| {
                answer(caller, name, |caller| {
                    let key = memory::read(caller, key, key_length)?;
                    let value = memory::read(caller, value, value_length)?;
                    let stream = caller.data_mut().stream();
                    let Some(headers) = stream.and_then(|stream| stream.writable(map)) else {
                        return Ok(Status::BadArgument);
                    };
                    if append {
                        headers.add(&key, &value);
                    } else {
                        headers.set(&key, &value);
                    }
                    Ok(Status::Ok)
                })
            },
        )?;
    }
    Ok(())
}

fn buffers(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        "env",
        "proxy_get_buffer_bytes",
        |caller: Caller<'_, State>,
         buffer: u32,
         start: u32,
         length: u32,
         address_at: u32,
         length_at: u32| {
            answer(caller, "proxy_get_buffer_bytes", |caller| {
                let state = caller.data_mut();
                let whole = match buffer {
                    REQUEST_BODY => state.stream().and_then(|stream| stream.request_body.clone()),
                    RESPONSE_BODY => state.stream().and_then(|stream| stream.response_body.clone()),
                    VM_CONFIGURATION => Some(Vec::new()),
                    PLUGIN_CONFIGURATION if state.configuring => Some(state.configuration.clone()),
                    _ => None,
                };
                let Some(whole) = whole else { return Ok(Status::NotFound) };
                let start = usize::try_from(start)?.min(whole.len());
                let end = start.saturating_add(usize::try_from(length)?).min(whole.len());
                memory::give(caller, &whole[start..end], address_at, length_at)?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_set_buffer_bytes",
        |caller: Caller<'_, State>,
         buffer: u32,
         start: u32,
         length: u32,
         bytes: u32,
         bytes_length: u32| {
            answer(caller, "proxy_set_buffer_bytes", |caller| {
                let bytes = memory::read(caller, bytes, bytes_length)?;
                let Some(stream) = caller.data_mut().stream() else {
                    return Ok(Status::BadArgument);
                };
                let whole = match buffer {
                    REQUEST_BODY => &mut stream.request_body,
                    RESPONSE_BODY => &mut stream.response_body,
                    _ => return Ok(Status::BadArgument),
                };
                let Some(whole) = whole else { return Ok(Status::BadArgument) };
                let start = usize::try_from(start)?.min(whole.len());
                let end = start.saturating_add(usize::try_from(length)?).min(whole.len());
                whole.splice(start..end, bytes);
                Ok(Status::Ok)
            })
        },
    )?;
    Ok(())
}

const REQUEST_BODY: u32 = 0;
const RESPONSE_BODY: u32 = 1;
const VM_CONFIGURATION: u32 = 6;
const PLUGIN_CONFIGURATION: u32 = 7;
