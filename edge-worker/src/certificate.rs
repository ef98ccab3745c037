//! The client's certificate, as the platform describes it in `request.cf.tlsClientAuth`.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wicketgate_policy::{Certificate, Names};

/// What is known of the certificate.
#[derive(Debug, Default)]
pub enum Shown {
    /// Nothing yet.
    #[default]
    NotAsked,
    /// There is none.
    Absent,
    /// There is one, and the platform did not find it to be valid.
    Invalid,
    /// There is one, and it was revoked.
    Revoked,
    /// There is one, and the platform found it to be valid.
    Valid {
        /// Its subject in the form of RFC 2253: the only name that the platform tells.
        subject: Option<String>,
    },
}

impl Shown {
    /// Asks the platform.
    pub fn of(request: &web_sys::Request) -> Self {
        let described = member(&member(request, "cf"), "tlsClientAuth");
        let text = |name| member(&described, name).as_string();
        if text("certPresented").as_deref() != Some("1") {
            return Self::Absent;
        }
        // `SUCCESS` is said of certificates that were revoked, too.
        match (text("certVerified").as_deref(), text("certRevoked").as_deref()) {
            (_, Some("1")) => Self::Revoked,
            (Some("SUCCESS"), Some("0")) => Self::Valid { subject: text("certSubjectDNRFC2253") },
            _ => Self::Invalid,
        }
    }

    /// As the policy takes it.
    pub fn certificate(&self) -> Certificate<'_> {
        match self {
            Self::NotAsked => Certificate::NotAsked,
            Self::Absent => Certificate::Absent,
            Self::Invalid => Certificate::Invalid,
            Self::Revoked => Certificate::Revoked,
            Self::Valid { subject } => Certificate::Valid(Names {
                subject: subject.as_deref().map(str::as_bytes),
                ..Names::default()
            }),
        }
    }
}

/// A member, where there is one; of what is no object, there is none.
fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
