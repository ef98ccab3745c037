//! Header maps as Envoy writes them: whatever the bytes are, each header that is read lies within
//! them, and all of them written again are the same bytes, but for the zeros between texts and for
//! what follows the last.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_header_map::headers;

fuzz_target!(|input: &[u8]| {
    let Some(read) = headers(input, |name, value| [name, value]) else { return };
    if input.is_empty() {
        assert!(read.is_empty());
        return;
    }
    let number = |length: usize| u32::try_from(length).expect("it was 32 bits").to_le_bytes();
    let mut written = number(read.len()).to_vec();
    written.extend(read.iter().flatten().flat_map(|text| number(text.len())));
    assert!(input.starts_with(&written), "lengths: {}", input.escape_ascii());
    let mut at = written.len();
    for text in read.iter().flatten() {
        assert_eq!(input.get(at..at + text.len()), Some(*text), "{}", input.escape_ascii());
        at += text.len() + 1;
    }
    assert!(at <= input.len(), "beyond the end: {}", input.escape_ascii());
});
