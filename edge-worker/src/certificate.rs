//! The client's certificate, as the platform describes it in `request.cf.tlsClientAuth`.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wicketgate_policy::{Certificate, Names};

/// The state of the client's certificate.
#[derive(Debug)]
pub enum Shown {
    /// There is none.
    Absent,
    /// There is one, and the platform did not find it to be valid.
    Invalid,
    /// There is one, and it was revoked.
    Revoked,
    /// There is one, and the platform found it to be valid.
    Valid {
        /// Its subject in the form of RFC 2253, the only name that the platform tells.
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
        // The platform says `SUCCESS` of revoked certificates too.
        match (text("certVerified").as_deref(), text("certRevoked").as_deref()) {
            (_, Some("1")) => Self::Revoked,
            (Some("SUCCESS"), Some("0")) => Self::Valid { subject: text("certSubjectDNRFC2253") },
            _ => Self::Invalid,
        }
    }

    /// The certificate in the form that the policy takes.
    pub fn certificate(&self) -> Certificate<'_> {
        match self {
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

/// A member of an object, or `undefined` if there is none or the value is no object.
fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
