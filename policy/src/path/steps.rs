//! The steps that origins take between a target and the path they route by.
//!
//! Some origin, proxy or framework was seen to take each of these steps. A step that changes
//! nothing returns `None`, so that the search over all orders of steps ends where nothing new comes
//! up.

mod bytes;
mod cutting;
mod decoding;
mod segments;
mod shape;

pub(super) use bytes::{backslashes, controls, drop_line_breaks, overlong, valid_only};
pub(super) use cutting::{after_authority, cuts, first_word, requests, rooted};
pub(super) use decoding::{
    decode, decode_but_slashes, decode_by_two, decode_dropping, decode_wide, finished,
};
pub(super) use segments::{dots, encoded_dots, merge, parameters};
pub(super) use shape::Shape;

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}
