//! The host of a request, and the hosts on which a rule applies.

use crate::index::{Index, at, next};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The hosts on which a rule applies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum HostSet {
    /// All hosts.
    Any,
    /// These, sorted.
    Only(Box<[u32]>),
}

impl HostSet {
    /// Returns `true` if a rule for these hosts applies to a request for `authority`.
    pub(super) fn covers(&self, authority: Authority) -> bool {
        match (self, authority) {
            (Self::Only(hosts), Authority::Known(host)) => hosts.binary_search(&host).is_ok(),
            (Self::Any, _) | (_, Authority::Strange) => true,
        }
    }

    /// Returns `true` if a rule for these hosts applies on every host that `authority` could be.
    pub(super) fn covers_all_of(&self, authority: Authority) -> bool {
        match authority {
            Authority::Known(_) => self.covers(authority),
            Authority::Strange => *self == Self::Any,
        }
    }

    /// Returns `true` if every host of `other` is one of these.
    pub(super) fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::Only(_), Self::Any) => false,
            (Self::Only(mine), Self::Only(theirs)) => {
                theirs.iter().all(|host| mine.binary_search(host).is_ok())
            }
        }
    }

    /// Returns `true` if some host is in both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Only(mine), Self::Only(theirs)) => {
                theirs.iter().any(|host| mine.binary_search(host).is_ok())
            }
        }
    }
}

/// The authority of a request, as far as rules are concerned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Authority {
    /// A host that some rule names.
    Known(u32),
    /// Any other, absent and malformed ones included: every rule for the path applies.
    Strange,
}

/// The hosts that rules name: `www.example`, and `*.example` for any one label in place of the `*`.
#[derive(Debug, Default)]
pub(crate) struct Authorities {
    numbers: Index,
    names: Vec<Box<str>>,
    /// Some name begins with `*`.
    has_wildcard: bool,
}

impl Authorities {
    /// The number of a host name that a rule names, in lower case and without a trailing dot.
    pub(crate) fn number(&mut self, host: &str) -> u32 {
        let number = self.numbers.get_or_insert(host.as_bytes(), next(&self.names));
        if at(&self.names, number).is_none() {
            self.names.push(host.into());
            self.has_wildcard |= host.starts_with('*');
        }
        number
    }

    /// The numbers of the names that this one covers, itself included. A request has the number of
    /// its host's own name if there is one, so a rule for `*.example` needs that number too.
    pub(crate) fn covered(&self, host: &str) -> Vec<u32> {
        let Some(rest) = host.strip_prefix('*') else {
            return self.numbers.get(host.as_bytes()).into_iter().collect();
        };
        let tail = |name: &str| name.find('.').and_then(|dot| name.get(dot..)) == Some(rest);
        let names = (0..).zip(&self.names);
        names.filter(|(_, name)| tail(name)).map(|(number, _)| number).collect()
    }

    /// Returns `true` if rules name no host.
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Classifies a request's authority: compared in lower case, without port and trailing dot.
    pub(crate) fn classify(&self, authority: Option<&[u8]>) -> Authority {
        if self.is_empty() {
            return Authority::Strange;
        }
        let Some(host) = authority.and_then(host) else { return Authority::Strange };
        let host = host.strip_suffix(b".").unwrap_or(host);
        let mut buffer = [0_u8; MAX_HOST];
        let Some(lower) = buffer.get_mut(..host.len()) else { return Authority::Strange };
        lower.copy_from_slice(host);
        lower.make_ascii_lowercase();
        let number = self.numbers.get(lower).or_else(|| self.wildcard(lower));
        number.map_or(Authority::Strange, Authority::Known)
    }

    /// The number of the name that covers a host with its `*`: as in certificates, the `*` stands
    /// for one label, the first and whole. Writes over the host.
    fn wildcard(&self, host: &mut [u8]) -> Option<u32> {
        if !self.has_wildcard {
            return None;
        }
        let label = host.iter().position(|&byte| byte == b'.')?;
        let name = host.get_mut(label.checked_sub(1)?..)?;
        *name.first_mut()? = b'*';
        self.numbers.get(name)
    }
}

/// The longest host name (RFC 1035, section 2.3.4).
const MAX_HOST: usize = 255;

/// Returns `true` if this is a host with an optional port (RFC 3986, section 3.2, without user
/// information, and without sub-delims, which no host has). An origin could read anything else as
/// another host, as several, or as part of a path.
pub(crate) fn is_authority(authority: &[u8]) -> bool {
    host(authority).is_some()
}

