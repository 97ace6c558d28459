//! Durations as Go writes them: numbers with units, one after the other, such as `1h30m`.

use std::time::Duration;

const UNITS: [(&str, f64); 8] = [
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("μs", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
];

/// Longest duration in seconds that Go can hold (2^63 ns).
const MAX_SECONDS: f64 = 9_223_372_036.0;

/// Reads a duration above zero.
pub(super) fn positive(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut seconds = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        let scale = UNITS.iter().find(|(name, _)| *name == unit)?.1;
        seconds += number.parse::<f64>().ok()? * scale;
        rest = next;
    }
    (seconds > 0.0 && seconds < MAX_SECONDS).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_durations_with_units_are_read() {
        assert_eq!(positive("24h"), Some(Duration::from_secs(86_400)));
        assert_eq!(positive("1h30m"), Some(Duration::from_secs(5_400)));
        assert_eq!(positive("1.5s"), Some(Duration::from_millis(1_500)));
        for text in ["", "0s", "-1h", "abc", "1", "1x", "h", "1h30", "."] {
            assert_eq!(positive(text), None, "{text}");
        }
    }
}
