//! Headers that tell shared caches to store an answer whatever `cache-control` says.

/// The ends of their names. A targeted field (RFC 9213) ends in `cache-control`, whichever cache it
/// is for: `CDN-…`, `Cloudflare-CDN-…`, `Vercel-CDN-…`, `Netlify-CDN-…`, `Akamai-…`,
/// `X-LiteSpeed-…`, `X-Magento-…`. The others are older: `Surrogate-Control` (Fastly, Varnish,
/// Squid), `Edge-Control` (Akamai), `X-Accel-Expires` (nginx), `X-Reverse-Proxy-TTL`
/// (FOSHttpCache), `X-VC-TTL` (VCaching for Varnish), `CF-Edge-Cache` (Cloudflare's APO), `X-Cache-Enabled` (SiteGround). Tags and
/// keys (`Cache-Tag`, `Surrogate-Key`) only name stored answers, so they are not here.
const ENDS: [&[u8]; 23] = [
    b"accel-expires",
    b"cache-control",
    b"cache-enabled",
    b"cache-expires",
    b"cache-max-age",
    b"cache-ttl",
    b"cdn-expires",
    b"cdn-max-age",
    b"cdn-ttl",
    b"edge-cache",
    b"edge-control",
    b"edge-expires",
    b"edge-max-age",
    b"edge-ttl",
    b"expires",
    b"proxy-ttl",
    b"surrogate-control",
    b"surrogate-expires",
    b"surrogate-max-age",
    b"surrogate-ttl",
    b"varnish-ttl",
    b"vc-ttl",
    b"x-ttl",
];

/// Returns `true` if a shared cache obeys a header of this name. `cache-control` is not among them,
/// because the gate writes it anew.
pub(super) fn is_for_shared_caches(name: &[u8]) -> bool {
    if !may_end(name) || name.eq_ignore_ascii_case(b"cache-control") {
        return false;
    }
    ENDS.iter().any(|end| {
        let Some(start) = name.len().checked_sub(end.len()) else { return false };
        let Some((before, tail)) = name.split_at_checked(start) else { return false };
        let folds = |byte: &u8| if byte.is_ascii_alphanumeric() { *byte } else { b'-' };
        let same = tail.iter().map(folds).zip(*end).all(|(one, two)| one.eq_ignore_ascii_case(two));
        // `Expires` counts by itself only: a longer name may be the application's
        // (`x-token-expires`).
        let whole = match before.last() {
            None => true,
            Some(byte) => !byte.is_ascii_alphanumeric() && *end != b"expires",
        };
        same && whole
    })
}

/// A quick test whether a name can end as one of them: most answers have none.
fn may_end(name: &[u8]) -> bool {
    let [.., a, b, c, d] = name else { return false };
    matches!(
        [a | 0x20, b | 0x20, c | 0x20, d | 0x20],
        [b'i', b'r', b'e', b's']
            | [b't', b'r', b'o', b'l']
            | [b'b', b'l', b'e', b'd']
            | [b'a', b'c', b'h', b'e']
            | [_, b'a', b'g', b'e']
            | [_, b't', b't', b'l']
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_end_is_filtered_out() {
        assert!(ENDS.iter().all(|end| may_end(end)));
    }

    #[test]
    fn shared_caches_obey_these() {
        for name in [
            "CDN-Cache-Control",
            "cloudflare-cdn-cache-control",
            "Vercel-CDN-Cache-Control",
            "Netlify-CDN-Cache-Control",
            "Akamai-Cache-Control",
            "X-LiteSpeed-Cache-Control",
            "X_Cache_Control",
            "Cache_Control",
            "Surrogate-Control",
            "X-Surrogate-Control",
            "Edge-Control",
            "Expires",
            "X-Accel-Expires",
            "X-Cache-TTL",
            "X-Reverse-Proxy-TTL",
            "X-TTL",
            "X-VC-TTL",
            "cf-edge-cache",
            "X-Cache-Enabled",
            "X-Cache-Max-Age",
        ] {
            assert!(is_for_shared_caches(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn these_say_nothing_to_them() {
        for name in [
            "cache-control",
            "Cache-Control",
            "Access-Control-Max-Age",
            "Age",
            "ETag",
            "Last-Modified",
            "Vary",
            "Pragma",
            "Cache-Tag",
            "Surrogate-Key",
            "X-Token-Expires",
            "X-Amz-Expires",
            "Alt-Svc",
            "X-Cache",
            "CF-Cache-Status",
            "mycache-control",
            "",
            "x",
        ] {
            assert!(!is_for_shared_caches(name.as_bytes()), "{name}");
        }
    }
}
