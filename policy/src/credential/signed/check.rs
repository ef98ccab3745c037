//! The signed tokens of one request.

use super::SignedRules;
use crate::credential::carrier::Carrier;
use crate::credential::{Check, Checked, Credentials, KeyName, Kind, Offered, Proof, Refusal};
use crate::ids::CallerId;
use crate::jwt::{self, MAX_LEN, TokenCache, Untrusted};
use crate::reason::Reason;
use alloc::rc::Rc;

/// A caller whose token was signed by a key of its issuer, and has the claims that the policy asks
/// for. Only [`SignedRules::check`] makes one, and the caller is the one whose rules it checked.
#[derive(Clone, Debug)]
pub(crate) struct Verified<'a> {
    caller: CallerId,
    carrier: Option<&'a Carrier>,
    key: Option<&'a str>,
    token: Rc<jwt::Verified>,
}

impl<'a> Verified<'a> {
    /// The caller whose rules the token holds.
    pub(crate) fn caller(&self) -> CallerId {
        self.caller
    }

    /// The name of the key that signed it; an issuer's key need not have an id.
    pub(crate) fn key(&self) -> KeyName<'a> {
        KeyName { kind: Kind::Jwt, id: self.key, carrier: self.carrier }
    }

    /// Its `sub`.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.token.subject()
    }

    /// Its scopes.
    pub(crate) fn scope(&self) -> Option<&str> {
        self.token.scope()
    }
}

impl SignedRules {
    /// Checks the token in the header that the rules name.
    pub(crate) fn check<'a>(&'a self, credentials: &mut Credentials<'a>) -> Checked<'a> {
        let which = Check { kind: Kind::Jwt, table: self.table, caller: Some(self.caller) };
        credentials.once(which, |credentials| self.look(credentials))
    }

    fn look<'a>(&'a self, credentials: &mut Credentials<'a>) -> Checked<'a> {
        let Some(table) = credentials.tables.get(self.table) else {
            return Err(Refusal::of_gate());
        };
        let checked = match table.carrier.offered(credentials.headers, MAX_LEN) {
            Offered::Absent => return Err(Reason::CredentialMissing.into()),
            Offered::Unusable(reason) => Err(refusal(reason, None)),
            Offered::Token(token) => self.token(credentials, token),
        };
        let carrier = Some(&table.carrier);
        match checked {
            Ok(verified) => Ok(Proof::Signed(Verified { carrier, ..verified })),
            Err(refusal) => {
                let key = refusal.key.map(|key| KeyName { carrier, ..key });
                Err(Refusal { key, ..refusal })
            }
        }
    }

    fn token<'a>(
        &'a self,
        credentials: &mut Credentials<'a>,
        token: &'a [u8],
    ) -> Result<Verified<'a>, Refusal<'a>> {
        let (caller, now) = (self.caller, credentials.now);
        let signatures = &mut credentials.signatures;
        if self.keys.is_absent() {
            return Err(refusal(Reason::CredentialUnknown, None));
        }
        let known = signatures.cache().filter(|_| token.len() <= MAX_KEPT);
        let known = known.map(|cache| (cache, TokenCache::digest(token)));
        if let (Some((cache, digest)), Some(keys)) = (&known, signatures.current(&self.keys, now))
            && let Some((key, token)) = cache.find(digest, caller, keys, now)
        {
            return Ok(Verified { caller, carrier: None, key: key.id(), token });
        }
        let failed = |fault: jwt::Refusal| refusal(fault.reason(), None);
        let token = Untrusted::parse_as(self.claims.issuer.profile(), token).map_err(failed)?;
        let keys = signatures
            .keys(&self.keys, token.key_id(), now)
            .map_err(|reason| refusal(reason, None))?;
        let check = token.check(keys).map_err(failed)?;
        let Some(answer) = signatures.answer(&check) else {
            return Err(refusal(Reason::JwtSignatureInvalid, None));
        };
        let signed = token.signed(&check, &answer).map_err(failed)?;
        let key = check.key();
        match signed.claims(&self.claims, now) {
            Ok(token) => {
                let token = Rc::new(token);
                if let Some((cache, digest)) = known {
                    cache.keep(digest, caller, key, &token);
                }
                Ok(Verified { caller, carrier: None, key: key.id(), token })
            }
            Err(fault) => {
                #[cfg(feature = "explain")]
                if let Some(claim) = signed.wrong_claim(&self.claims, fault, now) {
                    credentials.wrong.push((caller, claim));
                }
                Err(refusal(fault.reason(), key.id()))
            }
        }
    }
}

/// The refusal of a token, with the id of the key that signed it, if one did.
fn refusal<'a>(reason: Reason, key: Option<&'a str>) -> Refusal<'a> {
    Refusal::of_sent(reason).with_key(KeyName { kind: Kind::Jwt, id: key, carrier: None })
}

/// The longest token that is remembered, in bytes.
const MAX_KEPT: usize = 4_096;
