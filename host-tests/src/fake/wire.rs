//! The wire form of a header map between host and guest.
//!
//! A count, then the lengths of every name and value, then the bytes, each ended by a zero.

use wasmtime::{Result, format_err};

use super::headers::Headers;

/// The map in the form that `proxy_get_header_map_pairs` returns. No headers are no bytes.
pub(super) fn encode(headers: &Headers) -> Result<Vec<u8>> {
    if headers.is_empty() {
        return Ok(Vec::new());
    }
    let mut bytes = u32::try_from(headers.len())?.to_le_bytes().to_vec();
    for (name, value) in headers.iter() {
        bytes.extend(u32::try_from(name.len())?.to_le_bytes());
        bytes.extend(u32::try_from(value.len())?.to_le_bytes());
    }
    for (name, value) in headers.iter() {
        bytes.extend(name);
        bytes.push(0);
        bytes.extend(value);
        bytes.push(0);
    }
    Ok(bytes)
}

/// Reads what a guest hands over, in `proxy_send_local_response` for one.
pub(super) fn decode(bytes: &[u8]) -> Result<Headers> {
    let mut headers = Headers::new();
    if bytes.is_empty() {
        return Ok(headers);
    }
    let (count, rest) = number(bytes)?;
    let (mut lengths, mut data) = rest
        .split_at_checked(count.saturating_mul(8))
        .ok_or_else(|| format_err!("the header map ends within its lengths"))?;
    while !lengths.is_empty() {
        let (name_length, rest) = number(lengths)?;
        let (value_length, rest) = number(rest)?;
        lengths = rest;
        let name = ended(&mut data, name_length)?;
        let value = ended(&mut data, value_length)?;
        headers.add(name, value);
    }
    Ok(headers)
}

fn number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let (number, rest) = bytes
        .split_first_chunk()
        .ok_or_else(|| format_err!("the header map ends within a number"))?;
    Ok((usize::try_from(u32::from_le_bytes(*number))?, rest))
}

fn ended<'a>(data: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let short = || format_err!("the header map ends within its bytes");
    let (bytes, rest) = data.split_at_checked(length).ok_or_else(short)?;
    let (zero, rest) = rest.split_first().ok_or_else(short)?;
    if *zero != 0 {
        return Err(format_err!("a name or value of the header map does not end in a zero"));
    }
    *data = rest;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_comes_back_as_it_went() -> Result<()> {
        let mut headers = Headers::new();
        headers.add("a", b"\xff\x00b");
        headers.add("empty", "");
        headers.add("a", "again");
        assert_eq!(decode(&encode(&headers)?)?, headers);
        assert_eq!(decode(&encode(&Headers::new())?)?, Headers::new());
        Ok(())
    }

    #[test]
    fn a_map_that_is_cut_short_is_refused() -> Result<()> {
        let whole = encode(&[("name", "value")].into_iter().collect())?;
        for length in 1..whole.len() {
            assert!(decode(&whole[..length]).is_err(), "cut at {length}");
        }
        Ok(())
    }
}
