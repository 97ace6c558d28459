//! Parts of a vote: decimals between 0 and 1 that sum to exactly 1.

use supercloud_proto::cosmos::gov::v1::{VoteOption, WeightedVoteOption};

use crate::config::{PRICE_DECIMALS, parse_price};
use crate::gov::GovError;

/// A whole vote, in units of 10^-18.
pub(super) const WHOLE: u128 = 10u128.pow(PRICE_DECIMALS);

/// Parts in units of 10^-18, each above 0, each option once, together [`WHOLE`].
pub(super) fn parse_parts(options: &[WeightedVoteOption]) -> Result<Vec<(VoteOption, u128)>, GovError> {
    let invalid = |reason: String| GovError::InvalidWeights { reason };
    let mut parts: Vec<(VoteOption, u128)> = Vec::new();
    for WeightedVoteOption { option, weight } in options {
        let known = VoteOption::try_from(*option)
            .ok()
            .filter(|known| *known != VoteOption::Unspecified);
        let known = known.ok_or(GovError::InvalidVote { option: *option })?;
        let part = parse_price(weight)
            .filter(|part| (1..=WHOLE).contains(part))
            .ok_or_else(|| invalid(format!("weight {weight:?} is not a decimal above 0 and up to 1")))?;
        if parts.iter().any(|(option, _)| *option == known) {
            return Err(invalid(format!("duplicated vote option {}", known.as_str_name())));
        }
        parts.push((known, part));
    }
    let total: u128 = parts.iter().map(|(_, part)| part).sum();
    if total != WHOLE {
        return Err(invalid(format!("the weights sum to {}, not to 1", to_decimal(total))));
    }
    Ok(parts)
}

/// A weight as v1beta1 has it: an integer of 18 digits behind the point.
pub(super) fn from_wire(weight: &str) -> Result<u128, GovError> {
    let part = weight.parse::<u128>().ok().filter(|part| *part <= WHOLE);
    part.filter(|_| weight.bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or_else(|| GovError::InvalidWeights {
            reason: format!("weight {weight:?} is not an integer up to {WHOLE}"),
        })
}

/// The 18-digit decimal that clients parse.
pub(super) fn to_decimal(part: u128) -> String {
    format!(
        "{}.{:0width$}",
        part / WHOLE,
        part % WHOLE,
        width = PRICE_DECIMALS as usize
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(options: &[(VoteOption, &str)]) -> Result<Vec<(VoteOption, u128)>, GovError> {
        let option = |(option, weight): &(VoteOption, &str)| WeightedVoteOption {
            option: (*option).into(),
            weight: (*weight).to_owned(),
        };
        parse_parts(&options.iter().map(option).collect::<Vec<_>>())
    }

    #[test]
    fn weights_are_parts_of_one_whole() {
        use VoteOption::{No, Unspecified, Yes};
        let parts = parse(&[(Yes, "0.7"), (No, "0.300000000000000000")]).unwrap();
        assert_eq!(parts, [(Yes, WHOLE / 10 * 7), (No, WHOLE / 10 * 3)]);
        assert_eq!(parse(&[(Yes, "1")]).unwrap(), [(Yes, WHOLE)]);
        for refused in [
            &[(Yes, "0.7"), (No, "0.299999999999999999")][..],
            &[(Yes, "0.7"), (No, "0.300000000000000001")],
            &[(Yes, "0.5"), (Yes, "0.5")],
            &[(Yes, "1"), (No, "0")],
            &[(Yes, "1.1")],
            &[(Yes, "-1")],
            &[(Unspecified, "1")],
            &[],
        ] {
            assert_eq!(parse(refused).unwrap_err().code(), 7, "{refused:?}");
        }
        assert_eq!(to_decimal(WHOLE / 10 * 7), "0.700000000000000000");
    }
}
