//! Claims that a policy asks for: their members of the document, and the checks of these.

use crate::compiling::Context;
use crate::form::Faults;
use crate::form::Text;
use crate::form::kinds::{object, text};
use crate::form::node::Node;
use crate::form::read::{List, Map, Members, Read, join, quote, wrong};
use crate::form::schema::{self, Describe};
use crate::jwt::{ClaimRule, ClaimTest, ClaimValue};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

object! {
    /// A claim, and one test that it must pass.
    Claim {
        /// The claim's name, dots and slashes included, or the names on the way to a claim inside
        /// others: `["realm_access", "roles"]`. Required in a list, and only there.
        optional claim: ClaimPath,
        /// The claim is this, or one of these.
        optional value: ClaimValues,
        /// The claim is an array with this item, or this alone.
        optional contains: Item,
        /// The claim is an array with one of these items, or one of these alone.
        optional contains_any: ClaimValues,
        /// The claim is an array with all of these items.
        optional contains_all: ClaimValues,
        /// The claim is a string that begins with this, or with one of these.
        optional starts_with: Beginnings,
    }
}

object! {
    /// The beginning of the subjects that are admitted.
    SubjectStart {
        /// The beginning. It is no pattern: every byte is compared.
        required starts_with: Beginning,
    }
}

/// Claims that have a member of their own, and this member.
const OWN: [(&str, &str); 7] = [
    ("aud", "`audience`"),
    ("exp", "`lifetime`"),
    ("iat", "`lifetime`"),
    ("iss", "`issuer`"),
    ("nbf", "nothing: it is always compared"),
    ("scope", "`scopes`"),
    ("sub", "`subjects`"),
];

/// A claim, and the one test that it must pass.
pub(super) fn rule(claim: Claim, at: &str, context: &mut Context<'_>) -> Option<ClaimRule> {
    let Claim { claim, value, contains, contains_any, contains_all, starts_with } = claim;
    let ClaimPath(path) = claim?;
    if let [name] = &*path
        && let Some((_, member)) = OWN.iter().find(|(own, _)| *own == &**name)
    {
        context.faults.add(at, "a claim that has a member of its own", *member);
    }
    let tests = [
        value.map(|ClaimValues(values)| ClaimTest::Is(values)),
        contains.map(|Item(value)| ClaimTest::ContainsAny([value].into())),
        contains_any.map(|ClaimValues(values)| ClaimTest::ContainsAny(values)),
        contains_all.map(|ClaimValues(values)| ClaimTest::ContainsAll(values)),
        starts_with.map(|Beginnings(values)| ClaimTest::Is(values)),
    ];
    let mut tests = tests.into_iter().flatten();
    match (tests.next(), tests.next()) {
        (Some(test), None) => Some(ClaimRule { path, test }),
        (first, _) => {
            if !context.faults.any_below(at) {
                let found = if first.is_some() { "several tests" } else { "no test" };
                context.faults.add(at, found, format!("one of {}", words_of(&TESTS)));
            }
            None
        }
    }
}

/// The names on the way to a claim: one for a claim of the token itself, several for a claim inside
/// others. No sign within a name separates anything, so `https://example.com/roles` and `a.b` are
/// names.
#[derive(Debug)]
pub(crate) struct ClaimPath(pub(crate) Vec<Box<str>>);

/// The most names on the way to a claim.
const MAX_NAMES: usize = 8;

impl Read for ClaimPath {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        let names = match node {
            Node::Array(_) => List::<Text>::read(node, at, faults)?,
            Node::String(_) => [(0, Text::read(node, at, faults)?)].into(),
            other => return wrong(other, "a claim's name, or a list of names", at, faults),
        };
        if (1..=MAX_NAMES).contains(&names.len()) {
            return Some(Self(names.into_iter().map(|(_, Text(name))| name.into()).collect()));
        }
        if !faults.any_below(at) {
            faults.add(at, format!("{} names", names.len()), "1 to 8");
        }
        None
    }
}

impl Describe for ClaimPath {
    fn describe() -> Node {
        schema::any_of([Text::describe(), List::<Text>::describe()])
    }
}

/// The tests of claims, each with its place.
#[derive(Debug)]
pub(crate) struct Claims(pub(crate) Vec<(String, Claim)>);

impl Read for Claims {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        match node {
            Node::Array(_) => {
                let list = List::<Claim>::read(node, at, faults)?;
                if list.is_empty() && !faults.any_below(at) {
                    faults.add(at, "nothing", "a claim, or more");
                }
                let place = |(index, test)| (format!("{at}[{index}]"), test);
                let tests: Vec<(String, Claim)> = list.into_iter().map(place).collect();
                for (at, _) in tests.iter().filter(|(_, test)| test.claim.is_none()) {
                    let at = join(at, "claim");
                    if !faults.any_below(&at) {
                        faults.add(at, "nothing", "this member");
                    }
                }
                Some(Self(tests))
            }
            Node::Object(_) => {
                let mut tests = Vec::new();
                for (name, Named(test)) in Map::<Named>::read(node, at, faults)? {
                    let at = join(at, &name);
                    if test.claim.is_some() {
                        faults.add(join(&at, "claim"), "a second name", "no name: it has one");
                    }
                    let claim = Some(ClaimPath([name.into()].into()));
                    tests.push((at, Claim { claim, ..test }));
                }
                Some(Self(tests))
            }
            other => wrong(other, "claims by name, or a list of them", at, faults),
        }
    }
}

