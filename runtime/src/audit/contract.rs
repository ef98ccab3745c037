//! The contract of audit lines: which fields a line has, and what each may be.
//!
//! One table makes the JSON Schema in `docs/audit.schema.json`, the page `docs/audit.md`, the types
//! of `policy-js/package/index.d.ts`, and the strict check that every line of a real run goes
//! through. It is not what writes the lines (`policy/src/audit.rs`): the
//! two are held together by the corpus.

use serde_json::{Map, Value};
use wicketgate_policy::{CredentialKind, MAX_LINE, Reason};

use self::Kind::{Const, Count, Id, Ip, List, Lists, Matches, Status, Text, Words};

/// A field: its name, whether every line has it, what it may be, what it is.
type Field = (&'static str, bool, Kind, &'static str);

/// The values of a field.
enum Kind {
    Const(&'static str),
    Words(&'static [&'static str]),
    /// The codes of [`Reason`], or its texts.
    Reasons(fn(Reason) -> &'static str),
    /// This list of words.
    List(&'static [&'static str]),
    /// One of these lists.
    Lists(&'static [&'static [&'static str]]),
    /// At most so many characters, which a client may have chosen: to be shown with care.
    Text(usize),
    /// A name of the policy's.
    Id,
    Ip,
    Status,
    Count,
    /// A text of a form: the expression of the schema, and the same in code.
    Matches(&'static str, fn(&str) -> bool),
}

const TIME: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$";

/// The fields, in the order of a line.
const FIELDS: [Field; 36] = [
    ("@timestamp", true, Matches(TIME, is_time), "when it was decided, in UTC"),
    ("ecs.version", true, Const("8.17.0"), "the Elastic Common Schema that the names are of"),
    (
        "event.kind",
        true,
        Words(&["event", "alert"]),
        "`alert`: a limit of the policy was reached just now",
    ),
    ("event.category", true, List(&["api"]), "always the same"),
    (
        "event.type",
        true,
        Lists(&[&["access", "allowed"], &["access", "denied"], &["access", "error"]]),
        "what happened, in the words of ECS",
    ),
    ("event.action", true, Const("wicketgate.decision"), "always the same: a line of the gate's"),
    ("event.outcome", true, Words(&["success", "failure", "unknown"]), "of the request"),
    ("event.reason", false, Kind::Reasons(Reason::text), "why, for a person"),
    ("error.type", false, Kind::Reasons(Reason::code), "why, as a code: docs/reasons.md"),
    (
        "wicketgate.decision",
        true,
        Words(&["allow", "deny", "error"]),
        "`error`: allowed, and the body of a server error was replaced on its way out",
    ),
    (
        "wicketgate.mode",
        true,
        Words(&["enforce", "shadow", "development"]),
        "`shadow`: what a rule without effect would have decided",
    ),
    ("rule.id", false, Id, "the rule that decided"),
    ("rule.ruleset", true, Id, "the policy's name"),
    ("rule.version", true, Matches("^[0-9a-f]{12}$", is_version), "the digest of the policy"),
    ("http.request.method", true, Text(32), "as the client sent it"),
    ("url.scheme", true, Text(16), "as the client sent it"),
    ("url.path", true, Text(384), "as the client sent it, without a query, cut"),
    ("server.address", false, Text(128), "the host that the client asked for"),
    ("http.response.status_code", false, Status, "what the gate answered, or the origin"),
    ("http.request.id", false, Text(64), "the host's id of the request"),
    ("trace.id", false, Matches("^[0-9A-Fa-f]{32}$", is_trace), "of a `traceparent`"),
    ("client.address", false, Ip, "the client, from the source that the policy names"),
    ("network.peer.address", false, Ip, "the other end of the connection"),
    ("user.id", false, Text(64), "the verified caller, or the subject of its signed token"),
    ("wicketgate.caller", false, Id, "the verified caller, where `user.id` is a subject"),
    ("wicketgate.credential.kind", false, Words(CredentialKind::NAMES), "of the credential"),
    ("wicketgate.credential.key_id", false, Text(64), "the key that it matched"),
    (
        "wicketgate.credential.state",
        false,
        Words(&["active", "ending", "expiring", "old"]),
        "of the key",
    ),
    (
        "wicketgate.abuse.bucket",
        false,
        Words(&["client", "key", "calls"]),
        "what was counted by, where a limit is reached",
    ),
    ("wicketgate.abuse.count", false, Count, "how many there were within the window"),
    ("wicketgate.on_behalf_of", false, Text(96), "the identity that a verified caller passes on"),
    (
        "wicketgate.abuse.key_id",
        false,
        Text(64),
        "the key that was named or matched, where it is counted by",
    ),
    (
        "wicketgate.credential.carrier",
        false,
        Text(98),
        "the header in which the credential came, with its scheme: `authorization: Bearer`",
    ),
    ("wicketgate.credential.scope", false, Text(96), "the scopes of a signed token, cut"),
    ("user_agent.original", false, Text(128), "as the client sent it, cut"),
    ("wicketgate.host", true, Words(&["envoy", "cloudflare"]), "the kind of host"),
];

/// The last field, with which a line ends.
const VERSION: &str = "wicketgate.version";

const VERSION_FIELD: Field = (VERSION, true, Text(64), "the version of the gate");

/// The draft-07 schema of an audit line, as JSON.
pub fn schema() -> String {
    let mut properties: Vec<String> = Vec::new();
    let mut required: Vec<&str> = Vec::new();
    for (name, always, kind, description) in &FIELDS {
        properties.push(format!(
            "{}: {{ {}, \"description\": {} }}",
            json(name),
            kind.schema(),
            json(description)
        ));
        required.extend(always.then_some(name));
    }
    required.push(VERSION);
    let rule = |decision: &str, event: &str, outcome: &str, reason: &str| {
        format!(
            r#"{{ "if": {{ "properties": {{ "wicketgate.decision": {{ "const": "{decision}" }} }} }},
            "then": {{ "properties": {{ "event.type": {{ "const": ["access", "{event}"] }},
                "event.outcome": {{ "const": "{outcome}" }} }}, {reason} }} }}"#
        )
    };
    let told = r#""required": ["error.type", "event.reason"]"#;
    let untold =
        r#""not": { "anyOf": [{ "required": ["error.type"] }, { "required": ["event.reason"] }] }"#;
    format!(
        r#"{{ "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "An audit line of wicketgate",
        "description": "One flat object a decision, on one line of ASCII of at most {MAX_LINE} bytes.",
        "type": "object",
        "properties": {{ {}, "{VERSION}": {{ "type": "string", "description": "of the gate" }} }},
        "additionalProperties": false,
        "required": {},
        "allOf": [{}, {}, {}] }}"#,
        properties.join(", "),
        list(&required),
        rule("allow", "allowed", "success", untold),
        rule("deny", "denied", "failure", told),
        rule("error", "error", "unknown", told),
    )
}

