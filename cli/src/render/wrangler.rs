//! wrangler.toml of the Worker.

use anyhow::Result;
use wicketgate_policy::Environment;

use super::splice::Splice;
use super::{Arguments, Input, MAX_VARIABLE};
use crate::document::Tree;

const SHIPPED: &str = include_str!("../../../wrangler.toml");

pub(super) fn render(input: &Input<'_>, arguments: &Arguments) -> Result<String> {
    let mut file = Splice::new(SHIPPED);
    let text = input.text();
    let compact = input.document.tree.as_ref().map(Tree::to_json).unwrap_or_default();
    // What is too long with its blanks may fit without them.
    let fits = |text: &String| text.len() <= MAX_VARIABLE;
    let text = Some(text).filter(fits).or(Some(compact).filter(fits));
    let is_same_text = text.as_ref().is_none_or(|text| text.as_bytes() == input.document.json);
    let policy = match text {
        // A string of JSON is one of TOML too.
        Some(text) if text.contains("'''") || text.contains('\r') => {
            format!("POLICY = {}\n", serde_json::Value::from(text))
        }
        Some(text) => format!("POLICY = '''\n{text}'''\n"),
        None => {
            file.replace("command = \"cargo xtask build --host worker\"", &build(arguments))?;
            BUNDLED.to_owned()
        }
    };
    let stage = match input.stage.as_str() {
        "development" => format!("{} = \"development\"\n", Environment::CONFIRMATION),
        _ => String::new(),
    };
    file.cut("[vars.POLICY]\n", "# An environment inherits")?;
    // The shipped copy for staging has another policy.
    file.cut("# An environment inherits", "# To try it here")?;
    file.replace("# To try it here", &format!("[vars]\n{stage}{policy}\n# An environment inherits none of `vars`, and none of `secrets`: each has a copy of its own.\n#\n# To try it here"))?;
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
    Ok(input.head("wrangler", is_same_text) + &file.finish())
}

/// The command by which wrangler builds the Worker, with the policy in it.
fn build(arguments: &Arguments) -> String {
    let policy = arguments.policy.display().to_string();
    let command = format!(
        "cargo xtask build --host worker && wicketgate render policy-module {policy} --replace --out target/edge-worker/policy.mjs"
    );
    format!("command = {}", serde_json::Value::from(command))
}

const BUNDLED: &str = "# The policy has more than 5 KB, the most that a variable may hold, so `[build]` puts it into the
# Worker: a change of the policy is another deployment. Don't set `POLICY` beside it, which would
# take precedence.
";

/// The last two labels. That is right for most hosts, and the line is marked for the others.
fn zone(host: &str) -> &str {
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    dots.next();
    dots.next().and_then(|at| host.get(at + 1..)).unwrap_or(host)
}