impl Describe for Claims {
    fn describe() -> Node {
        schema::any_of([Map::<Named>::describe(), List::<Claim>::describe()])
    }
}

/// The test of a claim, after its name.
#[derive(Debug)]
struct Named(Claim);

/// The members of a test.
const TESTS: [&str; 5] = ["value", "contains", "contains_any", "contains_all", "starts_with"];

impl Read for Named {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        match node {
            // Somebody wrote the claims as a token has them, one inside the other.
            Node::Object(members)
                if !members.iter().any(|(name, _)| TESTS.contains(&name.as_str())) =>
            {
                faults.add(
                    at,
                    "an object without a test",
                    format!(
                        "one of {}; a claim inside others is an item of a list: `\"claims\": [{{ \"claim\": [\"outer\", \"inner\"], \"contains\": … }}]`",
                        words_of(&TESTS)
                    ),
                );
                None
            }
            Node::Object(_) => Claim::read(node, at, faults).map(Self),
            _ => {
                let value = Some(ClaimValues::read(node, at, faults)?);
                Some(Self(Claim { value, ..Claim::default() }))
            }
        }
    }
}

impl Describe for Named {
    fn describe() -> Node {
        schema::any_of([ClaimValues::describe(), Claim::describe()])
    }
}

/// Words in a sentence.
fn words_of(words: &[&str]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(", ")
}

/// The values that a claim may have.
#[derive(Debug)]
pub(crate) struct ClaimValues(pub(crate) Vec<ClaimValue>);

impl Read for ClaimValues {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        let Node::Array(items) = node else {
            return Some(Self([ClaimValue::read(node, at, faults)?].into()));
        };
        if items.is_empty() {
            faults.add(at, "no value", "at least one");
        }
        let list = List::<ClaimValue>::read(node, at, faults)?;
        Some(Self(list.into_iter().map(|(_, value)| value).collect()))
    }
}

impl Describe for ClaimValues {
    fn describe() -> Node {
        let value = ClaimValue::describe;
        schema::any_of([value(), schema::list(value())])
    }
}

impl Read for ClaimValue {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        const EXPECTED: &str = "a string, an integer, `true` or `false`";
        match node {
            Node::Bool(value) => Some(Self::Bool(*value)),
            Node::String(_) => {
                let Text(text) = Text::read(node, at, faults)?;
                Some(Self::String(text.into()))
            }
            Node::Number(text) if text.bytes().all(|b| b.is_ascii_digit()) && text.len() <= 18 => {
                text.parse().ok().map(Self::Number)
            }
            other => wrong(other, EXPECTED, at, faults),
        }
    }
}

impl Describe for ClaimValue {
    fn describe() -> Node {
        schema::any_of([Text::describe(), schema::natural(), bool::describe()])
    }
}

/// One item of an array.
#[derive(Debug)]
pub(crate) struct Item(ClaimValue);

impl Read for Item {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        if let Node::Array(_) = node {
            return wrong(
                node,
                "one value; `contains_any` and `contains_all` take several",
                at,
                faults,
            );
        }
        ClaimValue::read(node, at, faults).map(Self)
    }
}

impl Describe for Item {
    fn describe() -> Node {
        ClaimValue::describe()
    }
}

/// A subject, or the beginning of some.
#[derive(Debug)]
pub(crate) struct Subject(pub(crate) ClaimValue);

impl Read for Subject {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        let value = match node {
            Node::Object(_) => {
                let Beginning(start) = SubjectStart::read(node, at, faults)?.starts_with?;
                ClaimValue::StartsWith(start)
            }
            _ => ClaimValue::String(Text::read(node, at, faults)?.0.into()),
        };
        Some(Self(value))
    }
}

impl Describe for Subject {
    fn describe() -> Node {
        schema::any_of([Text::describe(), SubjectStart::describe()])
    }
}

/// The beginning of values. It ends with a separator: `repo:org/name` would also be the beginning
/// of `repo:org/name-of-another`.
#[derive(Debug)]
pub(crate) struct Beginning(pub(crate) Box<str>);
text!(
    Beginning,
    "the beginning of values up to a separator (`:`, `/`, `|`, `@`, `#`, `=`, `,` or `;`), such as `repo:org/name:`, of at most 256 bytes",
    |text: &str| {
        let fault = if text.contains('*') {
            ", in which `*` means nothing but itself"
        } else if text.len() > 256 || text.chars().any(char::is_control) {
            ""
        } else if !text.ends_with([':', '/', '|', '@', '#', '=', ',', ';']) {
            ", with which longer names begin too"
        } else {
            return Ok(Self(text.into()));
        };
        Err(format!("{}{fault}", quote(text)))
    }
);

/// One beginning, or several.
#[derive(Debug)]
pub(crate) struct Beginnings(pub(crate) Vec<ClaimValue>);

impl Read for Beginnings {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        let list = match node {
            Node::Array(items) if !items.is_empty() => List::<Beginning>::read(node, at, faults)?,
            _ => [(0, Beginning::read(node, at, faults)?)].into(),
        };
        let start = |(_, Beginning(start))| ClaimValue::StartsWith(start);
        Some(Self(list.into_iter().map(start).collect()))
    }
}

impl Describe for Beginnings {
    fn describe() -> Node {
        schema::any_of([Beginning::describe(), List::<Beginning>::describe()])
    }
}
