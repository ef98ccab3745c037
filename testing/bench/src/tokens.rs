//! Signed tokens, made before anything is measured.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::json;

use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::measured;

/// Tokens of one algorithm.
pub(super) struct Signed {
    pub(super) algorithm: String,
    /// The variable with the keys for the gate.
    pub(super) variable: String,
    pub(super) jwks: String,
    pub(super) first: String,
    pub(super) forged: String,
    /// Requests with a token each.
    pub(super) requests: Arc<Vec<Vec<u8>>>,
}

impl Signed {
    /// Signs `count` tokens, which go with requests that `request` makes of a path and a header.
    pub(super) fn make(
        checkout: &Checkout,
        algorithm: &str,
        count: usize,
        request: &dyn Fn(&str, &str, &str) -> Vec<u8>,
    ) -> Result<Self> {
        let printed = measured::tokens(checkout, ["sign", algorithm, &count.to_string()], None)?;
        let signed = measured::json(&printed)?;
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let tokens = signed["tokens"].as_array().context("no tokens")?;
        let tokens: Vec<String> = tokens.iter().filter_map(text).collect();
        let bearer =
            |token: &String| request("/internal/run", "authorization", &format!("Bearer {token}"));
        Ok(Self {
            algorithm: algorithm.to_owned(),
            variable: format!("KEYS_{}", algorithm.to_uppercase()),
            jwks: json!({ "keys": [signed["jwk"]] }).to_string(),
            first: tokens.first().context("no tokens")?.clone(),
            forged: text(&signed["forged"]).context("no forged token")?,
            // The first is the one that is sent again and again, elsewhere.
            requests: Arc::new(tokens.iter().skip(1).map(bearer).collect()),
        })
    }
}
