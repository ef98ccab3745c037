//! Reads a header map of a stream, or a property, in one host call, without copying it.
//!
//! The SDK's `get_map_bytes` makes two allocations for each header, which cost the filter more than
//! the call itself. This crate makes the same call and leaves the bytes as the host wrote them. A
//! property's path it takes as the ABI wants it, where the SDK's call makes two allocations for it. It
//! is the only place with unsafe code in what ships.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

#[cfg(target_arch = "wasm32")]
mod host;

#[cfg(target_arch = "wasm32")]
pub use host::{property, read};

/// Without wasm there is no host, and so no map. The filter is type-checked natively too, but never
/// runs there.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub const fn read(_kind: u32) -> Option<Vec<u8>> {
    None
}

/// Without wasm there is no host, and so no property.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub const fn property(_path: &[u8]) -> Option<Vec<u8>> {
    None
}

/// The headers of a map, each made from its name and its value; `None` if the bytes are no map.
///
/// A map is the number of headers, then the lengths of each one's name and value, then each one's
/// name and value with a zero byte behind both; numbers are 32 bits, little-endian (proxy-wasm ABI
/// 0.2.1, `proxy_get_header_map_pairs`). No bytes at all are an empty map.
pub fn headers<'b, T>(bytes: &'b [u8], make: impl Fn(&'b [u8], &'b [u8]) -> T) -> Option<Vec<T>> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let (count, rest) = bytes.split_first_chunk()?;
    let (lengths, texts) = rest.split_at_checked(number(*count)?.checked_mul(8)?)?;
    let (lengths, _) = lengths.as_chunks::<8>();
    let mut headers = Vec::with_capacity(lengths.len());
    let mut from = 0_usize;
    for &[a, b, c, d, e, f, g, h] in lengths {
        let name_end = from.checked_add(number([a, b, c, d])?)?;
        let name = texts.get(from..name_end)?;
        let value_from = name_end.checked_add(1)?;
        let value_end = value_from.checked_add(number([e, f, g, h])?)?;
        let value = texts.get(value_from..value_end)?;
        from = value_end.checked_add(1)?;
        headers.push(make(name, value));
    }
    // The zero byte behind the last value is there too.
    (from <= texts.len()).then_some(headers)
}

fn number(bytes: [u8; 4]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

#[cfg(test)]
mod tests {
    use super::headers;

    type Pairs<'b> = Option<Vec<(&'b [u8], &'b [u8])>>;

    fn read(bytes: &[u8]) -> Pairs<'_> {
        headers(bytes, |name, value| (name, value))
    }

    /// As Envoy writes one.
    fn map(headers: &[(&[u8], &[u8])]) -> Vec<u8> {
        let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
        let mut bytes = number(headers.len()).to_vec();
        headers.iter().for_each(|(name, value)| {
            bytes.extend(number(name.len()));
            bytes.extend(number(value.len()));
        });
        headers.iter().flat_map(|(name, value)| [name, value]).for_each(|text| {
            bytes.extend(*text);
            bytes.push(0);
        });
        bytes
    }

    #[test]
    fn every_header_in_its_order_with_every_byte() {
        let many: Vec<_> = (0..100).map(|_| (&b"a"[..], &b"b"[..])).collect();
        let odd = [(&b":path"[..], &b"/"[..]), (b"a", b""), (b"a", b"\0\xFF\r\n"), (b"", b"x")];
        for headers in [&odd[..], &many, &[]] {
            assert_eq!(read(&map(headers)).unwrap(), headers);
        }
        assert_eq!(read(b""), Some(Vec::new()));
    }

    #[test]
    fn what_is_cut_short_is_no_map() {
        let whole = map(&[(b"a", b"bc"), (b"d", b"")]);
        for end in 1..whole.len() {
            assert_eq!(read(&whole[..end]), None, "{end}");
        }
    }

    #[test]
    fn lengths_beyond_the_end_are_no_map() {
        for number in [3, 0x7F, 0xFFFF_FFFF_u32] {
            for at in [0, 4, 8] {
                let mut bytes = map(&[(b"a", b"b"), (b"c", b"d")]);
                bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
                assert_eq!(read(&bytes), None, "{number} at {at}");
            }
        }
    }
}
