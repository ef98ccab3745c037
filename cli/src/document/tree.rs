//! Values with their places. Order and repeated members are kept, so that the gate can judge them.

use std::ops::Range;

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The value.
    pub value: Value,
    /// Its bytes in the source. A YAML alias has its own place; the values within it have the place
    /// of its anchor.
    pub span: Range<usize>,
}

/// The kinds of JSON values.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as JSON writes it.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Tree>),
    /// An object.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// The bytes of the name.
    pub name_span: Range<usize>,
    /// Its value.
    pub value: Tree,
}

impl Tree {
    /// The first member of an object with this name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// [`Self::get`], to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Self> {
        match &mut self.value {
            Value::Object(members) => {
                let member = members.iter_mut().find(|member| member.name == name);
                member.map(|member| &mut member.value)
            }
            _ => None,
        }
    }

    /// The members of an object, none of anything else.
    pub fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of an array, none of anything else.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a member that is a string.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name)?.text()
    }

    /// The number of levels of arrays and objects.
    pub fn depth(&self) -> usize {
        let items = self.items().iter().chain(self.members().iter().map(|member| &member.value));
        match self.value {
            Value::Array(_) | Value::Object(_) => 1 + items.map(Self::depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// Compact JSON.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    /// JSON for people: short values stay on one line.
    pub fn to_pretty_json(&self) -> String {
        let mut json = String::new();
        self.write_pretty(0, &mut json);
        json
    }

    fn write_pretty(&self, indent: usize, json: &mut String) {
        const WIDTH: usize = 88;
        let short = self.to_json();
        let is_empty = self.items().is_empty() && self.members().is_empty();
        if is_empty || indent > 0 && indent + short.len() < WIDTH {
            return json.push_str(&spaced(self));
        }
        let inner = "  ".repeat(indent / 2 + 1);
        let outer = "  ".repeat(indent / 2);
        let (open, close) = if self.members().is_empty() { ("[", "]") } else { ("{", "}") };
        json.push_str(open);
        for (index, item) in self.items().iter().enumerate() {
            json.push_str(if index > 0 { ",\n" } else { "\n" });
            json.push_str(&inner);
            item.write_pretty(indent + 2, json);
        }
        for (index, member) in self.members().iter().enumerate() {
            json.push_str(if index > 0 { ",\n" } else { "\n" });
            json.push_str(&inner);
            write_string(&member.name, json);
            json.push_str(": ");
            member.value.write_pretty(indent + 2, json);
        }
        json.push('\n');
        json.push_str(&outer);
        json.push_str(close);
    }

    fn write(&self, json: &mut String) {
        match &self.value {
            Value::Null => json.push_str("null"),
            Value::Bool(true) => json.push_str("true"),
            Value::Bool(false) => json.push_str("false"),
            Value::Number(text) => json.push_str(text),
            Value::String(text) => write_string(text, json),
            Value::Array(items) => {
                json.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    item.write(json);
                }
                json.push(']');
            }
            Value::Object(members) => {
                json.push('{');
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    write_string(&member.name, json);
                    json.push(':');
                    member.value.write(json);
                }
                json.push('}');
            }
        }
    }
}

/// JSON on one line, with spaces where people put them.
fn spaced(tree: &Tree) -> String {
    match &tree.value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(spaced).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|member| {
                    let mut text = String::new();
                    write_string(&member.name, &mut text);
                    text + ": " + &spaced(&member.value)
                })
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        _ => tree.to_json(),
    }
}

fn write_string(text: &str, json: &mut String) {
    // Through `Value`, whose display can't fail.
    json.push_str(&serde_json::Value::from(text).to_string());
}
