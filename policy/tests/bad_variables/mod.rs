//! The environment of the broken policies in `bad/`.

/// The values of the documents' variables. Whatever is wrong with a secret, it is never shown.
pub const VARIABLES: [(&str, &str); 28] = [
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
    ("JWKS", r#"{"kty":"oct","k":"Xk3pV9qTz0yRr5wM1nB7cD2eF8gH4jL6aQsU-iOtZvY"}"#),
    (
        "JWKS_PRIVATE",
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}"#,
    ),
    ("JWKS_SHORT", r#"{"keys":[{"kty":"oct","k":"Xk3pV9qTz0yRr5wM1nB7cA"}]}"#),
    (
        "PEM_PRIVATE",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n",
    ),
    ("CONTROL", "7365af01d2c4\u{7}b6e8f7904f8a1c0d9e2b"),
    // Secrets as they really are in variables.
    ("QUOTED", "\"7365af01d2c4b6e8f7904f8a1c0d9e2b\""),
    ("SCHEMED", "Bearer 7365af01d2c4b6e8f7904f8a1c0d9e2b"),
    ("REFERENCE", "op://production/job-scheduler/token-2026-q4"),
    ("LINE", "LINE=7365af01d2c4b6e8f7904f8a1c0d9e2b"),
    ("BLANK", "7365af01d2c4b6e8f7904f8a1c0d9e2b  "),
    ("WINDOWS", "7365af01d2c4b6e8f7904f8a1c0d9e2b\r"),
    (
        "PEM_ESCAPED",
        r"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
    ),
    (
        "PEM_ON_ONE_LINE",
        "-----BEGIN PUBLIC KEY----- MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE= -----END PUBLIC KEY-----",
    ),
    (
        "PEM_QUOTED",
        "'-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n'",
    ),
    (
        "PEM_GOOD",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
    ),
    ("JWKS_QUOTED", r#"'{"kty":"oct","k":"Xk3pV9qTz0yRr5wM1nB7cD2eF8gH4jL6aQsU-iOtZvY"}'"#),
    ("JWKS_CUT", r#"{"kty":"oct","k":"Xk3pV9qTz0yRr5wM1nB7cD2eF8gH4jL6aQsU-iOtZvY""#),
    ("LATIN", "pässwörd-pässwörd-pässwörd-pässwörd"),
];
