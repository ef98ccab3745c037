//! Node's own server, Fastify and Express, as by default and at their strictest.

use super::{Origin, Runtime};

pub(super) const ORIGINS: &[Origin] = &[
    node("fastify-strict", "node fastify.js strict {port}", Some("fastify")),
    node("fastify-lax", "node fastify.js lax {port}", Some("fastify")),
    // It serves all of `/internal/`.
    Origin { open: &["/api/*"], ..node("node-http", "node plain.js {port}", None) },
    express("express-5", "node express.js 5 lax {port}"),
    express("express-5-strict", "node express.js 5 strict {port}"),
    express("express-4", "node express.js 4 lax {port}"),
    express("express-4-strict", "node express.js 4 strict {port}"),
];

const fn node(name: &'static str, command: &'static str, stack: Option<&'static str>) -> Origin {
    Origin {
        name,
        stack,
        mounts: &["/v1"],
        more: &["/internal"],
        runtime: Runtime::Node("node"),
        command,
        ..Origin::PLAIN
    }
}

const fn express(name: &'static str, command: &'static str) -> Origin {
    let more = &["/internal", "/internal/used/x", "/internal/used"];
    Origin { more, ..node(name, command, Some("express")) }
}
