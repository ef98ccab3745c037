//! Bytes as text, one character a byte: how request tables write bytes over `0x7F`.

use anyhow::{Result, bail};

/// The bytes of a text whose characters are all at most U+00FF.
pub fn encode(text: &str) -> Result<Vec<u8>> {
    let byte = |character| match u8::try_from(u32::from(character)) {
        Ok(byte) => Ok(byte),
        Err(_) => bail!("`{character}` is over U+00FF: write each byte as one character"),
    };
    text.chars().map(byte).collect()
}

/// The text of bytes, one character each.
pub fn decode(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_both_ways() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(encode(&decode(&bytes)).unwrap(), bytes);
        assert!(encode("€").unwrap_err().to_string().starts_with("`€` is over U+00FF"));
    }
}
