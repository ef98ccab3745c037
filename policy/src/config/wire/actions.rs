//! The public ones among the handlers that a header names.

use crate::form::Faults;
use crate::form::kinds::text;
use crate::form::node::Node;
use crate::form::read::{List, Read, quote, wrong};
use crate::form::schema::{self, Describe};
use alloc::string::String;

/// The value of `origin.actions`.
#[derive(Debug)]
pub(crate) enum Actions {
    None,
    All,
    These(List<ActionId>),
}

impl Read for Actions {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        const EXPECTED: &str = "`none`, `all`, or an array of the ids of public actions";
        match node {
            Node::String(text) if text == "none" => Some(Self::None),
            Node::String(text) if text == "all" => Some(Self::All),
            Node::String(text) => {
                faults.add(at, quote(text), EXPECTED);
                None
            }
            Node::Array(_) => List::read(node, at, faults).map(Self::These),
            other => wrong(other, EXPECTED, at, faults),
        }
    }
}

impl Describe for Actions {
    fn describe() -> Node {
        schema::any_of([schema::words(&["none", "all"]), List::<ActionId>::describe()])
    }
}

/// The id of an action, as its header has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ActionId(pub(crate) String);
text!(
    ActionId,
    "the id of an action: 1 to 256 visible ascii characters without commas",
    |text: &str| {
        let good = (1..=256).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
        if good { Ok(Self(text.into())) } else { Err(quote(text)) }
    }
);
