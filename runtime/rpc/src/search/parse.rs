//! Reads the query language.

use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, macros::format_description};

use super::decimal::Decimal;
use super::{Condition, Operand, Operation, QueryError};

/// Makes an operation of its right side.
type Build = fn(Operand) -> Operation;

/// All conditions of a query.
pub(super) fn conditions(text: &str) -> Result<Vec<Condition>, QueryError> {
    let mut cursor = Cursor { rest: text, text };
    cursor.skip_spaces();
    if cursor.rest.is_empty() {
        return Err(QueryError::Empty);
    }
    let mut conditions = vec![cursor.condition()?];
    loop {
        cursor.skip_spaces();
        if cursor.rest.is_empty() {
            return Ok(conditions);
        }
        if cursor.word() != "AND" {
            return Err(cursor.unexpected("AND"));
        }
        cursor.take_word();
        conditions.push(cursor.condition()?);
    }
}

struct Cursor<'a> {
    rest: &'a str,
    text: &'a str,
}

impl<'a> Cursor<'a> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn unexpected(&self, expected: &'static str) -> QueryError {
        let consumed = &self.text[..self.text.len() - self.rest.len()];
        QueryError::Syntax {
            at: consumed.chars().count(),
            expected,
        }
    }

    /// Characters up to a space, a quote or an operator.
    fn word(&self) -> &'a str {
        let end = self
            .rest
            .find(|c: char| c.is_whitespace() || "'<>=".contains(c))
            .unwrap_or(self.rest.len());
        &self.rest[..end]
    }

    fn take_word(&mut self) -> &'a str {
        let word = self.word();
        self.rest = &self.rest[word.len()..];
        word
    }

    fn condition(&mut self) -> Result<Condition, QueryError> {
        self.skip_spaces();
        if self.word().is_empty() {
            return Err(self.unexpected("a key such as transfer.recipient"));
        }
        let key = self.take_word().to_owned();
        self.skip_spaces();
        Ok(Condition {
            key,
            operation: self.operation()?,
        })
    }

    fn operation(&mut self) -> Result<Operation, QueryError> {
        match self.word() {
            "EXISTS" => {
                self.take_word();
                return Ok(Operation::Exists);
            }
            "CONTAINS" => {
                self.take_word();
                self.skip_spaces();
                return self.quoted().map(Operation::Contains);
            }
            _ => {}
        }
        // Longer operators first: `<=` begins with `<`.
        let operators: [(&str, Build); 5] = [
            ("<=", Operation::LessOrEqual),
            (">=", Operation::GreaterOrEqual),
            ("<", Operation::Less),
            (">", Operation::Greater),
            ("=", Operation::Equal),
        ];
        for (symbol, build) in operators {
            if let Some(rest) = self.rest.strip_prefix(symbol) {
                self.rest = rest;
                self.skip_spaces();
                return self.operand().map(build);
            }
        }
        Err(self.unexpected("=, <, <=, >, >=, CONTAINS or EXISTS"))
    }

    fn operand(&mut self) -> Result<Operand, QueryError> {
        if self.rest.starts_with('\'') {
            return self.quoted().map(Operand::Text);
        }
        match self.word() {
            "TIME" => self.time(parse_time, "a time such as 2026-05-03T14:45:00Z"),
            "DATE" => self.time(parse_date, "a date such as 2026-05-03"),
            word => {
                let number = Decimal::parse(word).ok_or_else(|| self.unexpected("a number or 'text'"))?;
                self.take_word();
                Ok(Operand::Number(number))
            }
        }
    }

    fn time(&mut self, parse: fn(&str) -> Option<i128>, expected: &'static str) -> Result<Operand, QueryError> {
        self.take_word();
        self.skip_spaces();
        let nanos = parse(self.word()).ok_or_else(|| self.unexpected(expected))?;
        self.take_word();
        Ok(Operand::Time(nanos))
    }

    fn quoted(&mut self) -> Result<String, QueryError> {
        let inner = self.rest.strip_prefix('\'').ok_or_else(|| self.unexpected("'text'"))?;
        let end = inner.find('\'').ok_or_else(|| self.unexpected("a closing quote"))?;
        self.rest = &inner[end + 1..];
        Ok(inner[..end].to_owned())
    }
}

/// Nanoseconds since 1970 of an RFC 3339 time.
pub(super) fn parse_time(text: &str) -> Option<i128> {
    OffsetDateTime::parse(text, &Rfc3339)
        .ok()
        .map(OffsetDateTime::unix_timestamp_nanos)
}

/// Nanoseconds since 1970 of the start of a day.
pub(super) fn parse_date(text: &str) -> Option<i128> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp_nanos())
}
