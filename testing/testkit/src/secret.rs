//! Secrets made for one run.

use std::fs::File;
use std::io::Read;

use anyhow::{Context, Result};

/// A new secret: 256 random bits as 43 characters that are safe in URLs and headers.
pub fn make() -> Result<String> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("cannot read random bytes")?;
    Ok(base64url(&bytes))
}

fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = |group: &[u8]| {
        let bits = (0..3).fold(0, |bits, index| {
            bits << 8 | usize::from(group.get(index).copied().unwrap_or_default())
        });
        // n bytes need n + 1 digits; the rest would be padding.
        (0..=group.len()).map(move |index| char::from(DIGITS[bits >> (18 - 6 * index) & 63]))
    };
    bytes.chunks(3).flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_like_rfc_4648() {
        assert_eq!(base64url(b""), "");
        assert_eq!(base64url(b"f"), "Zg");
        assert_eq!(base64url(b"fo"), "Zm8");
        assert_eq!(base64url(b"foo"), "Zm9v");
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn is_new_each_time_and_long_enough() {
        let (one, other) = (make().unwrap(), make().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }
}