/// The fields as a page for people, in Markdown.
pub fn markdown() -> String {
    let mut text = format!(
        "<!-- Made by `wicketgate schema audit --markdown`. Change runtime/src/audit/contract.rs, then WICKETGATE_UPDATE=1 cargo test -p wicketgate. -->\n\
        # Audit lines\n\n\
        Every decision about a guarded request is one line: a flat JSON object in ASCII of at most {MAX_LINE} bytes. \
        Names are those of OpenTelemetry and the Elastic Common Schema; fields that neither has begin with `wicketgate.`. \
        [audit.schema.json](audit.schema.json) says the same to a program, and [reasons.md](reasons.md) explains each `error.type`.\n\n\
        Fields stand in this order, and a field without a value is left out.\n\n\
        | field | value | in every line | meaning |\n|---|---|---|---|\n"
    );
    for (name, always, kind, description) in FIELDS.iter().chain([&VERSION_FIELD]) {
        let always = if *always { "yes" } else { "" };
        text += &format!("| `{name}` | {} | {always} | {description} |\n", kind.words());
    }
    text
}

/// The reasons and the fields as types of TypeScript.
pub fn typescript() -> String {
    let mut text =
        "/** The reason for a denial. The order is the precedence. */\nexport type Reason =\n"
            .to_owned();
    let codes: Vec<String> =
        Reason::ALL.iter().map(|reason| format!("  | {}", json(reason.code()))).collect();
    text += &codes.join("\n");
    text += ";\n\n/** An audit event, in the names of OpenTelemetry and the Elastic Common Schema. */\nexport interface AuditEvent {\n";
    for (name, always, kind, description) in FIELDS.iter().chain([&VERSION_FIELD]) {
        let absent = if *always { "" } else { "?" };
        let description = description.replace("*/", "* /");
        text += &format!(
            "  /** {description} */\n  readonly {}{absent}: {};\n",
            json(name),
            kind.typescript()
        );
    }
    text + "}\n"
}

