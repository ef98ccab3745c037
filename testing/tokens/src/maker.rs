//! Makes tokens from a seed: headers, claims and encodings, mostly right, and each wrong in its turn.

use wicketgate_policy::jwt::Algorithm;

use crate::issuer::{Issuer, decode, encode};

/// Makes tokens. The same seed and time make the same ones.
#[derive(Clone, Debug)]
pub struct Maker {
    state: u64,
    now: i64,
}

impl Maker {
    /// A maker whose tokens hold at `now`, in seconds since 1970, unless they are not meant to.
    #[must_use]
    pub fn new(seed: u64, now: i64) -> Self {
        Self { state: seed, now }
    }

    /// SplitMix64 (Steele and others, 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn pick<'p>(&mut self, items: &[&'p str]) -> &'p str {
        items[self.below(items.len())]
    }

    /// An algorithm: mostly those that sign fast.
    pub fn algorithm(&mut self) -> Algorithm {
        match self.below(100) {
            0 => Algorithm::Rs256,
            1 => Algorithm::Ps256,
            2 => Algorithm::Es384,
            3..8 => Algorithm::Es256,
            8..24 => Algorithm::EdDsa,
            _ => Algorithm::Hs256,
        }
    }

    /// A token, and its header and claims as they are written.
    pub fn token(&mut self, issuer: &Issuer) -> (Vec<u8>, String) {
        let header = self.header(issuer.algorithm().name());
        let payload = self.payload();
        let token = issuer.raw(&header, &payload);
        let shown = String::from_utf8_lossy(&[header, payload].concat()).into_owned();
        let token =
            if self.one_in(3) { self.mutated(token.into_bytes()) } else { token.into_bytes() };
        (token, shown)
    }

    fn header(&mut self, name: &str) -> Vec<u8> {
        let mut members = Vec::new();
        let name = if name == "EdDSA" && self.one_in(10) { "Ed25519" } else { name };
        let name = if self.one_in(12) {
            self.pick(&[
                "none", "None", "HS256", "RS256", "ES256", "EdDSA", "HS512", "hs256", "PS256",
                "ES384", "",
            ])
        } else {
            name
        };
        members.push(match self.below(40) {
            0 => r#""alg":null"#.to_owned(),
            1 => format!(r#""alg":["{name}"]"#),
            2 => format!(r#""Alg":"{name}""#),
            3 => format!(r#""\u0061lg":"{name}""#),
            _ => format!(r#""alg":"{name}""#),
        });
        if self.one_in(2) {
            let typ = self.pick(&["JWT", "JWT", "JWT", "jwt", "at+jwt", "logout+jwt", ""]);
            members.push(format!(r#""typ":"{typ}""#));
        }
        if self.one_in(3) {
            let kid = self.pick(&[r#""a""#, r#""""#, r#""../a""#, "1", "null", "[]"]);
            members.push(format!(r#""kid":{kid}"#));
        }
        if self.one_in(6) {
            let more = self.pick(&[
                r#""jku":"https://attacker.example""#,
                r#""jku":1"#,
                r#""x5u":"a""#,
                r#""x5u":{}"#,
                r#""x5c":["AA"]"#,
                r#""x5c":"AA""#,
                r#""x5t":"AA""#,
                r#""x5t#S256":7"#,
                r#""jwk":{}"#,
                r#""jwk":{"kty":"oct","k":"AA"}"#,
                r#""jwk":[]"#,
                r#""crit":["exp"]"#,
                r#""crit":[]"#,
                r#""crit":["b64"],"b64":true"#,
                r#""b64":false"#,
                r#""zip":"DEF""#,
                r#""enc":"A128GCM""#,
                r#""cty":"JWT""#,
                r#""cty":"json""#,
                r#""cty":1"#,
                r#""nonce":"a""#,
                r#""url":"a""#,
                r#""x":{"y":[1,2]}"#,
            ]);
            members.push(more.to_owned());
        }
        self.object(members)
    }

    fn payload(&mut self) -> Vec<u8> {
        let mut members = Vec::new();
        let iss = r#""https://issuer.example""#;
        let iss = if self.one_in(12) {
            self.pick(&[
                "",
                r#""https://other.example""#,
                "1",
                "null",
                r#"["https://issuer.example"]"#,
                r#""https://issuer.example/""#,
            ])
        } else {
            iss
        };
        let aud =
            self.pick(&[r#""gate""#, r#""gate""#, r#""gate""#, r#"["gate"]"#, r#"["x","gate"]"#]);
        let aud = if self.one_in(12) {
            self.pick(&[
                "",
                r#""x""#,
                "[]",
                r#"["x"]"#,
                r#"["gate",1]"#,
                "1",
                "null",
                r#"{"gate":1}"#,
            ])
        } else {
            aud
        };
        let sub = self.pick(&["", r#""cron""#, r#""cron""#, r#""""#]);
        let sub =
            if self.one_in(15) { self.pick(&["1", "null", "[]", r#"["cron"]"#]) } else { sub };
        let scope = self.pick(&["", "", r#""a b""#, r#"["a","b"]"#]);
        let scope = if self.one_in(30) { self.pick(&["1", r#"["a",1]"#]) } else { scope };
        for (name, value) in [("iss", iss), ("aud", aud), ("sub", sub), ("scope", scope)] {
            if !value.is_empty() {
                members.push(format!(r#""{name}":{value}"#));
            }
        }
        // Hours away, as `jsonwebtoken` reads the system clock and a million take a while.
        for (name, lawful, wrong) in
            [("exp", 7_200, -7_200), ("nbf", -7_200, 7_200), ("iat", -7_000, 7_000)]
        {
            if name != "exp" && self.one_in(2) {
                continue;
            }
            let offset = if self.one_in(12) { wrong } else { lawful };
            let seconds = self.now + offset;
            let value = match self.below(60) {
                0 => format!("\"{seconds}\""),
                1 => format!("{seconds}.5"),
                2 => format!("{seconds}e0"),
                3 => format!("-{seconds}"),
                4 => "null".into(),
                5 => "true".into(),
                6 => format!("[{seconds}]"),
                7 => "99999999999999999999".into(),
                8 => "1e400".into(),
                9 => "18446744073709551615".into(),
                10 => continue,
                _ => seconds.to_string(),
            };
            members.push(format!(r#""{name}":{value}"#));
        }
        if self.one_in(10) {
            let more = self.pick(&[
                r#""jti":"a""#,
                r#""jti":1"#,
                r#""email":"a@x","email_verified":true"#,
                r#""x":"\ud83d\ude00""#,
                r#""x":"\ud83d""#,
                r#""x":1e400"#,
                r#""x":{"a":1,"a":2}"#,
                r#""iss":"https://issuer.example""#,
                r#""exp":99999999999"#,
                r#""x":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]"#,
                r#""x":NaN"#,
            ]);
            members.push(more.to_owned());
        }
        self.object(members)
    }

    /// An object of these members, in any order and with the odd fault of writing.
    fn object(&mut self, mut members: Vec<String>) -> Vec<u8> {
        for place in (1..members.len()).rev() {
            let other = self.below(place + 1);
            members.swap(place, other);
        }
        if self.one_in(40) {
            let again = members[self.below(members.len())].clone();
            members.push(again);
        }
        let separator = self.pick(&[",", ",", ",", ", ", ",\r\n "]);
        let mut text = format!("{{{}}}", members.join(separator)).into_bytes();
        match self.below(120) {
            0 => text.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
            1 => text.extend_from_slice(b" \n"),
            2 => text.extend_from_slice(b"x"),
            3 => text.push(0),
            4 => text.insert(0, b'['),
            5 => text = [b"[", &text[..], b"]"].concat(),
            6 => text.truncate(text.len() - 1),
            7 => text = text.iter().flat_map(|&byte| [byte, 0]).collect(),
            8 => text.insert(1, 0xFF),
            9 => text.insert(1, b','),
            _ => {}
        }
        text
    }

    /// A token with something done to it after it was signed.
    fn mutated(&mut self, mut token: Vec<u8>) -> Vec<u8> {
        let at = self.below(token.len());
        let dots: Vec<usize> = (0..token.len()).filter(|&at| token[at] == b'.').collect();
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let letter = alphabet[self.below(64)];
        match self.below(19) {
            0 => token[at] = letter,
            1 => token.insert(at, letter),
            2 => _ = token.remove(at),
            3 => token.truncate(at),
            4 => token.insert(at, b'.'),
            5 => token.push(b'='),
            6 => token.insert(dots[1], b'='),
            7 => token.insert(dots[0], b'='),
            8 => *token.last_mut().unwrap() = letter,
            9 => token[dots[1] - 1] = letter,
            10 => token[dots[0] - 1] = letter,
            11 => token.insert(at, b"\n \t\0+/?%\xff"[at % 9]),
            12 => token.push(b'\n'),
            13 => token.insert(0, b' '),
            14 => token = [&token[..dots[0]], b"..", &token[dots[1]..]].concat(),
            15 => {
                // A signature of another length.
                let more = encode(&[7; 33][..1 + at % 33]);
                token.extend_from_slice(more.as_bytes());
            }
            16 | 17 => {
                let signature = String::from_utf8_lossy(&token[dots[1] + 1..]).into_owned();
                let other = self.other_signature(decode(&signature));
                token.truncate(dots[1] + 1);
                token.extend_from_slice(encode(&other).as_bytes());
            }
            _ => {
                // Claims that were never signed.
                let claims = self.payload();
                let (header, signature) = (token[..dots[0]].to_vec(), token[dots[1]..].to_vec());
                token = [&header[..], b".", encode(&claims).as_bytes(), &signature[..]].concat();
            }
        }
        token
    }
    /// Numbers that arithmetic may take for others.
    fn other_signature(&mut self, mut signature: Vec<u8>) -> Vec<u8> {
        let half = signature.len() / 2;
        match self.below(9) {
            0 => signature.fill(0),
            1 => signature.fill(0xFF),
            2 => signature[..half].fill(0),
            3 => signature[half..].fill(0),
            4 => signature.rotate_left(half),
            5 => signature.reverse(),
            6 => signature.insert(0, 0),
            7 => {
                // The same modulo the order of Ed25519: S + L.
                let order: [u8; 16] = [
                    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE,
                    0xF9, 0xDE, 0x14,
                ];
                let order = order.into_iter().chain([0; 15]).chain([0x10]);
                let mut carry = 0;
                for (digit, more) in signature[half..].iter_mut().zip(order) {
                    let sum = u16::from(*digit) + u16::from(more) + carry;
                    (*digit, carry) = (sum.to_le_bytes()[0], sum >> 8);
                }
            }
            _ => {
                // -s modulo the order of P-256, which is as good: nobody asks for the lower one.
                let order = [
                    0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                    0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2,
                    0xFC, 0x63, 0x25, 0x51_u8,
                ];
                let mut borrow = 0;
                for (digit, from) in signature[half..].iter_mut().zip(order).rev() {
                    let difference = i16::from(from) - i16::from(*digit) - borrow;
                    borrow = i16::from(difference < 0);
                    *digit = difference.to_le_bytes()[0];
                }
            }
        }
        signature
    }
}
