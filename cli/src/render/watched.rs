//! The policy in a file that Envoy watches: envoy.yaml names the file, and the file holds the gate.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use wicketgate_runtime::envoy_config::{self, Manager, Policy, Settings};

use super::splice::{Splice, lines};
use super::{Arguments, Input, envoy};

/// The watched file, if `--watch` names no other.
pub(super) const FILE: &str = "/etc/wicketgate/gate.json";

/// For clap: the absolute path of a JSON file, in a folder of its own.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let text = super::plain(text)?;
    let folder = Path::new(&text).parent().and_then(Path::parent);
    if !text.starts_with('/') || !text.ends_with(".json") || folder.is_none() {
        return Err(format!("expected the path of a JSON file in a folder, such as `{FILE}`"));
    }
    Ok(text)
}

/// Puts the name of the file in place of the gate's settings.
pub(super) fn put(file: &mut Splice, path: &str) -> Result<()> {
    let folder = Path::new(path).parent().context("a path without a folder")?.display();
    file.cut(
        "                    typed_config:\n                      \"@type\": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm\n",
        "                  # 3. On to the application.",
    )?;
    let discovery = format!(
        "                    # The module, the names of its variables and the policy stand in a file of
                    # their own, which `wicketgate render envoy-watched` writes (as a ConfigMap:
                    # `wicketgate render envoy-configmap`). A new file takes effect within a second,
                    # on open connections too, and no request is lost. One with a fault is refused,
                    # the log names every fault, and the policy before it stays in force. The file
                    # must be there when Envoy starts.
                    config_discovery:
                      config_source:
                        path_config_source:
                          path: {path}
                          # Envoy looks at the file when something is moved into this folder: a new
                          # file over the old one, or the links of a mounted ConfigMap. It does not
                          # see a file that is written in place.
                          watched_directory: {{ path: {folder} }}
                        resource_api_version: V3
                      type_urls: [type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm]

"
    );
    let router = "                  # 3. On to the application.";
    file.replace(router, &(discovery + router))?;
    Ok(())
}

/// The content of the watched file.
pub(super) fn render(input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    let environment: BTreeSet<String> = input.variables().map(str::to_owned).collect();
    let settings = Settings {
        listen: arguments.listen,
        upstream: &arguments.upstream,
        filter: Path::new(&arguments.wasm),
        environment: &environment,
        policy: Policy::Inline(""),
        manager: Manager::Hardened,
    };
    let file = envoy_config::extension(envoy::SHIPPED, &settings, &input.text())?;
    Ok(serde_json::to_string_pretty(&file).context("cannot write json")? + "\n")
}

/// The watched file in a ConfigMap.
pub(super) fn configmap(input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    let path = Path::new(arguments.watch.as_deref().unwrap_or(FILE));
    let folder = path.parent().context("a path without a folder")?.display();
    let name = path.file_name().context("a path without a name")?.to_string_lossy();
    let namespace = &arguments.namespace;
    let content: Vec<String> =
        lines(&render(input, arguments)?).into_iter().map(|line| format!("    {line}\n")).collect();
    Ok(input.head("envoy-configmap", input.is_same_text())
        + &format!(
            "# The policy for an Envoy whose configuration `wicketgate render envoy --watch {} …` made.
# Mount the whole ConfigMap as a folder. With `subPath` Kubernetes never updates a file, and the
# folder may hold nothing else:
#
#   volumes:
#     - {{ name: wicketgate, configMap: {{ name: wicketgate }} }}
#   containers:
#     - volumeMounts:
#         - {{ name: wicketgate, mountPath: {folder}, readOnly: true }}
#
# A change arrives when the kubelet brings it, mostly within a minute. It takes effect at once then,
# with no restart, unless it reads a variable that the container does not have yet.
apiVersion: v1
kind: ConfigMap
metadata:
  name: wicketgate
  namespace: {namespace}
data:
  {name}: |
{}",
            path.display(),
            content.concat()
        ))
}
