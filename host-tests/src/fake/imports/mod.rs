//! The calls that the host offers to a module: the 0.2.1 ABI, as far as the gate may use it.
//!
//! All other imports of a module exist with their types, and trap with their names when called.

mod control;
mod maps;
mod metrics;
mod properties;
mod shared;
mod wasi;

use wasmtime::{Caller, ExternType, Linker, Result, format_err};

use super::state::{State, Status};

/// Everything that a module can ask for.
pub(super) fn linker(module: &crate::module::Module) -> Result<Linker<State>> {
    let mut linker = Linker::new(&module.engine);
    control::add(&mut linker)?;
    maps::add(&mut linker)?;
    metrics::add(&mut linker)?;
    properties::add(&mut linker)?;
    shared::add(&mut linker)?;
    wasi::add(&mut linker)?;
    // Keep the calls that are defined above; only missing ones get a trap.
    let mut known = Vec::new();
    let mut store = wasmtime::Store::new(&module.engine, State::default());
    for import in module.inner.imports() {
        if linker.get(&mut store, import.module(), import.name()).is_err() {
            known.push(import);
        }
    }
    for import in known {
        let ExternType::Func(signature) = import.ty() else {
            return Err(format_err!("`{}` is not a function", import.name()));
        };
        let message = format!(
            "the module called `{}.{}`, which this host does not offer",
            import.module(),
            import.name()
        );
        linker.func_new(import.module(), import.name(), signature, move |_, _, _| {
            Err(format_err!("{message}"))
        })?;
    }
    Ok(linker)
}

/// One host call: counted, and failing on purpose where a test wants it to.
fn answer<'a>(
    mut caller: Caller<'a, State>,
    name: &'static str,
    call: impl FnOnce(&mut Caller<'a, State>) -> Result<Status>,
) -> Result<u32> {
    let status = match caller.data_mut().enter(name)? {
        Some(status) => status,
        None => call(&mut caller)?,
    };
    Ok(status.code())
}
