//! Data that all workers see.

use wasmtime::{Caller, Linker, Result};

use super::super::memory;
use super::{State, Status, answer};

pub(super) fn add(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        "env",
        "proxy_get_shared_data",
        |caller: Caller<'_, State>,
         key: u32,
         key_length: u32,
         address_at: u32,
         length_at: u32,
         version_at: u32| {
            answer(caller, "proxy_get_shared_data", |caller| {
                let key = memory::read(caller, key, key_length)?;
                let Some((value, version)) = caller.data().shared.get(&key).cloned() else {
                    return Ok(Status::NotFound);
                };
                memory::give(caller, &value, address_at, length_at)?;
                memory::write(caller, version_at, &version.to_le_bytes())?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_set_shared_data",
        |caller: Caller<'_, State>,
         key: u32,
         key_length: u32,
         value: u32,
         value_length: u32,
         version: u32| {
            answer(caller, "proxy_set_shared_data", |caller| {
                let key = memory::read(caller, key, key_length)?;
                let value = memory::read(caller, value, value_length)?;
                let shared = &mut caller.data_mut().shared;
                let next = match shared.get(&key) {
                    // Zero asks for no comparison. A key that isn't there takes any version,
                    // so two first writers can race.
                    Some((_, current)) if version != 0 && version != *current => {
                        return Ok(Status::CasMismatch);
                    }
                    Some((_, current)) => current.wrapping_add(1),
                    None => 1,
                };
                shared.insert(key, (value, next));
                Ok(Status::Ok)
            })
        },
    )?;
    Ok(())
}
