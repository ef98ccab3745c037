//! wrangler.toml of the Worker.

use anyhow::Result;
use wicketgate_policy::Environment;

use super::splice::Splice;
use super::{Arguments, Input};

const SHIPPED: &str = include_str!("../../../wrangler.toml");

pub(super) fn render(input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    let mut file = Splice::new(SHIPPED);
    let text = input.text();
    let policy = if text.contains("'''") || text.contains('\r') {
        // A string of JSON is one of TOML too.
        serde_json::Value::from(text).to_string()
    } else {
        format!("'''\n{text}'''")
    };
    let stage = match input.stage.as_str() {
        "development" => format!("{} = \"development\"\n", Environment::CONFIRMATION),
        _ => String::new(),
    };
    file.cut("[vars.POLICY]\n", "# An environment inherits")?;
    // The shipped copy for staging has another policy.
    file.cut("# An environment inherits", "# To try it here")?;
    file.replace("# To try it here", &format!("[vars]\n{stage}POLICY = {policy}\n\n# An environment inherits none of `vars`, and none of `secrets`: each has a copy of its own.\n#\n# To try it here"))?;
    let names: Vec<String> = input.secrets.iter().map(|name| format!("\"{name}\"")).collect();
    file.replace(
        "required = [\"INTERNAL_JOB_TOKEN\"]",
        &format!("required = [{}]", names.join(", ")),
    )?;
    let put: Vec<String> =
        input.secrets.iter().map(|name| format!("#   npx wrangler secret put {name}\n")).collect();
    file.cut("#   npx wrangler secret put INTERNAL_JOB_TOKEN", "#   npx wrangler deploy")?;
    file.replace("#   npx wrangler deploy", &format!("{}#   npx wrangler deploy", put.concat()))?;
    let host = &arguments.host;
    let zone = zone(host);
    file.replace(
        "routes = [{ pattern = \"app.example/*\", zone_name = \"app.example\" }]",
        &format!("routes = [{{ pattern = \"{host}/*\", zone_name = \"{zone}\" }}] # CHANGE the zone if it is another"),
    )?;
    Ok(input.head("wrangler", input.is_same_text()) + &file.finish())
}

/// The last two labels. That is right for most hosts, and the line is marked for the others.
fn zone(host: &str) -> &str {
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    dots.next();
    dots.next().and_then(|at| host.get(at + 1..)).unwrap_or(host)
}