/// The bytes of a host that is a name: one load a byte, as this is asked of every guarded request.
const NAME: [bool; 256] = {
    let mut name = [false; 256];
    let mut byte = 0;
    while byte < name.len() {
        let from = byte as u8;
        #[expect(clippy::indexing_slicing, reason = "below the length")]
        let to = &mut name[byte];
        *to = from.is_ascii_alphanumeric() || matches!(from, b'-' | b'.' | b'_');
        byte += 1;
    }
    name
};

/// Returns `true` if this is a host without brackets and port, as most are: it is an authority, and
/// nothing in it delimits anything.
pub(crate) fn is_host(authority: &[u8]) -> bool {
    !authority.is_empty() && authority.len() <= MAX_HOST && authority.iter().all(is_name)
}

fn is_name(byte: &u8) -> bool {
    NAME.get(usize::from(*byte)).copied().unwrap_or_default()
}

fn host(authority: &[u8]) -> Option<&[u8]> {
    if is_host(authority) {
        return Some(authority);
    }
    let (host, port) = match authority.first()? {
        b'[' => {
            let end = authority.iter().position(|&byte| byte == b']')?;
            let (host, rest) = authority.split_at_checked(end + 1)?;
            let inside = host.get(1..end)?;
            if !inside.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')) {
                return None;
            }
            match rest.split_first() {
                None => (host, None),
                Some((b':', port)) => (host, Some(port)),
                Some(_) => return None,
            }
        }
        _ => match authority.iter().position(|&byte| byte == b':') {
            None => (authority, None),
            Some(at) => (authority.get(..at)?, authority.get(at + 1..)),
        },
    };
    let name = |byte: &u8| is_name(byte) || matches!(byte, b'[' | b']' | b':');
    let port_is_good =
        port.is_none_or(|port| port.len() <= 5 && port.iter().all(u8::is_ascii_digit));
    (host.len() <= MAX_HOST && !host.is_empty() && host.iter().all(name) && port_is_good)
        .then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_compared_without_case_port_and_dot() {
        let mut authorities = Authorities::default();
        let app = authorities.number("app.example");
        assert_eq!(authorities.number("app.example"), app);
        for known in
            ["app.example", "APP.example.", "app.example:8443", "App.Example.:80", "app.example:"]
        {
            assert_eq!(
                authorities.classify(Some(known.as_bytes())),
                Authority::Known(app),
                "{known}"
            );
        }
        for strange in
            ["other.example", "", "app.example..", "app.example:x", "app.example/", "a@app.example"]
        {
            assert_eq!(
                authorities.classify(Some(strange.as_bytes())),
                Authority::Strange,
                "{strange}"
            );
        }
        assert_eq!(authorities.classify(None), Authority::Strange);
    }

    #[test]
    fn a_wildcard_is_one_whole_label() {
        let mut authorities = Authorities::default();
        let exact = authorities.number("www.shop.example");
        let wild = authorities.number("*.shop.example");
        let of = |host: &str| authorities.classify(Some(host.as_bytes()));
        assert_eq!(of("www.shop.example"), Authority::Known(exact));
        for host in ["de.shop.example", "DE.Shop.Example.:443", "x-1.shop.example"] {
            assert_eq!(of(host), Authority::Known(wild), "{host}");
        }
        for host in [
            "shop.example",
            ".shop.example",
            "a.b.shop.example",
            "deshop.example",
            "*.shop.example",
        ] {
            assert_eq!(of(host), Authority::Strange, "{host}");
        }
        assert_eq!(authorities.covered("*.shop.example"), [exact, wild]);
        assert_eq!(authorities.covered("www.shop.example"), [exact]);
    }

    #[test]
    fn what_is_an_authority() {
        for good in
            ["a", "a.b:1", "[::1]", "[::1]:80", "127.0.0.1", "xn--caf-dma.example", "_dmarc.x"]
        {
            assert!(is_authority(good.as_bytes()), "{good}");
        }
        for bad in [
            "", "x/pub#", "a b", "a@b", "[::1", "[::1]x", "[x]", "a:b", "a:999999", ":80", "é",
            "a?b", "a\\b", "a,b", "a*", "a%2fb", "a<b", "a#",
        ] {
            assert!(!is_authority(bad.as_bytes()), "{bad}");
        }
    }
}
