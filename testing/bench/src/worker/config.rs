//! workerd's configuration: a Worker and a socket for each arm, and the origin, a Worker too.

use std::fmt::Write as _;

use wicketgate_runtime::workerd::COMPATIBILITY_DATE;

use super::arms::Arm;

/// The Worker of an arm.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) code: Code,
    /// Bindings, and the variable of workerd's environment that each is made of.
    variables: Vec<(String, String)>,
    /// Bindings with their text.
    texts: Vec<(String, String)>,
}

/// The code that it runs.
#[derive(Clone, Debug)]
pub(super) enum Code {
    /// The gate, with a policy.
    Gate(String),
    /// One of the bundled modules.
    Peer(String),
}

impl Setup {
    /// The gate, with a policy that names one variable.
    pub(super) fn gate(policy: String, variable: &str) -> Self {
        let code = Code::Gate(policy);
        Self { code, variables: Vec::new(), texts: Vec::new() }.knowing(variable, variable)
    }

    /// One of the bundled modules.
    pub(super) fn peer(module: &str) -> Self {
        Self { code: Code::Peer(module.to_owned()), variables: Vec::new(), texts: Vec::new() }
    }

    /// With a binding that has a variable's value, which stands in no file.
    pub(super) fn knowing(mut self, binding: &str, variable: &str) -> Self {
        self.variables.push((binding.to_owned(), variable.to_owned()));
        self
    }

    /// With a binding.
    pub(super) fn saying(mut self, binding: &str, text: &str) -> Self {
        self.texts.push((binding.to_owned(), text.to_owned()));
        self
    }
}

/// The file with the policy of an arm.
pub(super) fn policy_file(arm: &str) -> String {
    format!("{arm}.json")
}

/// The folders of the gate's modules, and of the others'.
pub(super) const GATE: &str = "gate";
pub(super) const PEERS: &str = "peers";

/// The configuration in Cap'n Proto's text form. `gate` are the gate's modules, of which the first
/// is its entry. Names and texts are ours: nothing in them has to be escaped.
pub(super) fn render(arms: &[Arm], gate: &[String]) -> String {
    let origin = worker(&Setup::peer("origin"), "", gate);
    let mut services = format!("\n    ( name = \"{ORIGIN}\", worker = {origin} ),");
    let mut sockets = String::new();
    for arm in arms {
        let (name, worker) = (&arm.name, worker(&arm.setup, &arm.name, gate));
        _ = write!(services, "\n    ( name = \"{name}\", worker = {worker} ),");
        _ = write!(
            sockets,
            "\n    ( name = \"{name}\", address = \"127.0.0.1:0\", http = (), service = \"{name}\" ),"
        );
    }
    format!(
        "using Workerd = import \"/workerd/workerd.capnp\";\n\n\
         const config :Workerd.Config = (\n  services = [{services}\n  ],\n  sockets = [{sockets}\n  ],\n);\n"
    )
}

fn worker(setup: &Setup, arm: &str, gate: &[String]) -> String {
    let mut bindings = Vec::new();
    let modules: Vec<String> = match &setup.code {
        Code::Gate(_) => {
            bindings.push(format!("( name = \"POLICY\", text = embed \"{}\" )", policy_file(arm)));
            gate.iter().map(|name| module(GATE, name)).collect()
        }
        Code::Peer(name) => vec![module(PEERS, &format!("{name}.mjs"))],
    };
    for (binding, variable) in &setup.variables {
        bindings.push(format!("( name = \"{binding}\", fromEnvironment = \"{variable}\" )"));
    }
    for (binding, text) in &setup.texts {
        bindings.push(format!("( name = \"{binding}\", text = \"{text}\" )"));
    }
    format!(
        "( compatibilityDate = \"{COMPATIBILITY_DATE}\", globalOutbound = \"{ORIGIN}\",\n        \
         modules = [ {} ],\n        bindings = [ {} ] )",
        modules.join(", "),
        bindings.join(", ")
    )
}

fn module(folder: &str, name: &str) -> String {
    let kind = if name.ends_with(".wasm") { "wasm" } else { "esModule" };
    format!("( name = \"{name}\", {kind} = embed \"{folder}/{name}\" )")
}

const ORIGIN: &str = "origin";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_has_a_worker_and_a_socket_and_secrets_by_name_only() {
        let arm = |name: &str, setup| Arm::new(name, "", setup, Vec::new());
        let gate = arm("gate", Setup::gate("{\"secret\": 1}".to_owned(), "TOKEN"));
        let jose =
            arm("jose", Setup::peer("jose").knowing("KEYS", "K").saying("ALGORITHM", "ES256"));
        let config = render(&[gate, jose], &["worker.mjs".to_owned(), "a.wasm".to_owned()]);
        for part in [
            r#"( name = "worker.mjs", esModule = embed "gate/worker.mjs" ), ( name = "a.wasm", wasm = embed "gate/a.wasm" )"#,
            r#"( name = "POLICY", text = embed "gate.json" ), ( name = "TOKEN", fromEnvironment = "TOKEN" )"#,
            r#"( name = "KEYS", fromEnvironment = "K" ), ( name = "ALGORITHM", text = "ES256" )"#,
            r#"( name = "jose", address = "127.0.0.1:0", http = (), service = "jose" )"#,
            r#"( name = "origin.mjs", esModule = embed "peers/origin.mjs" )"#,
        ] {
            assert!(config.contains(part), "{part}: {config}");
        }
        assert!(!config.contains("secret"), "{config}");
    }
}
