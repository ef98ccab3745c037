//! Bytes that a client or a policy wrote, for a terminal.

/// Bytes for the eye: printable ASCII as it is, `\xNN` for the rest.
pub(super) fn show(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text += &format!("\\x{byte:02x}"),
        }
    }
    text
}