/// The differences between a line and the contract; empty if there are none.
pub fn faults(line: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if line.len() > MAX_LINE || !line.is_ascii() || line.contains(char::is_control) {
        faults.push(format!("no line of at most {MAX_LINE} bytes of ASCII"));
    }
    let Ok(fields) = serde_json::from_str::<Map<String, Value>>(line) else {
        faults.push("no object of json".to_owned());
        return faults;
    };
    let mut last = None;
    for (name, always, kind, _) in &FIELDS {
        let Some(value) = fields.get(*name) else {
            if *always {
                faults.push(format!("`{name}` is absent"));
            }
            continue;
        };
        if !kind.takes(value) {
            faults.push(format!("`{name}` is {value}"));
        }
        // A field that is there twice, or out of its order, is another's work.
        let places: Vec<usize> =
            line.match_indices(&format!("{}:", json(name))).map(|(at, _)| at).collect();
        match places.as_slice() {
            [at] if last.is_none_or(|last| last < *at) => last = Some(*at),
            _ => faults.push(format!("`{name}` is out of its place")),
        }
    }
    let is_known = |name: &str| name == VERSION || FIELDS.iter().any(|field| field.0 == name);
    let unknown = fields.keys().filter(|name| !is_known(name));
    faults.extend(unknown.map(|name| format!("`{}` is no field", name.escape_debug())));
    if !fields.get(VERSION).is_some_and(Value::is_string) {
        faults.push(format!("`{VERSION}` is absent"));
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = fields.get("event.type").and_then(|kind| kind.get(1)?.as_str()).unwrap_or_default();
    let told = (text("wicketgate.decision"), kind, text("event.outcome"));
    let expected = [
        ("allow", "allowed", "success"),
        ("deny", "denied", "failure"),
        ("error", "error", "unknown"),
    ];
    if !expected.contains(&told) {
        faults.push(format!("{told:?} don't belong together"));
    }
    let reason = Reason::ALL.iter().find(|reason| reason.code() == text("error.type"));
    let reason = reason.map(|reason| reason.text()).unwrap_or(text("event.reason"));
    let has_reason = fields.contains_key("error.type") && fields.contains_key("event.reason");
    if reason != text("event.reason") || has_reason == (told.0 == "allow") {
        faults.push("the reason is not that of the decision".to_owned());
    }
    faults
}

impl Kind {
    fn schema(&self) -> String {
        match self {
            Const(text) => format!("\"const\": {}", json(text)),
            Words(words) => format!("\"enum\": {}", list(words)),
            Self::Reasons(told) => {
                let all: Vec<&str> = Reason::ALL.iter().map(|reason| told(*reason)).collect();
                format!("\"enum\": {}", list(&all))
            }
            List(words) => format!("\"const\": {}", list(words)),
            Lists(lists) => {
                let lists: Vec<String> = lists.iter().map(|words| list(words)).collect();
                format!("\"enum\": [{}]", lists.join(", "))
            }
            Text(most) => format!("\"type\": \"string\", \"maxLength\": {most}"),
            Id => r#""type": "string", "pattern": "^[0-9A-Za-z_.-]{1,64}$""#.to_owned(),
            Ip => r#""type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }]"#
                .to_owned(),
            Status => r#""type": "integer", "minimum": 100, "maximum": 599"#.to_owned(),
            Count => r#""type": "integer", "minimum": 1"#.to_owned(),
            Matches(pattern, _) => format!("\"type\": \"string\", \"pattern\": \"{pattern}\""),
        }
    }

    /// The values in words, for the page.
    fn words(&self) -> String {
        let quoted = |words: &[&str]| {
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
        };
        match self {
            Const(text) => format!("`{text}`"),
            Words(words) => quoted(words),
            Self::Reasons(_) => "one of the [reasons](reasons.md)".to_owned(),
            List(words) => format!("`{}`", list(words)),
            Lists(lists) => {
                let lists: Vec<String> = lists.iter().map(|words| list(words)).collect();
                quoted(&lists.iter().map(String::as_str).collect::<Vec<_>>())
            }
            Text(most) => format!("text of at most {most} characters"),
            Id => "a name from the policy".to_owned(),
            Ip => "an address".to_owned(),
            Status => "a status code".to_owned(),
            Count => "a number from 1".to_owned(),
            Matches(pattern, _) => format!("text like `{}`", pattern.replace("\\\\", "\\")),
        }
    }

    /// The values as a type of TypeScript.
    fn typescript(&self) -> String {
        let union =
            |words: &[&str]| words.iter().map(|word| json(word)).collect::<Vec<_>>().join(" | ");
        match self {
            Const(text) => json(text),
            Words(words) => union(words),
            // The texts for people may change; the codes don't.
            Self::Reasons(told) if told(Reason::PathMissing) == Reason::PathMissing.code() => {
                "Reason".to_owned()
            }
            List(words) => format!("readonly {}", list(words)),
            Lists(lists) => {
                let lists: Vec<String> =
                    lists.iter().map(|words| format!("readonly {}", list(words))).collect();
                lists.join(" | ")
            }
            Status | Count => "number".to_owned(),
            Self::Reasons(_) | Text(_) | Id | Ip | Matches(..) => "string".to_owned(),
        }
    }

    fn takes(&self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Const(word) => text == Some(word),
            Words(words) => text.is_some_and(|text| words.contains(&text)),
            // A build without signed tokens does not know their reasons, and meets hosts that do.
            Self::Reasons(told) => text.is_some_and(|text| {
                let knows = Reason::ALL.iter().any(|reason| reason.code().starts_with("jwt_"));
                !knows || Reason::ALL.iter().any(|reason| told(*reason) == text)
            }),
            List(words) => *value == Value::from(*words),
            Lists(lists) => lists.iter().any(|words| *value == Value::from(*words)),
            Text(most) => text.is_some_and(|text| text.chars().count() <= *most),
            Id => text.is_some_and(is_id),
            Ip => text.is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok()),
            Status => value.as_u64().is_some_and(|status| (100..=599).contains(&status)),
            Count => value.as_u64().is_some_and(|count| count > 0),
            Matches(_, is) => text.is_some_and(is),
        }
    }
}

