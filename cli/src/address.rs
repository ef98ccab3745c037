//! Addresses on the command line: the one to listen on, and the app's.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use wicketgate_runtime::envoy_config::Upstream;

/// For clap: an address to listen on. `localhost` is this machine's loopback.
pub fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    let port = |port: &str| {
        port.parse::<u16>().map_err(|_| format!("`{}` is no port", port.escape_debug()))
    };
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    match text.rsplit_once(':') {
        Some(("localhost", text)) => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port(text)?))),
        Some(("", text)) => Err(no_host(port(text)?)),
        _ if text.parse::<u16>().is_ok() => Err(no_host(port(text)?)),
        _ if text.parse::<IpAddr>().is_ok() || text == "localhost" => {
            Err("no port: `127.0.0.1:10000` has one".to_owned())
        }
        _ => Err(
            "expected an address and a port, such as `127.0.0.1:10000`; of names only `localhost`"
                .to_owned(),
        ),
    }
}

fn no_host(port: u16) -> String {
    format!(
        "no address: `127.0.0.1:{port}` is for this machine alone, `0.0.0.0:{port}` for every network"
    )
}

/// For clap: the app, as `HOST:PORT` or `http://HOST`, whose port is 80 if it isn't there.
pub fn parse_upstream(text: &str) -> Result<Upstream, String> {
    if text.starts_with("https://") {
        return Err("only http:// here: for TLS to the app, give the cluster in envoy/envoy.yaml \
             a transport socket"
            .to_owned());
    }
    if text.starts_with("unix:") || text.starts_with('/') {
        return Err(
            "a socket in the file system: expected the app on a port, as HOST:PORT".to_owned()
        );
    }
    let rest = text.strip_prefix("http://").unwrap_or(text);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#', '@', '\\']) {
        return Err("expected http://HOST:PORT without a path: the gate passes paths as they are"
            .to_owned());
    }
    let (host, port) = match rest.rsplit_once(':') {
        // An IPv6 address in brackets has colons of its own.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ if rest.parse::<u16>().is_ok() => ("", rest),
        _ if text.starts_with("http://") => (rest, "80"),
        _ => return Err(format!("no port: is it `{}:8000`?", rest.escape_debug())),
    };
    let port = match port.parse::<u16>() {
        Ok(port) if port != 0 => port,
        _ => return Err(format!("`{}` is no port", port.escape_debug())),
    };
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let plain = |host: &str| {
        !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    match bracketed.unwrap_or(host) {
        "" => Err(format!("no host: is it `127.0.0.1:{port}`?")),
        host if host.parse::<IpAddr>().is_ok() || plain(host) => {
            Ok(Upstream { host: host.to_owned(), port })
        }
        host => Err(format!("`{}` is no host", host.escape_debug())),
    }
}

/// The address as a URL.
pub fn shown(upstream: &Upstream) -> String {
    let Upstream { host, port } = upstream;
    if host.contains(':') {
        format!("http://[{host}]:{port}")
    } else {
        format!("http://{host}:{port}")
    }
}

/// `localhost` as an address: the one of this machine's two at which the app answers. A host would
/// ask for `::1` first, and many apps listen on `127.0.0.1` alone.
pub fn resolved(upstream: Upstream) -> Upstream {
    if upstream.host != "localhost" {
        return upstream;
    }
    let at = |host: &str| Upstream { host: host.to_owned(), port: upstream.port };
    let both = ["127.0.0.1", "::1"].map(at);
    let found = both.iter().find(|address| answers(address)).cloned();
    found.unwrap_or_else(|| at("127.0.0.1"))
}

/// Returns `true` if somebody listens there.
pub fn answers(upstream: &Upstream) -> bool {
    let addresses = (upstream.host.as_str(), upstream.port).to_socket_addrs();
    let connects = |address| TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok();
    addresses.is_ok_and(|mut addresses| addresses.any(connects))
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
            assert_eq!(shown(&parse_upstream(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn says_what_is_the_matter() {
        for (text, said) in [
            ("https://x", "only http:// here"),
            ("http://x/api", "without a path"),
            ("http://", "no host"),
            ("http://x:port", "`port` is no port"),
            ("http://x:70000", "`70000` is no port"),
            ("x:0", "`0` is no port"),
            ("http://u@x", "without a path"),
            (":18000", "no host: is it `127.0.0.1:18000`?"),
            ("18000", "no host: is it `127.0.0.1:18000`?"),
            ("http://:18000", "no host: is it `127.0.0.1:18000`?"),
            ("nowhere", "no port: is it `nowhere:8000`?"),
            ("a b:80", "`a b` is no host"),
            ("unix:/run/app.sock", "a socket in the file system"),
        ] {
            let error = parse_upstream(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn listens_on_addresses_and_on_localhost() {
        for (text, expected) in [
            ("127.0.0.1:10000", "127.0.0.1:10000"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("0.0.0.0:0", "0.0.0.0:0"),
        ] {
            assert_eq!(parse_listen(text).unwrap().to_string(), expected);
        }
        for (text, said) in [
            (":8080", "`127.0.0.1:8080` is for this machine alone"),
            ("8080", "`127.0.0.1:8080` is for this machine alone"),
            ("localhost:http", "`http` is no port"),
            ("localhost", "no port"),
            ("127.0.0.1", "no port"),
            ("app.example:80", "of names only `localhost`"),
        ] {
            let error = parse_listen(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
