//! Servers from a distribution: proxies behind the gate, and those that speak CGI or its kin. The
//! program behind them takes the path that it is given, so if a handler runs for another path, the
//! server caused it. `testing/attack/origins/servers/serve.py` has their configurations.

use super::{Origin, Runtime, Weight};

pub(super) const ORIGINS: &[Origin] = &[
    // It sends on what it got; with a URI, with a variable or through a rewrite, what it made of it.
    nginx("nginx", "python3 serve.py nginx {port}"),
    nginx("nginx-uri", "python3 serve.py nginx-uri {port}"),
    nginx("nginx-unmerged", "python3 serve.py nginx-unmerged {port}"),
    nginx("nginx-variable", "python3 serve.py nginx-variable {port}"),
    Origin {
        mounts: &["/v1", "/front"],
        ..nginx("nginx-rewrite", "python3 serve.py nginx-rewrite {port}")
    },
    nginx("nginx-scgi", "python3 serve.py nginx-scgi {port}"),
    lighttpd("lighttpd-scgi", "python3 serve.py lighttpd-scgi {port}"),
    lighttpd("lighttpd-raw", "python3 serve.py lighttpd-raw {port}"),
    apache("apache", "python3 serve.py apache {port}"),
    apache("apache-nocanon", "python3 serve.py apache-nocanon {port}"),
    apache("apache-decode", "python3 serve.py apache-decode {port}"),
    apache("apache-rewrite", "python3 serve.py apache-rewrite {port}"),
];

const fn nginx(name: &'static str, command: &'static str) -> Origin {
    Origin {
        name,
        mounts: &["/v1"],
        // The program behind it serves all of `/internal/`.
        open: &["/api/*"],
        more: &["/internal"],
        runtime: Runtime::Machine("servers"),
        command,
        weight: Weight::Full,
        needs: &["python3", "nginx"],
        ..Origin::PLAIN
    }
}

const fn lighttpd(name: &'static str, command: &'static str) -> Origin {
    Origin { needs: &["python3", "lighttpd"], ..nginx(name, command) }
}

const fn apache(name: &'static str, command: &'static str) -> Origin {
    Origin { needs: &["python3", "apache2"], ..nginx(name, command) }
}
