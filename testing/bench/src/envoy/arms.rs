//! The arms that are measured.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::Value;
use wicketgate_load::policies::{self, Many, ONE};

use super::config::{Shipped, module};
use super::peers;
use crate::arm::{self, NEAR, Wrong};
use crate::tokens::Signed;
use crate::traffic::{Traffic, request};

/// An arm with the filters of its listener.
pub(super) type Arm = arm::Arm<Vec<Value>>;

/// The parts from which arms are made.
pub(super) struct Kit {
    pub(super) shipped: Shipped,
    pub(super) wasm: PathBuf,
    /// The gate as a native module.
    pub(super) native: PathBuf,
    /// The folder of the modules that are made of their text.
    pub(super) modules: PathBuf,
    pub(super) secret: String,
    pub(super) signed: Vec<Signed>,
}

impl Kit {
    /// All of them, in the order in which they are shown.
    pub(super) fn arms(&self) -> Result<Vec<Arm>> {
        let mut arms = vec![
            self.arm("none", "no filter", vec![]).main(),
            self.arm("none-again", "no filter, once more: what can't be told apart", vec![]),
            self.arm("noop", "no-op wasm, raw ABI", vec![self.module("noop")]).main(),
            self.arm(
                "noop-callbacks",
                "no-op wasm, raw ABI, with every callback that the gate has",
                vec![self.module("noop-callbacks")],
            ),
        ];
        arms.extend(self.gate()?);
        arms.extend(self.native()?);
        arms.extend(self.peers());
        for signed in &self.signed {
            arms.extend(self.signed(signed)?);
        }
        for arm in &mut arms {
            if arm.base.is_none() && !is_base(&arm.name) {
                arm.base = Some("none".to_owned());
            }
        }
        Ok(arms)
    }

    fn gate(&self) -> Result<Vec<Arm>> {
        let gate = |name: &str, policy: &str| self.shipped.gate(name, &self.wasm, policy);
        let one = policies::token(ONE, false);
        let public = request("/public/page", "x-internal-token", &self.secret);
        let denied = request(GUARDED, "x-internal-token", &self.wrong_secret());
        let mut peer = gate("peer", &one)?;
        peer.truncate(1);
        let calls = |name: &str, what: &str| {
            self.arm(name, what, [&peer[..], &[self.module(name)]].concat())
        };
        let mut arms = vec![
            calls("calls-public", "the host calls that the gate makes on a public path, alone"),
            calls("calls-allowed", "the host calls that the gate makes when it allows, alone"),
            self.arm("peer", "the filter that hands over the peer, without the gate", peer),
            self.arm("gate-public", "the gate, public path", gate("gate-public", &one)?)
                .sending(public)
                .main(),
            self.arm("gate", "the gate, allowed: token and address", gate("gate", &one)?)
                .refusing(self.both())
                .main(),
            self.arm(
                "gate-check",
                "the same, the check alone: credential and answer left as they are",
                gate("gate-check", &policies::check())?,
            )
            .refusing(self.both()),
            self.arm(
                "gate-denied",
                "the gate, denied, with its audit line",
                gate("gate-denied", &one)?,
            )
            .sending(denied)
            .answered(403)
            .main(),
            self.arm(
                "gate-audited",
                "the gate, allowed, with an audit line",
                gate("gate-audited", &policies::token(ONE, true))?,
            )
            .refusing(self.both()),
        ];
        for (name, what, many) in [
            ("gate-10k-rules", "the gate, allowed, 10,000 rules", Many { rules: 10_000, ..ONE }),
            (
                "gate-1m-networks",
                "the gate, allowed, 1,000,000 networks",
                Many { networks: 1_000_000, ..ONE },
            ),
        ] {
            let filters = gate(name, &policies::token(many, false))?;
            arms.push(self.arm(name, what, filters).refusing(self.both()));
        }
        for (name, what, keys) in [
            ("gate-1-key", "the gate, allowed, one key that the token names", 1),
            ("gate-10k-keys", "the gate, allowed, 10,000 keys that tokens name", 10_000),
        ] {
            let secret = policies::named_token(keys, &self.secret);
            let filters = gate(name, &policies::named_keys(Many { keys, ..ONE }, &secret))?;
            arms.push(
                self.arm(name, what, filters)
                    .sending(request(GUARDED, "x-internal-token", &secret))
                    .refusing(vec![self.wrong_token(403)]),
            );
        }
        Ok(arms)
    }

