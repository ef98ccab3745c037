//! The results of the attack: rows of its table, and each finding with the way to see it again.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::judge;
use crate::origins::{Form, Origin, TOKEN};
use crate::probe::Probe;

/// A guarded handler ran though nobody had credentials.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The origin's name.
    pub origin: &'static str,
    /// The host of the gate.
    pub host: &'static str,
    /// The handler that ran.
    pub handler: String,
    /// The request.
    pub probe: Probe,
    /// The address of the gate that let it through.
    pub server: SocketAddr,
}

impl Finding {
    /// One line for people, and how to do it again.
    pub fn describe(&self) -> String {
        let Self { origin, host, handler, probe, server } = self;
        format!("{origin} behind {host} ran `{handler}`:\n    {}", probe.curl(*server))
    }
}

/// A line of the table.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Row {
    /// The origin's name.
    pub origin: String,
    /// The host of the gate.
    pub host: String,
    /// Targets that were sent through it, or judged.
    pub targets: usize,
    /// Those that ran a guarded handler without it.
    pub live: usize,
    /// Those that ran one in spite of it.
    pub bypasses: usize,
    /// Lawful URLs that it refused or changed, none where they were not sent.
    pub false_denials: Option<usize>,
    /// The time that it took.
    pub seconds: f32,
}

impl Finding {
    /// A vector that expects it to be refused.
    pub fn vector(&self) -> Value {
        let target = String::from_utf8_lossy(&self.probe.target);
        self.probe.vector(&format!("{} {}", self.handler, target.escape_debug()))
    }
}

/// A file of vectors in the corpus's format that holds the findings of one origin, each once.
pub fn vectors(origin: &Origin, all: &[Value]) -> Value {
    let mut vectors: Vec<&Value> = Vec::new();
    for vector in all {
        if !vectors.iter().any(|other| other["name"] == vector["name"]) {
            vectors.push(vector);
        }
    }
    json!({
        "about": format!("What ran a guarded handler of {} through the gate.", origin.name),
        // It guards what the other form guards.
        "policy": origin.policy(Form::Public),
        "env": { TOKEN: judge::token() },
        "now": "2026-11-23T12:00:00Z",
        "vectors": vectors,
    })
}
