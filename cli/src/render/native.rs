//! An envoy.yaml with the native module in place of the wasm one.

use anyhow::Result;

use super::splice::Splice;

/// The module's place, if `--module` names no other.
pub(super) const FILE: &str = "/etc/envoy/wicketgate.so";

/// For clap: the path of a native module.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let text = super::plain(text)?;
    if !text.ends_with(".so") {
        return Err(format!("expected the path of a native module, such as `{FILE}`"));
    }
    Ok(text)
}

/// Puts the module's settings in place of those of the filter, before the policy is put in.
pub(super) fn put(file: &mut Splice) -> Result<()> {
    file.cut(
        "                      \"@type\": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm\n",
        "                          value: |\n",
    )?;
    file.replace("                          value: |\n", SETTINGS)?;
    Ok(())
}

/// Takes out what only the filter needs, and puts in what the module does.
pub(super) fn fit(file: &mut Splice) -> Result<()> {
    file.replace(
        "cargo xtask build        # builds the filter; ",
        "cargo xtask build --host module  # builds it; ",
    )?;
    // With a watched policy the settings stand in its file, and only their type is named here.
    let _maybe = file.replace(
        "type_urls: [type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm]",
        "type_urls: [type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter]",
    );
    file.replace(
        "it reads the peer from the\n                # filter state below.",
        "it asks for the\n                # other end of the socket.",
    )?;
    file.cut(
        "                  # 1. The address of the socket, for the gate.",
        "                  # 2. The gate.",
    )?;
    file.replace("                  # 2. The gate.", "                  # 1. The gate.")?;
    file.replace("                  # 3. On to the", "                  # 2. On to the")?;
    file.replace("%FILTER_STATE(wasm.wicketgate.", "%FILTER_STATE(wicketgate.")?;
    file.replace(
        "# after `wasm log wicketgate: `.",
        "# after `[dynamic_modules]` and `wicketgate: `.",
    )?;
    file.cut("# The gate's metrics carry their labels", LAST)?;
    file.replace(LAST, RUNTIME)?;
    Ok(())
}

const SETTINGS: &str = "                      \"@type\": type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter
                      dynamic_module_config:
                        module:
                          # Never `remote`: if it can't be had, Envoy lets everything in. A new
                          # module wants a new name, for Envoy doesn't load one anew whose name
                          # is in use.
                          local: { filename: /etc/envoy/wicketgate.wasm }
                      filter_name: wicketgate
                      # The module reads its secrets from Envoy's own environment, and can read
                      # all of it: it runs in Envoy's process, with Envoy's rights.
                      #
                      # The policy. CHANGE the paths, the header and the key's id. If it has a
                      # fault Envoy refuses to start, and its log names every fault.
                      filter_config:
                        \"@type\": type.googleapis.com/google.protobuf.StringValue
                        value: |
";

/// The last line of the shipped file.
const LAST: &str = "    - { tag_name: key, regex: '(key=\\.=(.*?);\\.;)' }\n";

const RUNTIME: &str =
    "# So the gate's metrics have the names that its alerts look for: wicketgate_decisions_total
# and not envoy_dynamicmodulescustom_wicketgate_decisions_total. Their labels are Envoy's own.
layered_runtime:
  layers:
    - name: wicketgate
      static_layer:
        envoy.reloadable_features.dynamic_modules_strip_custom_stat_prefix: true
";
