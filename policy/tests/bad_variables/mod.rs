//! The environment of the broken policies in `bad/`.

/// What the documents' variables hold. Whatever is wrong with a secret, it is never shown.
pub const VARIABLES: [(&str, &str); 11] = [
    ("TOKEN", "4f8a1c0d9e2b7365af01d2c4b6e8f790"),
    ("OTHER", "7365af01d2c4b6e8f7904f8a1c0d9e2b"),
    ("PROOF", "c3d9a6f1804b5e72dd17a0b9f2c86e35"),
    ("NAMED", "wg_2027-q1_8Jm2vQx7Kp0Rz5Tn3Wc9Yb6Ld1Hf4Gs"),
    ("EMPTY", ""),
    ("SHORT", "hunter2hunter2"),
    ("SPACED", "7365af01d2c4b6e8f7904f8a1c0d9e2b\n"),
    ("COMMA", "7365af01d2c4b6e8,f7904f8a1c0d9e2b"),
    ("PLACEHOLDER", "your-generated-secret-here-please"),
    ("REPEATED", "abababababababababababababababababab"),
    ("LATIN", "pässwörd-pässwörd-pässwörd-pässwörd"),
];