    fn native(&self) -> Result<Vec<Arm>> {
        let arm = |name: &str, what: &str, policy: &str| {
            Ok::<_, anyhow::Error>(self.arm(
                name,
                what,
                self.shipped.gate(name, &self.native, policy)?,
            ))
        };
        let one = policies::token(ONE, false);
        let public = request("/public/page", "x-internal-token", &self.secret);
        let denied = request(GUARDED, "x-internal-token", &self.wrong_secret());
        let audited = policies::token(ONE, true);
        Ok(vec![
            arm("module-public", "the module, public path", &one)?.sending(public).main(),
            arm("module", "the module, allowed: token and address", &one)?
                .refusing(self.both())
                .main(),
            arm(
                "module-check",
                "the same, the check alone: credential and answer left as they are",
                &policies::check(),
            )?
            .refusing(self.both()),
            arm("module-denied", "the module, denied, with its audit line", &one)?
                .sending(denied)
                .answered(403)
                .main(),
            arm("module-audited", "the module, allowed, with an audit line", &audited)?
                .refusing(self.both()),
        ])
    }

    fn module(&self, name: &str) -> Value {
        module(name, &self.modules.join(format!("{name}.wasm")))
    }

    fn peers(&self) -> Vec<Arm> {
        let (rbac, token) = (peers::rbac, self.secret.as_str());
        let authz = vec![self.wrong_token(403), self.wrong_address(403)];
        let keys = || vec![self.wrong_token(401), self.wrong_address(403)];
        vec![
            self.arm("rbac", "rbac: address", vec![rbac()]).refusing(vec![self.wrong_address(403)]),
            self.arm(
                "api-key-rbac",
                "api_key_auth and rbac: token and address",
                vec![peers::api_key(token, false), rbac()],
            )
            .refusing(keys())
            .main(),
            self.arm(
                "api-key-rbac-edits",
                "the same, and the caller in place of the token",
                vec![peers::api_key(token, true), rbac()],
            )
            .refusing(keys()),
            self.arm("lua", "lua: token and address", vec![peers::lua(token, false)])
                .refusing(self.both())
                .main(),
            self.arm(
                "lua-edits",
                "the same, and the caller in place of the token",
                vec![peers::lua(token, true)],
            )
            .refusing(self.both()),
            self.arm(
                "ext-authz",
                "ext_authz over HTTP: token and address (without the service's own CPU)",
                vec![peers::ext_authz()],
            )
            .refusing(authz)
            .main(),
        ]
    }

    fn signed(&self, signed: &Signed) -> Result<Vec<Arm>> {
        let (name, label) = (signed.algorithm.to_lowercase(), &signed.algorithm);
        let bearer = |token: &str| request(GUARDED, "authorization", &format!("Bearer {token}"));
        let wrong = |status| {
            vec![Wrong {
                what: "a wrong signature",
                request: bearer(&signed.forged),
                from: NEAR,
                status,
            }]
        };
        let base = format!("none-{name}");
        let gate = |arm: &str, file: &Path| {
            self.shipped.gate(arm, file, &policies::signed(&signed.variable))
        };
        let arm = |arm: String, what: String, filters, cached: bool, status| {
            let traffic = if cached {
                Traffic::same(bearer(&signed.first))
            } else {
                Traffic::distinct(signed.requests.clone())
            };
            self.arm(&arm, &what, filters).with(traffic).above(&base).refusing(wrong(status))
        };
        let mut arms = vec![
            self.arm(&base, &format!("no filter, {label} token"), vec![])
                .sending(bearer(&signed.first)),
        ];
        for (cached, how) in [(true, "cached"), (false, "uncached")] {
            let of = |who: &str| format!("{who}-{name}-{how}");
            let what = |who: &str| format!("{who}, {label}, {how}");
            let filters = gate(&of("gate"), &self.wasm)?;
            arms.push(arm(of("gate"), what("the gate"), filters, cached, 403));
            let filters = gate(&of("module"), &self.native)?;
            arms.push(arm(of("module"), what("the module"), filters, cached, 403));
            if label != "EdDSA" {
                let filters = vec![peers::jwt_authn(&signed.jwks, cached)];
                arms.push(arm(of("jwt-authn"), what("jwt_authn"), filters, cached, 401));
            }
        }
        Ok(arms)
    }

    /// An arm that is sent the token, from an address that is good.
    fn arm(&self, name: &str, what: &str, filters: Vec<Value>) -> Arm {
        let request = request(GUARDED, "x-internal-token", &self.secret);
        Arm::new(name, what, filters, request)
    }

    fn both(&self) -> Vec<Wrong> {
        vec![self.wrong_token(403), self.wrong_address(403)]
    }

    fn wrong_token(&self, status: u16) -> Wrong {
        let request = request(GUARDED, "x-internal-token", &self.wrong_secret());
        Wrong { what: "a wrong token", request, from: NEAR, status }
    }

    fn wrong_address(&self, status: u16) -> Wrong {
        let request = request(GUARDED, "x-internal-token", &self.secret);
        Wrong { what: "a wrong address", request, from: FAR, status }
    }

    fn wrong_secret(&self) -> String {
        self.secret.chars().rev().collect()
    }
}

fn is_base(name: &str) -> bool {
    name == "none" || (name.starts_with("none-") && name != "none-again")
}

const GUARDED: &str = "/internal/run";
/// On this machine, and outside the network of the policies.
const FAR: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 7, 1));
