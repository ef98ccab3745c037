//! An authority made for one run, and certificates of it and of others.

use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;

/// The names of a good certificate.
const NAMES: [&str; 3] = ["localhost", "issuer.example", "127.0.0.1"];

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// One of the authority, for the names that the issuer is reached by.
    Good,
    /// One for these names, of an authority that nobody trusts.
    Foreign,
    /// One of the authority, for `elsewhere.example` only.
    OtherName,
}

/// The configuration of a TLS server, and the authority to trust, in PEM. A foreign certificate is
/// not of that authority.
pub fn made(certificate: Certificate) -> Result<(Arc<ServerConfig>, String)> {
    let trusted = authority("wicketgate test authority")?;
    let names: &[&str] = match certificate {
        Certificate::Good | Certificate::Foreign => &NAMES,
        Certificate::OtherName => &["elsewhere.example"],
    };
    let signer = match certificate {
        Certificate::Foreign => &authority("foreign authority")?,
        Certificate::Good | Certificate::OtherName => &trusted,
    };
    let key = KeyPair::generate().context("no key for the certificate")?;
    let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
    let mut leaf = CertificateParams::new(names).context("no such name")?;
    leaf.distinguished_name.push(DnType::CommonName, "wicketgate test issuer");
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let leaf = leaf.signed_by(&key, signer).context("no certificate")?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("no version of TLS")?
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .context("the certificate can't be used")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let pem = pem_rfc7468::encode_string(
        "CERTIFICATE",
        pem_rfc7468::LineEnding::LF,
        trusted.der().as_ref(),
    );
    let pem = pem.ok().context("the authority's certificate has no form in pem")?;
    Ok((Arc::new(config), pem))
}

fn authority(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>> {
    let key = KeyPair::generate().context("no key for an authority")?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, key).context("no authority")
}
