//! Options of curl that do not change what the gate sees, and reasons for refusing others.

/// Letters without an argument.
pub(crate) const SHORT_ALONE: &str = "#0123456aBfgGiIjJklLNOpqRsSvZ";
/// Letters with one.
pub(crate) const SHORT_WITH_ARGUMENT: &str = "AbcdDeEFHmorTuUwxXYy";

/// The reason for refusing a letter.
pub(crate) fn refused_short(letter: char) -> &'static str {
    match letter {
        'K' => CONFIG,
        'n' => NETRC,
        ':' => NEXT,
        'h' | 'M' | 'V' => "sends no request",
        _ => "is not served here",
    }
}

/// The reason for refusing a name.
pub(crate) fn refused_long(option: &str) -> &'static str {
    match option {
        "config" => CONFIG,
        "netrc" | "netrc-file" | "netrc-optional" => NETRC,
        "next" => NEXT,
        "digest" | "ntlm" | "negotiate" | "anyauth" | "aws-sigv4" => {
            "makes a credential that is not made here: write the header"
        }
        "variable" => "makes texts of variables: write them",
        "help" | "manual" | "version" => "sends no request",
        _ => "is not served here",
    }
}

const CONFIG: &str = "reads options of a file, which is not read here: write them";
const NETRC: &str = "reads credentials of a file, which is not read here: write them";
const NEXT: &str = "begins a second request: one at a time";

pub(crate) const LONG_ALONE: [&str; 31] = [
    "basic",
    "buffer",
    "compressed",
    "create-dirs",
    "fail",
    "fail-early",
    "fail-with-body",
    "http0.9",
    "http1.0",
    "http1.1",
    "http2",
    "http2-prior-knowledge",
    "http3",
    "include",
    "insecure",
    "ipv4",
    "ipv6",
    "keepalive",
    "no-buffer",
    "no-progress-meter",
    "parallel",
    "progress-bar",
    "progress-meter",
    "remote-name",
    "show-error",
    "show-headers",
    "silent",
    "ssl-reqd",
    "tcp-nodelay",
    "tlsv1.2",
    "verbose",
];

pub(crate) const LONG_WITH_ARGUMENT: [&str; 23] = [
    "cacert",
    "ciphers",
    "connect-timeout",
    "connect-to",
    "cookie-jar",
    "dump-header",
    "interface",
    "key",
    "limit-rate",
    "max-redirs",
    "max-time",
    "noproxy",
    "output",
    "output-dir",
    "pass",
    "proxy",
    "resolve",
    "retry",
    "retry-delay",
    "retry-max-time",
    "tls-max",
    "unix-socket",
    "write-out",
];
