//! Reading and writing the guest's memory.

use wasmtime::{Caller, Memory, Result, format_err};

use super::state::State;

/// The bytes at an address of the guest.
pub(super) fn read(caller: &Caller<'_, State>, address: u32, length: u32) -> Result<Vec<u8>> {
    let start = usize::try_from(address)?;
    let end = start.saturating_add(usize::try_from(length)?);
    let data = memory(caller)?.data(caller);
    let bytes = data.get(start..end).ok_or_else(|| {
        format_err!("the guest named {length} bytes at {address}, which is outside its memory")
    })?;
    Ok(bytes.to_vec())
}

/// Writes bytes to an address of the guest.
pub(super) fn write(caller: &mut Caller<'_, State>, address: u32, bytes: &[u8]) -> Result<()> {
    let start = usize::try_from(address)?;
    Ok(memory(caller)?.write(caller, start, bytes)?)
}

/// Reads a number that the guest keeps at an address.
pub(super) fn read_u32(caller: &Caller<'_, State>, address: u32) -> Result<u32> {
    let bytes = read(caller, address, 4)?;
    let bytes = bytes.first_chunk().ok_or_else(|| format_err!("four bytes are not four"))?;
    Ok(u32::from_le_bytes(*bytes))
}

/// Hands bytes to the guest: in memory that the guest itself allocates for them, as Envoy
/// does. Their address and length go to where the guest wants them.
pub(super) fn give(
    caller: &mut Caller<'_, State>,
    bytes: &[u8],
    address_at: u32,
    length_at: u32,
) -> Result<()> {
    let length = u32::try_from(bytes.len())?;
    let mut address = 0;
    if length > 0 {
        let allocate = caller
            .data()
            .allocate
            .clone()
            .ok_or_else(|| format_err!("the module has no `proxy_on_memory_allocate`"))?;
        address = allocate.call(&mut *caller, length)?;
        write(caller, address, bytes)?;
    }
    write(caller, address_at, &address.to_le_bytes())?;
    write(caller, length_at, &length.to_le_bytes())
}

fn memory(caller: &Caller<'_, State>) -> Result<Memory> {
    caller.data().memory.ok_or_else(|| format_err!("the module has no memory of its own"))
}
