//! workerd's configuration.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Result, bail};

use crate::envoy_config::Upstream;

/// The settings of a run.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// The address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The app behind it.
    pub upstream: &'a Upstream,
    /// The folder with the built Worker.
    pub worker: &'a Path,
    /// The policy document.
    pub policy: &'a str,
    /// The variables that it names. They become secrets of the Worker, from workerd's own
    /// environment: their values stand in no file.
    pub environment: &'a BTreeSet<String>,
    /// An authority in PEM, by whose certificates addresses of keys are believed. Without one the
    /// Worker reaches nobody but the app.
    pub authority: Option<&'a str>,
    /// `true` if requests may do what only a test may: name their client by
    /// [`CLIENT_HEADER`](super::CLIENT_HEADER), as a test can't come from every address, show a
    /// certificate by [`CERTIFICATE_HEADER`](super::CERTIFICATE_HEADER), set the clock by
    /// [`NOW_HEADER`](super::NOW_HEADER), and make the module trap by
    /// [`TRAP_HEADER`](super::TRAP_HEADER).
    pub test: bool,
}

/// The file with the policy, beside the configuration.
pub(super) const POLICY: &str = "policy.json";

/// The file with the authority, beside the configuration.
pub(super) const AUTHORITY: &str = "authority.pem";

/// The module that stands before the Worker's own.
pub(super) const EDGE: &str = "edge.mjs";

/// The configuration in Cap'n Proto's text form. `modules` are the Worker's files, relative to it.
pub(super) fn render(settings: &Settings<'_>, modules: &BTreeSet<String>) -> Result<String> {
    let Settings { listen, upstream, environment, test, .. } = settings;
    let mut list = module(EDGE)?;
    for name in modules {
        list.push_str(&module(name)?);
    }
    let mut bindings = String::new();
    if *test {
        let (client, trap) = (super::CLIENT_HEADER, super::TRAP_HEADER);
        let (certificate, now) = (super::CERTIFICATE_HEADER, super::NOW_HEADER);
        let names =
            [("client", client), ("trap", trap), ("certificate", certificate), ("now", now)];
        let member = |(name, header)| format!(r#"\"{name}\":\"{header}\""#);
        let json = format!("{{{}}}", names.map(member).join(","));
        let _infallible = write!(bindings, "\n    ( name = \"TEST\", json = \"{json}\" ),");
    }
    for name in *environment {
        let _infallible =
            write!(bindings, "\n    ( name = {0}, fromEnvironment = {0} ),", quoted(name)?);
    }
    // This stands for a route's own origin on the platform, or is a binding if there is more to
    // reach.
    let (mut outbound, mut network) = ("origin", String::new());
    if settings.authority.is_some() {
        outbound = "network";
        network = format!(
            r#"
    ( name = "network", network = ( allow = ["public", "private", "local"],
        tlsOptions = ( trustedCertificates = [ embed "{AUTHORITY}" ] ) ) ),"#
        );
        bindings.push_str("\n    ( name = \"ORIGIN\", service = \"origin\" ),");
    }
    let Upstream { host, port } = upstream;
    let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    let (origin, listen) = (quoted(&format!("{host}:{port}"))?, quoted(&listen.to_string())?);
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "gate", worker = .gate ),
    ( name = "origin", external = ( address = {origin}, http = () ) ),{network}
  ],
  sockets = [ ( name = "http", address = {listen}, http = (), service = "gate" ) ],
);

const gate :Workerd.Worker = (
  compatibilityDate = "{COMPATIBILITY_DATE}",
  globalOutbound = "{outbound}",
  modules = [{list}
  ],
  bindings = [
    ( name = "POLICY", text = embed "{POLICY}" ),{bindings}
  ],
);
"#
    ))
}

/// The date in `wrangler.toml`.
pub const COMPATIBILITY_DATE: &str = "2026-05-01";

fn module(name: &str) -> Result<String> {
    let kind = if name.ends_with(".wasm") { "wasm" } else { "esModule" };
    Ok(format!("\n    ( name = {0}, {kind} = embed {0} ),", quoted(name)?))
}

/// A string of names and addresses, which hold nothing that would have to be escaped.
fn quoted(text: &str) -> Result<String> {
    if text.chars().any(|letter| matches!(letter, '"' | '\\') || !letter.is_ascii_graphic()) {
        bail!("`{}` can't stand in workerd's configuration", text.escape_default())
    }
    Ok(format!("\"{text}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(host: &str, variable: &str) -> Result<String> {
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            upstream: &Upstream { host: host.to_owned(), port: 8000 },
            worker: Path::new(""),
            policy: "{}",
            environment: &BTreeSet::from([variable.to_owned()]),
            authority: None,
            test: false,
        };
        let modules = ["a.js", "b.wasm"].map(str::to_owned);
        render(&settings, &BTreeSet::from(modules))
    }

    #[test]
    fn holds_names_of_secrets_and_no_values() {
        let config = rendered("::1", "TOKEN").unwrap();
        for part in [
            r#"address = "[::1]:8000""#,
            r#"( name = "TOKEN", fromEnvironment = "TOKEN" )"#,
            r#"( name = "a.js", esModule = embed "a.js" )"#,
            r#"( name = "b.wasm", wasm = embed "b.wasm" )"#,
        ] {
            assert!(config.contains(part), "{part}: {config}");
        }
        assert!(!config.contains("TEST"), "{config}");
    }

    #[test]
    fn nothing_breaks_out_of_a_string() {
        assert!(rendered("x\" )", "TOKEN").is_err());
        assert!(rendered("x", "A\\").is_err());
    }
}
