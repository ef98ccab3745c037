//! The arms that are measured.

use wicketgate_load::policies::{self, ONE, TOKEN_VARIABLE};

use super::config::Setup;
use crate::arm::{self, NEAR, Wrong};
use crate::tokens::Signed;
use crate::traffic::Traffic;

/// An arm with its Worker.
pub(super) type Arm = arm::Arm<Setup>;

/// The parts from which arms are made.
pub(super) struct Kit {
    pub(super) secret: String,
    pub(super) signed: Vec<Signed>,
}

impl Kit {
    /// All of them, in the order in which they are shown.
    pub(super) fn arms(&self) -> Vec<Arm> {
        let allowed = || request(GUARDED, TOKEN, &self.secret);
        let denied = || request(GUARDED, TOKEN, &self.wrong_secret());
        let arm = |name: &str, what: &str, setup| Arm::new(name, what, setup, allowed());
        let gate = || Setup::gate(policies::token(ONE, false), TOKEN_VARIABLE);
        let peer = |module: &str| Setup::peer(module).knowing(TOKEN_VARIABLE, TOKEN_VARIABLE);
        let mut arms = vec![
            arm("floor", "no check", Setup::peer("floor")),
            arm(
                "floor-again",
                "no check, once more: what can't be told apart",
                Setup::peer("floor"),
            )
            .above("floor"),
            arm("gate-public", "the gate, public path", gate())
                .sending(request("/public/page", TOKEN, &self.secret))
                .above("floor"),
            arm("gate", "the gate, allowed: token and address", gate())
                .refusing(self.both(403))
                .above("floor"),
        ];
        for (name, who, token) in [("javascript", "JavaScript by hand", 403), ("hono", "hono", 401)]
        {
            let edits = format!("{name}-edits");
            arms.push(
                arm(name, &format!("{who}: token and address"), peer(name))
                    .refusing(self.both(token))
                    .above("floor"),
            );
            arms.push(
                arm(&edits, &format!("{who}, and what the gate changes"), peer(&edits))
                    .refusing(self.both(token))
                    .above("floor"),
            );
        }
        arms.push(
            arm("floor-denied", "no check, refused", Setup::peer("refusal"))
                .sending(denied())
                .answered(403),
        );
        for (name, what, setup, status) in [
            ("gate-denied", "the gate, denied, with its audit line", gate(), 403),
            ("javascript-denied", "JavaScript by hand, denied", peer("javascript"), 403),
            ("hono-denied", "hono, denied", peer("hono"), 401),
        ] {
            arms.push(
                arm(name, what, setup).sending(denied()).answered(status).above("floor-denied"),
            );
        }
        arms.extend(self.signed.iter().flat_map(signed));
        arms
    }

    fn both(&self, wrong_token: u16) -> Vec<Wrong> {
        let wrong = |what, request, status| Wrong { what, request, from: NEAR, status };
        vec![
            wrong("a wrong token", request(GUARDED, TOKEN, &self.wrong_secret()), wrong_token),
            wrong("a wrong address", from(FAR, GUARDED, TOKEN, &self.secret), 403),
        ]
    }

    fn wrong_secret(&self) -> String {
        self.secret.chars().rev().collect()
    }
}

fn signed(signed: &Signed) -> Vec<Arm> {
    let (name, label) = (signed.algorithm.to_lowercase(), &signed.algorithm);
    let bearer = |token: &str| request(GUARDED, "authorization", &format!("Bearer {token}"));
    let base = format!("floor-{name}");
    let wrong = Wrong {
        what: "a wrong signature",
        request: bearer(&signed.forged),
        from: NEAR,
        status: 403,
    };
    let jose = || Setup::peer("jose").knowing("KEYS", &signed.variable).saying("ALGORITHM", label);
    let gate = || Setup::gate(policies::signed(&signed.variable), &signed.variable);
    let arm = |name: &str, what: &str, setup| Arm::new(name, what, setup, bearer(&signed.first));
    let mut arms = vec![arm(&base, &format!("no check, {label} token"), Setup::peer("floor"))];
    for (how, same) in [("cached", true), ("uncached", false)] {
        for (who, called, setup) in [("gate", "the gate", gate()), ("jose", "jose", jose())] {
            let arm =
                arm(&format!("{who}-{name}-{how}"), &format!("{called}, {label}, {how}"), setup)
                    .above(&base)
                    .refusing(vec![wrong.clone()]);
            arms.push(if same {
                arm
            } else {
                arm.with(Traffic::distinct(signed.requests.clone()))
            });
        }
    }
    arms
}

/// A request as it comes to a Worker: with one header that matters, some that any client sends, and
/// those that the platform writes.
pub(super) fn request(path: &str, name: &str, value: &str) -> Vec<u8> {
    from("127.0.0.1", path, name, value)
}

fn from(client: &str, path: &str, name: &str, value: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: app.example\r\nuser-agent: bench/1.0\r\naccept: */*\r\n\
         accept-encoding: gzip, br\r\ncf-connecting-ip: {client}\r\ncf-ipcountry: XX\r\n\
         cf-ray: 0123456789abcdef\r\ncf-visitor: {{\"scheme\":\"https\"}}\r\n\
         x-forwarded-proto: https\r\nx-real-ip: {client}\r\n{name}: {value}\r\n\r\n"
    )
    .into_bytes()
}

const GUARDED: &str = "/internal/run";
const TOKEN: &str = "x-internal-token";
/// Outside the network of the policies.
const FAR: &str = "127.0.7.1";
