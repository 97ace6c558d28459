//! A cursor over bytes that cannot read past their end.

use crate::error::ParseError;

pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0 }
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn take(&mut self, what: &'static str, len: usize) -> Result<&'a [u8], ParseError> {
        let Some((taken, rest)) = self.rest.split_at_checked(len) else {
            return Err(self.truncated(what, len));
        };
        self.advance(rest, len);
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<&'a [u8; N], ParseError> {
        let Some((taken, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.truncated(what, N));
        };
        self.advance(rest, N);
        Ok(taken)
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, ParseError> {
        self.array::<1>(what).map(|[byte]| *byte)
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, ParseError> {
        self.array(what).map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, ParseError> {
        self.array(what).map(|bytes| u32::from_be_bytes(*bytes))
    }

    pub(crate) fn i32(&mut self, what: &'static str) -> Result<i32, ParseError> {
        self.array(what).map(|bytes| i32::from_be_bytes(*bytes))
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, ParseError> {
        self.array(what).map(|bytes| u64::from_be_bytes(*bytes))
    }

    pub(crate) fn i64(&mut self, what: &'static str) -> Result<i64, ParseError> {
        self.array(what).map(|bytes| i64::from_be_bytes(*bytes))
    }

    /// Reads a byte that has only one legal value.
    pub(crate) fn fixed(&mut self, what: &'static str, expected: u8) -> Result<(), ParseError> {
        let offset = self.offset;
        match self.u8(what)? {
            found if found == expected => Ok(()),
            found => Err(ParseError::Unexpected {
                what,
                offset,
                found: found.into(),
            }),
        }
    }

    /// Reads four letters that have only one legal value.
    pub(crate) fn magic(&mut self, what: &'static str, expected: &[u8; 4]) -> Result<(), ParseError> {
        let offset = self.offset;
        match self.array::<4>(what)? {
            found if found == expected => Ok(()),
            found => Err(ParseError::Unexpected {
                what,
                offset,
                found: u32::from_be_bytes(*found).into(),
            }),
        }
    }

    /// Reads a one-byte count.
    pub(crate) fn count(&mut self, what: &'static str, limit: usize) -> Result<usize, ParseError> {
        let offset = self.offset;
        let found = usize::from(self.u8(what)?);
        if found > limit {
            return Err(ParseError::TooMany {
                what,
                offset,
                found,
                limit,
            });
        }
        Ok(found)
    }

    /// Refuses bytes that nobody has read.
    pub(crate) fn finish(self) -> Result<(), ParseError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(ParseError::Trailing {
            offset: self.offset,
            extra: self.rest.len(),
        })
    }

    fn truncated(&self, what: &'static str, needed: usize) -> ParseError {
        ParseError::Truncated {
            what,
            offset: self.offset,
            needed,
            available: self.rest.len(),
        }
    }

    fn advance(&mut self, rest: &'a [u8], len: usize) {
        self.rest = rest;
        self.offset = self.offset.saturating_add(len);
    }
}
