//! Numbers of any length, compared exactly and without floating point.

use std::cmp::Ordering;

/// A number that is not negative: digits, optionally a point and more digits, without superfluous zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    whole: String,
    fraction: String,
}

impl Decimal {
    /// Reads `12` or `12.50`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        (!whole.is_empty() && all_digits(whole) && all_digits(fraction)).then(|| Self {
            whole: whole.trim_start_matches('0').to_owned(),
            fraction: fraction.trim_end_matches('0').to_owned(),
        })
    }

    /// The number, when it is whole and fits.
    pub(crate) fn to_u64(&self) -> Option<u64> {
        match (self.whole.as_str(), self.fraction.as_str()) {
            ("", "") => Some(0),
            (whole, "") => whole.parse().ok(),
            _ => None,
        }
    }

    /// The first number inside `text`, as in `10uakt`.
    pub(crate) fn find(text: &str) -> Option<Self> {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let rest = &text[start..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        Self::parse(rest[..end].trim_end_matches('.'))
    }
}

impl From<u64> for Decimal {
    fn from(value: u64) -> Self {
        let whole = if value == 0 { String::new() } else { value.to_string() };
        Self {
            whole,
            fraction: String::new(),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let whole = self
            .whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(&other.whole));
        whole.then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_by_value_and_not_by_text() {
        let ascending = [
            "0",
            "0.05",
            "0.5",
            "1",
            "9.99",
            "10",
            "340282366920938463463374607431768211456",
        ];
        for pair in ascending.windows(2) {
            assert!(
                Decimal::parse(pair[0]).unwrap() < Decimal::parse(pair[1]).unwrap(),
                "{pair:?}"
            );
        }
        assert_eq!(Decimal::parse("007.50"), Decimal::parse("7.5"));
        assert_eq!(Decimal::parse("0"), Some(Decimal::from(0)));
    }

    #[test]
    fn the_first_number_of_a_text_is_found() {
        assert_eq!(Decimal::find("10uakt,20uact"), Decimal::parse("10"));
        assert_eq!(Decimal::find("uakt"), None);
        assert_eq!(Decimal::find("1.2.3"), None);
    }
}
