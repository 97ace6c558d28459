//! JSON as Go writes it: no white space, keys sorted by bytes, `< > &` and two line separators escaped, numbers as the
//! shortest text of a 64-bit float. Text only: nothing is computed with floats.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::de::IgnoredAny;

/// Deepest nesting of a contract's message in this form.
const MAX_DEPTH: usize = 100;

/// A string with its quotes.
pub(in crate::tx) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// An object of values that are JSON already.
pub(super) fn object<K: AsRef<str>>(fields: &BTreeMap<K, String>) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(key, value)| format!("{}:{value}", quote(key.as_ref())))
        .collect();
    format!("{{{}}}", fields.join(","))
}

/// Brings any JSON into this form; of equal keys the last counts.
pub(super) fn canonicalize(json: &[u8]) -> Result<String, String> {
    serde_json::from_slice::<IgnoredAny>(json).map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(json).map_err(|error| error.to_string())?;
    let mut reader = Reader { text, position: 0 };
    reader.value(0)
}

/// Walks over JSON that was found valid.
struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.position..];
        self.position += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.position).copied()
    }

    /// The next byte that is no white space.
    fn take(&mut self) -> Result<u8, String> {
        let byte = self.peek().ok_or("JSON ends too early")?;
        self.position += 1;
        Ok(byte)
    }

    fn value(&mut self, depth: usize) -> Result<String, String> {
        if depth > MAX_DEPTH {
            return Err(format!("JSON is nested deeper than {MAX_DEPTH}"));
        }
        match self.peek().ok_or("JSON ends too early")? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => Ok(quote(&self.string()?)),
            b't' | b'f' | b'n' => Ok(self.token().to_owned()),
            _ => number(self.token()),
        }
    }

    fn object(&mut self, depth: usize) -> Result<String, String> {
        let mut fields = BTreeMap::new();
        self.take()?;
        while self.peek() != Some(b'}') {
            let key = self.string()?;
            self.take()?;
            fields.insert(key, self.value(depth + 1)?);
            if self.peek() == Some(b',') {
                self.take()?;
            }
        }
        self.take()?;
        Ok(object(&fields))
    }

    fn array(&mut self, depth: usize) -> Result<String, String> {
        let mut elements = Vec::new();
        self.take()?;
        while self.peek() != Some(b']') {
            elements.push(self.value(depth + 1)?);
            if self.peek() == Some(b',') {
                self.take()?;
            }
        }
        self.take()?;
        Ok(format!("[{}]", elements.join(",")))
    }

    fn string(&mut self) -> Result<String, String> {
        self.peek();
        let rest = &self.text[self.position..];
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        let raw = &rest[..end.ok_or("JSON string does not end")? + 2];
        self.position += raw.len();
        serde_json::from_str(raw).map_err(|error| error.to_string())
    }

    /// A word or a number.
    fn token(&mut self) -> &str {
        let rest = &self.text[self.position..];
        let len = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
            .count();
        self.position += len;
        &rest[..len]
    }
}

/// The shortest decimal that reads back as the same 64-bit float; with an exponent below 10^-6 and from 10^21 on.
fn number(token: &str) -> Result<String, String> {
    let refused = || format!("number {token:?} does not fit a 64-bit float");
    let float: f64 = token.parse().map_err(|_| refused())?;
    if !float.is_finite() {
        return Err(refused());
    }
    // Such as `-1.25e-7`: all digits that are needed and no more.
    let scientific = format!("{float:e}");
    let (mantissa, exponent) = scientific.split_once('e').ok_or_else(refused)?;
    let exponent: i32 = exponent.parse().map_err(|_| refused())?;
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    if !(-6..21).contains(&exponent) {
        let plus = if exponent > 0 { "+" } else { "" };
        return Ok(format!("{sign}{mantissa}e{plus}{exponent}"));
    }
    let digits = mantissa.replace('.', "");
    let text = match usize::try_from(exponent) {
        Ok(whole) if digits.len() <= whole + 1 => format!("{digits:0<width$}", width = whole + 1),
        Ok(whole) => format!("{}.{}", &digits[..=whole], &digits[whole + 1..]),
        Err(_) => {
            let zeros = exponent.unsigned_abs() as usize - 1;
            format!("0.{}{digits}", "0".repeat(zeros))
        }
    };
    Ok(format!("{sign}{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_go_escapes_them() {
        assert_eq!(
            quote("a<b>&\"\\/\u{2028}\u{1}\u{7f}ü\n"),
            "\"a\\u003cb\\u003e\\u0026\\\"\\\\/\\u2028\\u0001\u{7f}ü\\n\""
        );
    }

    #[test]
    fn keys_are_sorted_and_white_space_goes() {
        let json = br#" { "b" : [ 1 , {"z":null,"a":true} , [ ] ] , "a\u0022" : "x y" , "B" : { } , "b" : false } "#;
        assert_eq!(canonicalize(json).unwrap(), r#"{"B":{},"a\"":"x y","b":false}"#);
        assert_eq!(
            canonicalize(br#"[ 1 , {"z":null,"a":true} , [ ] ]"#).unwrap(),
            r#"[1,{"a":true,"z":null},[]]"#
        );
        assert!(canonicalize(b"{\"a\":}").is_err());
        assert!(canonicalize(b"1 2").is_err());
    }

    #[test]
    fn numbers_go_through_a_float() {
        for (written, read) in [
            ("1", "1"),
            ("1.0", "1"),
            ("-0", "-0"),
            ("100", "100"),
            ("1e3", "1000"),
            ("9007199254740993", "9007199254740992"),
            ("123456789012345678901", "123456789012345680000"),
            ("1e21", "1e+21"),
            ("1.5e22", "1.5e+22"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1e-7"),
            ("12.50", "12.5"),
        ] {
            assert_eq!(canonicalize(written.as_bytes()).unwrap(), read);
        }
        assert!(canonicalize(b"1e400").is_err());
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |depth: usize| [b"[".repeat(depth), b"]".repeat(depth)].concat();
        assert!(canonicalize(&nested(MAX_DEPTH + 1)).is_ok());
        assert!(canonicalize(&nested(MAX_DEPTH + 2)).unwrap_err().contains("deeper"));
    }
}
