//! One instance of a module: its callbacks, and the fuel that they burn.

use wasmtime::{Instance, Linker, Result, Store, TypedFunc, WasmParams, WasmResults};

use super::state::State;
use crate::module::Module;

pub(super) struct Guest {
    pub(super) store: Store<State>,
    pub(super) exports: Exports,
    pub(super) fuel: u64,
    /// The most that one callback may burn.
    pub(super) limit: u64,
    is_fuelled: bool,
}

impl Guest {
    /// Makes an instance and starts it, as far as the root context.
    pub(super) fn start(module: &Module, linker: &Linker<State>, state: State) -> Result<Self> {
        let mut store = Store::new(&module.engine, state);
        if module.is_fuelled {
            store.set_fuel(FUEL_PER_CALL)?;
        }
        let instance = linker.instantiate(&mut store, &module.inner)?;
        let memory = instance.get_memory(&mut store, "memory");
        let allocate = find(&instance, &mut store, "proxy_on_memory_allocate")
            .or_else(|| find(&instance, &mut store, "malloc"));
        store.data_mut().memory = memory;
        store.data_mut().allocate = allocate;
        let exports = Exports::new(&instance, &mut store);
        let mut guest =
            Self { store, exports, fuel: 0, limit: FUEL_PER_CALL, is_fuelled: module.is_fuelled };
        guest.call(|exports| &exports.initialize, ())?;
        guest.start_root(super::FIRST_ROOT)?;
        Ok(guest)
    }

    /// Makes a root context.
    pub(super) fn start_root(&mut self, root: u32) -> Result<()> {
        self.call(|exports| &exports.context_create, (root, 0))?;
        self.call(|exports| &exports.vm_start, (root, 0))?;
        Ok(())
    }

    /// Hands the configuration to a root context.
    pub(super) fn configure(&mut self, root: u32) -> Result<bool> {
        let state = self.store.data_mut();
        state.active = root;
        state.configuring = true;
        let length = super::flow::size(state.configuration.len());
        let accepted = self.call(|exports| &exports.configure, (root, length));
        self.store.data_mut().configuring = false;
        Ok(accepted? != Some(0))
    }

    /// Ends a context of either kind.
    pub(super) fn end(&mut self, context: u32) -> Result<()> {
        self.call(|exports| &exports.done, context)?;
        self.call(|exports| &exports.delete, context)?;
        Ok(())
    }

    /// Calls back. None where the module has no such callback: Envoy goes on then, as if the
    /// module had said so.
    pub(super) fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        callback: impl FnOnce(&Exports) -> &Option<TypedFunc<P, R>>,
        parameters: P,
    ) -> Result<Option<R>> {
        let Some(callback) = callback(&self.exports).clone() else { return Ok(None) };
        if !self.is_fuelled {
            return callback.call(&mut self.store, parameters).map(Some);
        }
        self.store.set_fuel(self.limit)?;
        let result = callback.call(&mut self.store, parameters);
        self.fuel += self.limit - self.store.get_fuel()?;
        result.map(Some)
    }
}

/// The callbacks. All are optional: a module that lacks one is what a test wants to see.
pub(super) struct Exports {
    pub(super) initialize: Option<TypedFunc<(), ()>>,
    pub(super) context_create: Option<TypedFunc<(u32, u32), ()>>,
    pub(super) vm_start: Option<TypedFunc<(u32, u32), u32>>,
    pub(super) configure: Option<TypedFunc<(u32, u32), u32>>,
    pub(super) request_headers: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(super) request_body: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(super) request_trailers: Option<TypedFunc<(u32, u32), u32>>,
    pub(super) response_headers: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(super) response_body: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(super) response_trailers: Option<TypedFunc<(u32, u32), u32>>,
    pub(super) log: Option<TypedFunc<u32, ()>>,
    pub(super) done: Option<TypedFunc<u32, u32>>,
    pub(super) delete: Option<TypedFunc<u32, ()>>,
}

impl Exports {
    fn new(instance: &Instance, store: &mut Store<State>) -> Self {
        Self {
            initialize: find(instance, store, "_initialize"),
            context_create: find(instance, store, "proxy_on_context_create"),
            vm_start: find(instance, store, "proxy_on_vm_start"),
            configure: find(instance, store, "proxy_on_configure"),
            request_headers: find(instance, store, "proxy_on_request_headers"),
            request_body: find(instance, store, "proxy_on_request_body"),
            request_trailers: find(instance, store, "proxy_on_request_trailers"),
            response_headers: find(instance, store, "proxy_on_response_headers"),
            response_body: find(instance, store, "proxy_on_response_body"),
            response_trailers: find(instance, store, "proxy_on_response_trailers"),
            log: find(instance, store, "proxy_on_log"),
            done: find(instance, store, "proxy_on_done"),
            delete: find(instance, store, "proxy_on_delete"),
        }
    }
}

fn find<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    store: &mut Store<State>,
    name: &str,
) -> Option<TypedFunc<P, R>> {
    instance.get_typed_func(store, name).ok()
}

/// Far more than any request takes. An endless loop, which would hang a worker of Envoy for
/// good, runs out of it in a second or two.
const FUEL_PER_CALL: u64 = 1_000_000_000;
