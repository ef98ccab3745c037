//! The address of the user's app.

use wicketgate_runtime::envoy_config::Upstream;

/// Reads `http://HOST:PORT`; the port is 80 if it isn't there.
pub(super) fn parse(text: &str) -> Result<Upstream, String> {
    if text.starts_with("https://") {
        return Err("only http:// here: for TLS to the app, give the cluster in envoy/envoy.yaml \
             a transport socket"
            .to_owned());
    }
    let rest = text.strip_prefix("http://").unwrap_or(text);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.is_empty() || rest.contains(['/', '?', '#', '@', '\\']) {
        return Err("expected http://HOST:PORT without a path: the gate passes paths as they are"
            .to_owned());
    }
    let (host, port) = match rest.rsplit_once(':') {
        // An IPv6 address in brackets has colons of its own.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (rest, "80"),
    };
    let port = port.parse().map_err(|_| format!("`{port}` is no port"))?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Ok(Upstream { host: host.to_owned(), port })
}

/// The address as a URL.
pub(super) fn shown(upstream: &Upstream) -> String {
    let Upstream { host, port } = upstream;
    if host.contains(':') {
        format!("http://[{host}]:{port}")
    } else {
        format!("http://{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_urls() {
        for (text, expected) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
            ("app.internal:3000", "http://app.internal:3000"),
            ("http://localhost", "http://localhost:80"),
            ("http://[::1]:8000", "http://[::1]:8000"),
            ("http://[::1]", "http://[::1]:80"),
        ] {
            assert_eq!(shown(&parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_it_would_not_keep() {
        for text in [
            "https://x",
            "http://x/api",
            "http://",
            "http://x:port",
            "http://x:70000",
            "http://u@x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