fn is_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
}

fn is_time(text: &str) -> bool {
    let form = b"0000-00-00T00:00:00.000Z";
    let fits = |(byte, form): (u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        form => byte == *form,
    };
    text.len() == form.len() && text.bytes().zip(form).all(fits)
}

fn is_version(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_trace(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn json(text: &str) -> String {
    Value::from(text).to_string()
}

fn list(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| json(word)).collect();
    format!("[{}]", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"@timestamp":"2026-11-23T12:00:00.000Z","ecs.version":"8.17.0","event.kind":"event","event.category":["api"],"event.type":["access","denied"],"event.action":"wicketgate.decision","event.outcome":"failure","event.reason":"no credential","error.type":"credential_missing","wicketgate.decision":"deny","wicketgate.mode":"enforce","rule.id":"jobs","rule.ruleset":"test","rule.version":"0123456789ab","http.request.method":"POST","url.scheme":"http","url.path":"/internal/x","http.response.status_code":403,"network.peer.address":"127.0.0.1","wicketgate.host":"envoy","wicketgate.version":"0.1.0"}"#;

    #[test]
    fn a_line_of_the_gate_is_one() {
        assert_eq!(faults(LINE), [""; 0]);
    }

    #[test]
    fn what_is_not_of_the_contract_is_told() {
        for (from, to, fault) in [
            ("\"rule.id\"", "\"rule.name\"", "`rule.name` is no field"),
            ("\"rule.ruleset\":\"test\",", "", "`rule.ruleset` is absent"),
            (
                "\"rule.id\":\"jobs\",",
                "\"rule.id\":\"a\",\"rule.id\":\"b\",",
                "`rule.id` is out of its place",
            ),
            (
                "\"error.type\":\"credential_missing\",",
                "",
                "the reason is not that of the decision",
            ),
            ("credential_missing", "key_expired", "the reason is not that of the decision"),
            ("\"deny\"", "\"allow\"", "(\"allow\", \"denied\", \"failure\") don't belong together"),
            ("2026-11-23T", "2026-11-23 ", "`@timestamp` is \"2026-11-23 12:00:00.000Z\""),
            ("127.0.0.1", "localhost", "`network.peer.address` is \"localhost\""),
            ("403", "\"403\"", "`http.response.status_code` is \"403\""),
            ("0123456789ab", "latest", "`rule.version` is \"latest\""),
            ("/internal/x", "/\u{e9}", "no line of at most 2048 bytes of ASCII"),
            ("{\"@", "{{\"@", "no object of json"),
        ] {
            let line = LINE.replacen(from, to, 1);
            assert!(
                faults(&line).iter().any(|found| found == fault),
                "{fault}: {:?}",
                faults(&line)
            );
        }
    }

    #[test]
    fn the_schema_is_json() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let codes = &schema["properties"]["error.type"]["enum"];
        assert_eq!(codes.as_array().unwrap().len(), Reason::ALL.len());
    }
}
