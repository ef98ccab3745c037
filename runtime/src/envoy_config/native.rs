//! The gate as a native module in the place of the wasm one.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Form, Other, at, object};

/// The form of the module's settings.
pub(super) const FORM: Form = Form {
    extension: "so",
    kind: KIND,
    file: "/typed_config/dynamic_module_config/module/local/filename",
    // It reads Envoy's own environment.
    environment: None,
    policy: "/typed_config/filter_config/value",
    other: Some(Other { settings, fit }),
};

const KIND: &str =
    "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter";

/// The module's settings. Never by `remote`: without the file, or with a wrong digest, Envoy would let
/// every request through.
fn settings() -> Value {
    json!({
        "@type": KIND,
        "dynamic_module_config": { "module": { "local": { "filename": "" } } },
        "filter_name": super::GATE,
        "filter_config": {
            "@type": "type.googleapis.com/google.protobuf.StringValue", "value": "",
        },
    })
}

/// Takes out what only the wasm module needs, and puts in what the native one does.
fn fit(config: &mut Value) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Manager, Policy, Settings, Upstream, render};
    use super::*;

    #[test]
    fn the_module_stands_in_the_place_of_the_wasm_filter() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../envoy/envoy.yaml");
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            upstream: &Upstream::loopback(1),
            filter: Path::new("/x/wicketgate.so"),
            environment: &["A".to_owned()].into(),
            policy: Policy::Inline("the policy"),
            manager: Manager::Hardened,
        };
        let config = render(&crate::files::read(&shipped).unwrap(), &settings).unwrap();
        let manager = &config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]
            ["typed_config"];
        // Without the filter that tells the wasm module the peer.
        assert_eq!(manager["http_filters"].as_array().unwrap().len(), 2);
        let gate = &manager["http_filters"][0]["typed_config"];
        assert_eq!(gate["@type"], KIND);
        assert_eq!(
            gate["dynamic_module_config"]["module"]["local"]["filename"],
            "/x/wicketgate.so"
        );
        assert_eq!(gate["filter_config"]["value"], "the policy");
        assert!(!config.to_string().contains("wasm"), "{config}");
    }
}
