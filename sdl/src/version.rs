//! The file's `version`: read as tolerantly as the Go semver reader does.
//!
//! Exactly 2.0.0 selects the rules of 2.0; anything from 2.1.0 up selects those of 2.1.

use crate::error::SdlError;

/// Which set of rules a file follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// One resource unit per service.
    V20,
    /// Services with one compute profile in one placement share a unit.
    V21,
}

/// Picks the rules for a version text.
pub(crate) fn rules_of(text: &str) -> Result<Rules, SdlError> {
    let unsupported = || SdlError::UnsupportedVersion { found: text.to_owned() };
    let (triple, prerelease) = split(text).ok_or_else(unsupported)?;
    match triple {
        (2, 0, 0) if !prerelease => Ok(Rules::V20),
        // A pre-release sorts before its release.
        (2, 1, 0) if prerelease => Err(unsupported()),
        found if found >= (2, 1, 0) => Ok(Rules::V21),
        _ => Err(unsupported()),
    }
}

/// Major, minor, patch, and whether a pre-release tag follows. Missing parts are 0.
fn split(text: &str) -> Option<((u64, u64, u64), bool)> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut parts = text.splitn(3, '.');
    let major = number(parts.next()?)?;
    let minor = parts.next().map_or(Some(0), number)?;
    let Some(patch) = parts.next() else {
        return Some(((major, minor, 0), false));
    };
    let release = patch.split('+').next().unwrap_or_default();
    match release.split_once('-') {
        Some((patch, tag)) => (!tag.is_empty()).then_some(((major, minor, number(patch)?), true)),
        None => Some(((major, minor, number(release)?), false)),
    }
}

fn number(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_zero_is_exact_and_everything_from_two_one_up_is_newer() {
        for text in ["2.0", "2", "v2.0.0", " 2.00 ", "2.0.0+build"] {
            assert_eq!(rules_of(text), Ok(Rules::V20), "{text}");
        }
        for text in ["2.1", "2.2", "3", "3.0", "2.1.1-rc1"] {
            assert_eq!(rules_of(text), Ok(Rules::V21), "{text}");
        }
        for text in ["1.0", "2.0.1", "2.0.0-rc1", "2.1.0-rc1", "", "two", "2.x"] {
            assert_eq!(
                rules_of(text),
                Err(SdlError::UnsupportedVersion { found: text.into() }),
                "{text}"
            );
        }
    }
}
