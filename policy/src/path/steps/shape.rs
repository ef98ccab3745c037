//! The parts of a path that some step would change, found in one pass.

use super::is_separator;

/// The parts of a path that some step would change, found in one pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::path) struct Shape(u16);

impl Shape {
    /// A tab or line break.
    pub(in crate::path) const BREAK: Self = Self(1);
    pub(in crate::path) const BACKSLASH: Self = Self(1 << 1);
    pub(in crate::path) const SEMICOLON: Self = Self(1 << 2);
    /// Two slashes after each other.
    pub(in crate::path) const EMPTY: Self = Self(1 << 3);
    /// A segment that begins with a dot.
    pub(in crate::path) const DOT: Self = Self(1 << 4);
    pub(in crate::path) const PERCENT: Self = Self(1 << 5);
    pub(in crate::path) const CONTROL: Self = Self(1 << 6);
    /// A byte that is not ASCII.
    pub(in crate::path) const HIGH: Self = Self(1 << 7);
    /// A character at which some origin cuts.
    pub(in crate::path) const DELIMITER: Self = Self(1 << 8);
    /// A possible beginning of an absolute form.
    pub(in crate::path) const ABSOLUTE: Self = Self(1 << 9);
    pub(in crate::path) const SPACE: Self = Self(1 << 10);

    pub(in crate::path) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The shape of one byte.
    const fn of_byte(byte: u8) -> Self {
        match byte {
            b'\t' | b'\n' | b'\r' => Self::BREAK.with(Self::CONTROL),
            0 => Self::DELIMITER.with(Self::CONTROL),
            1..0x20 | 0x7F => Self::CONTROL,
            b'\\' => Self::BACKSLASH,
            b';' => Self::SEMICOLON.with(Self::DELIMITER),
            b' ' => Self::SPACE,
            b'%' => Self::PERCENT,
            b'?' | b'#' => Self::DELIMITER,
            b':' => Self::ABSOLUTE,
            0x80.. => Self::HIGH,
            _ => Self(0),
        }
    }

    pub(in crate::path) fn of(path: &[u8]) -> Self {
        let mut shape = Self(0);
        // A path without a slash before it begins with a segment too.
        let mut last = b'/';
        for (index, &byte) in path.iter().enumerate() {
            shape = shape.with(Self::of_byte(byte));
            if last == b'/' && index > 0 && byte == b'/' {
                shape = shape.with(Self::EMPTY);
            }
            if last == b'/' && byte == b'.' {
                shape = shape.with(Self::DOT);
            }
            last = byte;
        }
        if path.iter().take_while(|byte| is_separator(**byte)).count() >= 2 {
            shape = shape.with(Self::ABSOLUTE);
        }
        shape
    }
}
