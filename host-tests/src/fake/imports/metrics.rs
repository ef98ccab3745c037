//! Metrics.

use wasmtime::{Caller, Linker, Result};

use super::super::memory;
use super::{State, Status, answer};

pub(super) fn add(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        "env",
        "proxy_define_metric",
        |caller: Caller<'_, State>, kind: u32, name: u32, name_length: u32, id_at: u32| {
            answer(caller, "proxy_define_metric", |caller| {
                let name = memory::read(caller, name, name_length)?;
                let name = String::from_utf8_lossy(&name).into_owned();
                let Some(id) = caller.data_mut().metrics.define(kind, name) else {
                    return Ok(Status::BadArgument);
                };
                memory::write(caller, id_at, &id.to_le_bytes())?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_increment_metric",
        |caller: Caller<'_, State>, id: u32, offset: i64| {
            answer(caller, "proxy_increment_metric", |caller| {
                Ok(caller.data_mut().metrics.increment(id, offset))
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_record_metric",
        |caller: Caller<'_, State>, id: u32, value: u64| {
            answer(caller, "proxy_record_metric", |caller| {
                Ok(caller.data_mut().metrics.record(id, value))
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_get_metric",
        |caller: Caller<'_, State>, id: u32, value_at: u32| {
            answer(caller, "proxy_get_metric", |caller| {
                let Some(value) = caller.data_mut().metrics.get(id) else {
                    return Ok(Status::NotFound);
                };
                memory::write(caller, value_at, &value.to_le_bytes())?;
                Ok(Status::Ok)
            })
        },
    )?;
    Ok(())
}
