//! Macros for the types of the document: from one table come the type, its reader and its schema.

/// The name of a member: the one that it is given, or that of its field.
macro_rules! member_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// A struct of the document: each member with its description, its type, and `required` or
/// `optional`, and with `as` if its name is no identifier. The schema and `docs/policy.md` use the description; a default comes last, as
/// `Default: …`.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident {
        $($(#[doc = $field_doc:literal])* $need:ident $field:ident $(as $given:literal)?: $type:ty,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(crate) struct $name {
            $($(#[doc = $field_doc])* pub(crate) $field: Option<$type>,)+
        }

        impl Read for $name {
            fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
                let mut members = Members::new(node, at, faults)?;
                let read = Self {
                    $($field: members.$need($crate::form::kinds::member_name!($field $($given)?), faults),)+
                };
                members.finish(faults);
                Some(read)
            }
        }

        impl crate::form::schema::Describe for $name {
            fn describe() -> Node {
                crate::form::schema::object(&[
                    $(crate::form::schema::Member {
                        name: $crate::form::kinds::member_name!($field $($given)?),
                        required: stringify!($need) == "required",
                        doc: &[$($field_doc),*],
                        describe: <$type>::describe,
                    }),+
                ])
            }
        }
    };
}

/// A text that must be one of a few words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ty { $($word:literal => $value:expr,)+ }) => {
        $(#[$doc])*
        impl Read for $name {
            fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
                let expected = [$(concat!("`", $word, "`")),+].join(", ");
                let expected = format!("one of {expected}");
                let text = match node {
                    Node::String(text) => text,
                    other => return wrong(other, &expected, at, faults),
                };
                match text.as_str() {
                    $($word => Some($value),)+
                    other => {
                        faults.add(at, quote(other), expected);
                        None
                    }
                }
            }
        }

        impl crate::form::schema::Describe for $name {
            fn describe() -> Node {
                crate::form::schema::words(&[$($word),+])
            }
        }
    };
}

/// A text that is read into a stricter type.
macro_rules! text {
    ($name:ty, $expected:literal, $parse:expr) => {
        impl Read for $name {
            fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
                let Node::String(text) = node else { return wrong(node, $expected, at, faults) };
                let read: Result<Self, String> = $parse(text);
                read.map_err(|found| faults.add(at, found, $expected)).ok()
            }
        }

        impl crate::form::schema::Describe for $name {
            fn describe() -> Node {
                crate::form::schema::text($expected)
            }
        }
    };
}

pub(crate) use {member_name, object, text, words};
