//! Coins as people type them: `5uakt`, or several as `5uakt,7uact`.

use supercloud_client::{Coin, Uint256};

/// Reads a comma-separated list, sorted by denom as the chain wants it; empty text is no coins.
pub(crate) fn parse_coins(text: &str) -> Result<Vec<Coin>, String> {
    let mut coins = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        coins.push(parse_coin(part)?);
    }
    coins.sort_by(|left: &Coin, right| left.denom.cmp(&right.denom));
    match coins.windows(2).find(|pair| pair[0].denom == pair[1].denom) {
        Some(pair) => Err(format!("{} is there twice in {text:?}", pair[0].denom)),
        None => Ok(coins),
    }
}

/// Reads one coin.
pub(crate) fn parse_coin(text: &str) -> Result<Coin, String> {
    let refuse = || format!("{text:?} is no coin: expected a whole number and a denom, such as 1000000uakt");
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(refuse)?;
    let (amount, denom) = text.split_at(split);
    let amount: Uint256 = amount.parse().map_err(|_| refuse())?;
    let fits = denom.len() >= 3
        && denom.len() <= 128
        && denom.starts_with(|c: char| c.is_ascii_alphabetic())
        && denom.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-".contains(c));
    if !fits {
        return Err(refuse());
    }
    Ok(Coin {
        denom: denom.to_owned(),
        amount,
    })
}

/// Coins as they are typed.
pub(crate) fn show(coins: &[Coin]) -> String {
    let texts: Vec<String> = coins
        .iter()
        .map(|coin| format!("{}{}", coin.amount, coin.denom))
        .collect();
    texts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coins_are_read_in_any_order_and_shown_sorted() {
        assert_eq!(show(&parse_coins("7uakt, 5uact").unwrap()), "5uact,7uakt");
        assert_eq!(parse_coins("").unwrap(), []);
        assert_eq!(
            show(&parse_coins("1factory/akash1abc/x").unwrap()),
            "1factory/akash1abc/x"
        );
    }

    #[test]
    fn texts_that_are_no_coins_are_refused() {
        for text in [
            "uakt",
            "5",
            "5.5uakt",
            "-5uakt",
            "5ua",
            "5 uakt",
            "5uakt,5uakt",
            "5!akt",
        ] {
            assert!(parse_coins(text).unwrap_err().contains(text), "{text}");
        }
    }
}
