//! Logging, time, and what becomes of a stream.

use wasmtime::{Caller, Linker, Result};

use super::super::state::{Level, LocalReply};
use super::super::{memory, signatures, wire};
use super::{State, Status, answer};

pub(super) fn add(linker: &mut Linker<State>) -> Result<()> {
    logging_and_time(linker)?;
    local_reply(linker)?;
    streams(linker)
}

fn logging_and_time(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        "env",
        "proxy_log",
        |caller: Caller<'_, State>, level: u32, message: u32, length: u32| {
            answer(caller, "proxy_log", |caller| {
                let message = memory::read(caller, message, length)?;
                let level = match level {
                    0 => Level::Trace,
                    1 => Level::Debug,
                    2 => Level::Info,
                    3 => Level::Warn,
                    4 => Level::Error,
                    5 => Level::Critical,
                    _ => return Ok(Status::BadArgument),
                };
                caller.data_mut().log(level, message);
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_get_log_level",
        |caller: Caller<'_, State>, level_at: u32| {
            answer(caller, "proxy_get_log_level", |caller| {
                // Trace: whatever a module would ever log, a test sees.
                memory::write(caller, level_at, &0_u32.to_le_bytes())?;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_get_current_time_nanoseconds",
        |caller: Caller<'_, State>, time_at: u32| {
            answer(caller, "proxy_get_current_time_nanoseconds", |caller| {
                let now = caller.data().now_nanoseconds;
                memory::write(caller, time_at, &now.to_le_bytes())?;
                Ok(Status::Ok)
            })
        },
    )?;
    Ok(())
}

fn local_reply(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap(
        "env",
        "proxy_send_local_response",
        |caller: Caller<'_, State>,
         status: u32,
         _details: u32,
         _details_length: u32,
         body: u32,
         body_length: u32,
         headers: u32,
         headers_length: u32,
         _grpc_status: i32| {
            answer(caller, "proxy_send_local_response", |caller| {
                let body = memory::read(caller, body, body_length)?;
                let headers = wire::decode(&memory::read(caller, headers, headers_length)?)?;
                let Some(stream) = caller.data_mut().stream() else {
                    return Ok(Status::BadArgument);
                };
                stream.local_reply = Some(LocalReply { status, headers, body });
                Ok(Status::Ok)
            })
        },
    )?;
    Ok(())
}

fn streams(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap("env", "proxy_continue_stream", |caller: Caller<'_, State>, _kind: u32| {
        answer(caller, "proxy_continue_stream", |caller| {
            let Some(stream) = caller.data_mut().stream() else { return Ok(Status::BadArgument) };
            stream.resumed = true;
            Ok(Status::Ok)
        })
    })?;
    linker.func_wrap("env", "proxy_close_stream", |caller: Caller<'_, State>, _kind: u32| {
        answer(caller, "proxy_close_stream", |caller| {
            let Some(stream) = caller.data_mut().stream() else { return Ok(Status::BadArgument) };
            stream.reset = true;
            Ok(Status::Ok)
        })
    })?;
    linker.func_wrap(
        "env",
        "proxy_set_effective_context",
        |caller: Caller<'_, State>, context: u32| {
            answer(caller, "proxy_set_effective_context", |caller| {
                let state = caller.data_mut();
                if !state.roots.contains(&context) && !state.streams.contains_key(&context) {
                    return Ok(Status::BadArgument);
                }
                state.active = context;
                Ok(Status::Ok)
            })
        },
    )?;
    linker.func_wrap(
        "env",
        "proxy_call_foreign_function",
        |caller: Caller<'_, State>,
         name: u32,
         name_length: u32,
         arguments: u32,
         arguments_length: u32,
         results: u32,
         results_length: u32| {
            answer(caller, "proxy_call_foreign_function", |caller| {
                let name = memory::read(caller, name, name_length)?;
                // A host that is not Envoy has no such function.
                if !caller.data().checks_signatures || name != b"verify_signature" {
                    return Ok(Status::NotFound);
                }
                let arguments = memory::read(caller, arguments, arguments_length)?;
                memory::give(caller, &signatures::verify(&arguments), results, results_length)?;
                Ok(Status::Ok)
            })
        },
    )?;
    // Nobody ticks: requests that wait for keys are tested on real Envoy.
    linker.func_wrap(
        "env",
        "proxy_set_tick_period_milliseconds",
        |caller: Caller<'_, State>, _period: u32| {
            answer(caller, "proxy_set_tick_period_milliseconds", |_| Ok(Status::Ok))
        },
    )?;
    linker.func_wrap("env", "proxy_done", |caller: Caller<'_, State>| {
        answer(caller, "proxy_done", |_| Ok(Status::Ok))
    })?;
    Ok(())
}
