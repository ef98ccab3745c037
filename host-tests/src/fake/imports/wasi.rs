//! The few calls of WASI that Rust's standard library makes.

use wasmtime::{Caller, Linker, Result, bail};

use super::super::memory;
use super::super::state::Level;
use super::{State, Status, answer};

pub(super) fn add(linker: &mut Linker<State>) -> Result<()> {
    environment(linker)?;
    rest(linker)
}

fn environment(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        WASI,
        "environ_sizes_get",
        |caller: Caller<'_, State>, count_at: u32, size_at: u32| {
            answer(caller, "environ_sizes_get", |caller| {
                let variables = variables(caller.data());
                let size: usize = variables.iter().map(Vec::len).sum();
                memory::write(caller, count_at, &u32::try_from(variables.len())?.to_le_bytes())?;
                memory::write(caller, size_at, &u32::try_from(size)?.to_le_bytes())?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        WASI,
        "environ_get",
        |caller: Caller<'_, State>, addresses: u32, bytes: u32| {
            answer(caller, "environ_get", |caller| {
                let mut address_at = addresses;
                let mut address = bytes;
                for variable in variables(caller.data()) {
                    memory::write(caller, address_at, &address.to_le_bytes())?;
                    memory::write(caller, address, &variable)?;
                    address_at += 4;
                    address += u32::try_from(variable.len())?;
                }
                Ok(Status::Ok)
            })
        },
    )?;
    Ok(())
}

fn rest(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        WASI,
        "fd_write",
        |caller: Caller<'_, State>, file: u32, parts: u32, count: u32, written_at: u32| {
            answer(caller, "fd_write", |caller| {
                let mut message = Vec::new();
                for index in 0..count {
                    let address = memory::read_u32(caller, parts + index * 8)?;
                    let length = memory::read_u32(caller, parts + index * 8 + 4)?;
                    message.extend(memory::read(caller, address, length)?);
                }
                let written = u32::try_from(message.len())?;
                memory::write(caller, written_at, &written.to_le_bytes())?;
                // Envoy logs what a module writes: standard output as info, errors as errors.
                let level = if file == 1 { Level::Info } else { Level::Error };
                caller.data_mut().log(level, message);
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        WASI,
        "clock_time_get",
        |caller: Caller<'_, State>, _clock: u32, _precision: u64, time_at: u32| {
            answer(caller, "clock_time_get", |caller| {
                let now = caller.data().now_nanoseconds;
                memory::write(caller, time_at, &now.to_le_bytes())?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        WASI,
        "random_get",
        |caller: Caller<'_, State>, address: u32, length: u32| {
            answer(caller, "random_get", |caller| {
                // The same at every run: tests are repeatable, and nothing rests on it.
                let bytes: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
                memory::write(caller, address, &bytes)?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(WASI, "proc_exit", |_: Caller<'_, State>, code: u32| -> Result<()> {
        bail!("the module ended its process with {code}")
    })?;
    Ok(())
}

/// `NAME=value`, each ended by a zero.
fn variables(state: &State) -> Vec<Vec<u8>> {
    let pairs = state.environment.iter();
    pairs.map(|(name, value)| format!("{name}={value}\0").into_bytes()).collect()
}

const WASI: &str = "wasi_snapshot_preview1";
