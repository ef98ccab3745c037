//! The exports and imports of a wasm file.

use wasmtime::{Config, Engine, OptLevel, Result};

/// A compiled module. Compiling takes seconds and instantiating microseconds, so tests share
/// one of these and instantiate it as often as they like.
#[derive(Clone)]
pub struct Module {
    pub(crate) engine: Engine,
    pub(crate) inner: wasmtime::Module,
    pub(crate) is_fuelled: bool,
    size: usize,
}

impl Module {
    /// Compiles a module from its binary form.
    pub fn new(wasm: &[u8]) -> Result<Self> {
        // Fuel is how a test counts work, and how an endless loop becomes a failure.
        Self::compiled(wasm, OptLevel::None, true)
    }

    /// Compiles it to run fast, and without fuel, which costs time of its own: for who measures.
    pub fn optimised(wasm: &[u8]) -> Result<Self> {
        Self::compiled(wasm, OptLevel::Speed, false)
    }

    fn compiled(wasm: &[u8], level: OptLevel, is_fuelled: bool) -> Result<Self> {
        let mut config = Config::new();
        config.consume_fuel(is_fuelled).cranelift_opt_level(level);
        let engine = Engine::new(&config)?;
        let inner = wasmtime::Module::from_binary(&engine, wasm)?;
        Ok(Self { engine, inner, is_fuelled, size: wasm.len() })
    }

    /// The names that the module exports, in the order of the file.
    pub fn exports(&self) -> Vec<String> {
        self.inner.exports().map(|export| export.name().to_owned()).collect()
    }

    /// The module's imports, as `module.name`, in the order of the file.
    pub fn imports(&self) -> Vec<String> {
        self.inner
            .imports()
            .map(|import| format!("{}.{}", import.module(), import.name()))
            .collect()
    }

    /// The size of the file in bytes.
    pub fn size(&self) -> usize {
        self.size
    }
}

/// The exports of the gate, all of them and no others. Envoy simply skips a callback that isn't
/// exported. So a module without `proxy_on_request_headers` would pass every request, under every
/// failure policy, and without its ticks and the answers to its calls, requests would wait for keys
/// for ever.
pub const REQUIRED_EXPORTS: [&str; 14] = [
    "_initialize",
    "memory",
    "proxy_abi_version_0_2_1",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_delete",
    "proxy_on_http_call_response",
    "proxy_on_memory_allocate",
    "proxy_on_request_body",
    "proxy_on_request_headers",
    "proxy_on_request_trailers",
    "proxy_on_response_headers",
    "proxy_on_tick",
    "proxy_on_vm_start",
];

/// Those of [`REQUIRED_EXPORTS`] that a module lacks.
pub fn missing_exports(module: &Module) -> Vec<&'static str> {
    let exports = module.exports();
    REQUIRED_EXPORTS
        .into_iter()
        .filter(|required| !exports.iter().any(|export| export == required))
        .collect()
}
