//! The templates: a policy for each shape, filled by the answers.

use std::sync::LazyLock;

use anyhow::Result;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use wicketgate_policy::Stack;

use super::check_name;

/// The shape of the endpoints to guard. The examples of the project show each in full.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Shape {
    /// Endpoints that a scheduler calls with a token in a header
    ScheduledJobs,
    /// Endpoints that a job runner calls when it is done
    Callbacks,
    /// Endpoints that workers of a task queue call with a bearer token, from one network
    TaskQueue,
    /// One endpoint that refreshes a cache or a dashboard, from known addresses
    CacheRefresh,
    /// Services that call each other for their users, each with a token of its own
    ServiceCalls,
}

impl Shape {
    fn template(self) -> &'static str {
        match self {
            Self::ScheduledJobs => include_str!("scheduled-jobs.yaml"),
            Self::Callbacks => include_str!("callbacks.yaml"),
            Self::TaskQueue => include_str!("task-queue.yaml"),
            Self::CacheRefresh => include_str!("cache-refresh.yaml"),
            Self::ServiceCalls => include_str!("service-calls.yaml"),
        }
    }
}

/// Where the gate runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Place {
    /// In front of the application, in Envoy or Istio
    Envoy,
    /// On Cloudflare
    Worker,
}

/// How callers show who they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Credential {
    /// A secret in a header, one for each caller
    Token,
    /// A signed token (JWT) of an issuer, such as Google, GitHub or Keycloak
    Jwt,
}

/// The framework of the application, by its name in the policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Framework(pub Stack);

/// A framework that a policy can name, or another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Made(pub(super) Option<Stack>);

impl ValueEnum for Made {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Made>> = LazyLock::new(|| {
            Stack::ALL.iter().copied().map(Some).chain([None]).map(Made).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.map_or("other", Stack::name)))
    }
}

impl ValueEnum for Framework {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Framework>> =
            LazyLock::new(|| Stack::ALL.iter().copied().map(Framework).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

/// Fills the template.
pub(super) fn fill(
    shape: Shape,
    name: &str,
    stack: Made,
    place: Place,
    credential: Credential,
) -> Result<String> {
    check_name(name)?;
    let hidden = if stack.0.is_some_and(Stack::has_known_404) {
        "{ status: 404, like_missing: true }"
    } else {
        "{ status: 404, json: { error: Not found } }"
    };
    let today = crate::time::now().to_string();
    let today = today.split('T').next().unwrap_or_default();
    let mut text = shape.template().to_owned();
    if place == Place::Worker {
        text = on_cloudflare(&text);
    }
    if credential == Credential::Jwt {
        text = signed(&text, name);
    }
    let text = text.replace("@NAME", &format!("\"{name}\""));
    let origin = match stack.0 {
        Some(stack) => format!("origin: {{ stack: {} }}", stack.name()),
        None => "# Without its framework (`origin: { stack: … }`) an application is taken for any of them.".to_owned(),
    };
    let text = text.replace("origin: { stack: @STACK }", &origin);
    Ok(text.replace("@TODAY", today).replace("@HIDDEN", hidden))
}

/// The template for a Worker, whose platform names the client.
fn on_cloudflare(text: &str) -> String {
    let mut blocks: Vec<&str> = text.split("\n\n").collect();
    let address = blocks.iter_mut().find(|block| block.contains("\nclient_address:"));
    if let Some(address) = address {
        *address = "# Whose address is in the audit lines, and is compared with a `network`: that of the client,\n\
            # which Cloudflare names in this header.\n\
            client_address:\n  cloudflare: { from: cf-connecting-ip }";
    }
    // Nobody calls a Worker from a private address.
    blocks.join("\n\n").replace("[10.64.0.0/16]", "[203.0.113.0/24]")
}

/// The template with an issuer's tokens in place of secrets.
fn signed(text: &str, name: &str) -> String {
    let (mut out, mut caller, mut within) = (String::new(), "", false);
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        within = within && depth > 4;
        if within {
            continue;
        }
        if depth == 2 {
            caller = line.trim().trim_end_matches(':');
        }
        if line == "    token:" {
            within = true;
            out += &format!(
                "    jwt:\n\
                 \x20     issuer: https://issuer.example # CHANGE: the `iss` of its tokens\n\
                 \x20     audience: {name} # CHANGE: the `aud`, which says that a token is for this application\n\
                 \x20     subjects: [{caller}] # CHANGE: the `sub` of this caller, or `claims` that only it has\n\
                 \x20     leeway: 30s\n\
                 \x20     keys: {{ jwks_uri: https://issuer.example/jwks.json }} # CHANGE: the issuer's `jwks_uri`\n"
            );
            continue;
        }
        out += line;
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use wicketgate_policy::Host;

    use crate::document::Document;
    use crate::policy::{Secrets, compile};

    #[test]
    fn every_shape_is_a_policy_on_every_stack() {
        let all = [
            (Place::Envoy, Credential::Token),
            (Place::Envoy, Credential::Jwt),
            (Place::Worker, Credential::Token),
            (Place::Worker, Credential::Jwt),
        ];
        for (shape, stack) in Shape::value_variants()
            .iter()
            .flat_map(|shape| Made::value_variants().iter().map(move |stack| (shape, stack)))
        {
            for (place, credential) in all {
                let text = fill(*shape, "my-app", *stack, place, credential).unwrap();
                assert!(!text.contains('@'), "{text}");
                let document = Document::parse("x".into(), text.clone().into_bytes(), true);
                let policy = compile(&document, Host::Cloudflare, Secrets::MadeUp);
                assert!(policy.is_ok(), "{text}\n{:?}", policy.unwrap_err());
            }
        }
        for name in ["", "My app", "a\nb", "\"", &"x".repeat(65)] {
            let flask = Made(Some(Stack::Flask));
            fill(Shape::Callbacks, name, flask, Place::Envoy, Credential::Token).unwrap_err();
        }
    }
}
