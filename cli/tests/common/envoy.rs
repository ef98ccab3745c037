//! Envoy itself, asked for its opinion of a configuration, and YAML as JSON.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::Value;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::filter;
use wicketgate_runtime::tools;

use crate::common::root;

/// The built filter.
pub fn filter() -> PathBuf {
    wicketgate_runtime::progress::show();
    let cache = Cache::open().unwrap();
    let target = root().join("target");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or(target, |directory| root().join(directory));
    filter::build(&cache, &root(), &target).unwrap().canonicalize().unwrap()
}

/// Runs `envoy --mode validate`, with secrets in the variables that the gate reads, or without.
pub fn validate(config: &str, secrets: bool) -> (bool, String) {
    let cache = Cache::open().unwrap();
    let envoy = tools::envoy(&cache).unwrap();
    let folder = cache.run_folder().unwrap();
    let path = folder.path().join("envoy.yaml");
    fs::write(&path, config).unwrap();
    let config = documents(config).remove(0);
    let filters =
        "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters";
    let plugin = &config.pointer(filters).unwrap()[1]["typed_config"]["config"];
    let names = plugin["vm_config"]["environment_variables"]["host_env_keys"].as_array().unwrap();
    let mut command = Command::new(envoy);
    command.args(["--mode", "validate", "-c"]).arg(&path).env_clear();
    for (number, name) in names.iter().enumerate().filter(|_| secrets) {
        let id =
            if name == "INTERNAL_JOB_TOKEN" && config.to_string().contains("\\\"named\\\":true") {
                "wg_2026-q4_"
            } else {
                ""
            };
        let value = match name.as_str().unwrap() {
            "WICKETGATE_ENVIRONMENT" => "production".to_owned(),
            name if name.ends_with("_PUBLIC_KEY") => include_str!("p256.pem").to_owned(),
            _ => format!("{id}Zx3_9qLrT7vBn2KdZx3_9qLrT7vBn2Kd-{number:02}"),
        };
        command.env(name.as_str().unwrap(), value);
    }
    let output = command.output().unwrap();
    let log = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&log).into_owned())
}

/// The documents of a YAML file.
pub fn documents(text: &str) -> Vec<Value> {
    Yaml::load_from_str(text).unwrap().iter().map(value).collect()
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => Value::from(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::String(value)) => Value::from(value.as_ref()),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(members) => {
            let member = |(key, member): (&Yaml<'_>, &Yaml<'_>)| {
                (key.as_str().unwrap().to_owned(), value(member))
            };
            Value::Object(members.iter().map(member).collect())
        }
        other => panic!("YAML that no manifest needs: {other:?}"),
    }
}
