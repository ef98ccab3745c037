//! The gate as a native module in the place of the wasm one.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::{at, object};

/// The type of the filter.
pub(super) const TYPE: &str =
    "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter";

/// The place of the policy in it.
pub(super) const POLICY: &str = "/typed_config/filter_config/value";

/// Returns `true` if this file is a native module.
pub(super) fn is_one(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "so")
}

/// Puts the module into the filter, without a policy yet. Never by `remote`: without the file, or
/// with a wrong digest, Envoy would let every request through.
pub(super) fn put(gate: &mut Value, path: &Path) -> Result<()> {
    object(gate)?.insert(
        "typed_config".to_owned(),
        json!({
            "@type": TYPE,
            "dynamic_module_config": { "module": { "local": { "filename": path } } },
            "filter_name": super::GATE,
            "filter_config": {
                "@type": "type.googleapis.com/google.protobuf.StringValue", "value": "",
            },
        }),
    );
    Ok(())
}

/// Takes out what only the wasm module needs, and puts in what the native one does.
pub(super) fn fit(config: &mut Value) -> Result<()> {
    let manager = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
    let manager = at(config, manager)?;
    // The module asks Envoy for the peer itself.
    if let Some(filters) = manager.get_mut("http_filters").and_then(Value::as_array_mut) {
        filters.retain(|filter| filter.get("name").is_none_or(|name| name != PEER));
    }
    // Values that wasm makes readable have its name before theirs.
    if let Some(logs) = manager.get_mut("access_log") {
        let text = logs.to_string().replace("%FILTER_STATE(wasm.", "%FILTER_STATE(");
        *logs = serde_json::from_str(&text)?;
    }
    let config = object(config)?;
    // The labels of its metrics are Envoy's own.
    config.remove("stats_config");
    // So the metrics have the names that those of the wasm module have.
    config.insert(
        "layered_runtime".to_owned(),
        json!({ "layers": [{ "name": "wicketgate", "static_layer": {
            "envoy.reloadable_features.dynamic_modules_strip_custom_stat_prefix": true,
        }}]}),
    );
    Ok(())
}

/// The filter that tells the wasm module the peer.
const PEER: &str = "wicketgate.peer";
