//! Numbers with suffixes, as the Go parser reads them: through a 64-bit float, truncated, suffixes case-sensitive and
//! without a `B`.

use crate::error::SdlError;

const DECIMAL: [(&str, u64); 6] = [
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000),
];

const BINARY: [(&str, u64); 6] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("Ei", 1 << 60),
];

/// Bytes in one GiB: GPU memory is counted in these.
const GIB: u64 = 1 << 30;

const SIZE: &str = "a size such as 512Mi or 10G (no B, suffix in this case)";
const GPU_RAM: &str = "a size with a binary suffix such as 80Gi";
const CPU: &str = "a number of cores or of thousandths with an m, such as 0.5 or 500m";
const WHOLE: &str = "a whole number";

/// Reads memory or storage sizes.
pub(crate) fn bytes(path: &str, text: &str) -> Result<u64, SdlError> {
    let suffixes = BINARY.iter().chain(&DECIMAL);
    scaled(text, suffixes).ok_or_else(|| unreadable(path, text, SIZE))
}

/// Reads GPU memory in whole GiB, rounded down; decimal suffixes are not known here.
pub(crate) fn gpu_gib(path: &str, text: &str) -> Result<u64, SdlError> {
    scaled(text, BINARY.iter())
        .map(|bytes| bytes / GIB)
        .ok_or_else(|| unreadable(path, text, GPU_RAM))
}

/// Reads thousandths of a core.
pub(crate) fn cpu_millis(path: &str, text: &str) -> Result<u32, SdlError> {
    let millis = match text.strip_suffix('m') {
        Some(digits) => unsigned(digits).and_then(|millis| u32::try_from(millis).ok()),
        None => float(text)
            .and_then(|cores| truncated(cores * 1000.0))
            .and_then(|millis| u32::try_from(millis).ok()),
    };
    millis.ok_or_else(|| unreadable(path, text, CPU))
}

/// Reads a plain count.
pub(crate) fn count(path: &str, text: &str) -> Result<u64, SdlError> {
    unsigned(text).ok_or_else(|| unreadable(path, text, WHOLE))
}

fn unreadable(path: &str, text: &str, expected: &'static str) -> SdlError {
    SdlError::Quantity {
        path: path.to_owned(),
        text: text.to_owned(),
        expected,
    }
}

fn scaled<'a>(text: &str, suffixes: impl Iterator<Item = &'a (&'static str, u64)>) -> Option<u64> {
    for (suffix, unit) in suffixes {
        if let Some(number) = text.strip_suffix(suffix) {
            return truncated(float(number)? * *unit as f64);
        }
    }
    truncated(float(text)?)
}

fn unsigned(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Finite floats only: what Go makes of an infinite size depends on the processor.
fn float(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

fn truncated(value: f64) -> Option<u64> {
    (value >= 0.0 && value < u64::MAX as f64).then_some(value as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_need_the_exact_suffix() {
        for (text, expected) in [
            ("1", 1),
            ("512Mi", 512 << 20),
            ("1.5Gi", 3 << 29),
            ("10G", 10_000_000_000),
            ("2k", 2000),
            ("1E", 1_000_000_000_000_000_000),
            ("1e3", 1000),
        ] {
            assert_eq!(bytes("p", text), Ok(expected), "{text}");
        }
        for text in ["10GB", "512mi", "1ti", "-1", "", "Gi", "128Mb"] {
            assert_eq!(
                bytes("p", text),
                Err(SdlError::Quantity {
                    path: "p".into(),
                    text: text.into(),
                    expected: SIZE
                })
            );
        }
    }

    #[test]
    fn gpu_memory_is_whole_gib_rounded_down() {
        assert_eq!(gpu_gib("p", "80Gi"), Ok(80));
        assert_eq!(gpu_gib("p", "512Mi"), Ok(0));
        assert_eq!(gpu_gib("p", "1.9Gi"), Ok(1));
        assert!(gpu_gib("p", "80G").is_err());
    }

    #[test]
    fn cpu_is_truncated_to_thousandths() {
        assert_eq!(cpu_millis("p", "250m"), Ok(250));
        assert_eq!(cpu_millis("p", "0.01"), Ok(10));
        assert_eq!(cpu_millis("p", "1.9999"), Ok(1999));
        for text in ["-1", "1.5m", "+5m", "x", "", "4294968"] {
            assert!(cpu_millis("p", text).is_err(), "{text}");
        }
    }
}
