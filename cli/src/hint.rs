//! What to do about an error of the chain.

use anyhow::Error;
use supercloud_client::ClientError;

/// Adds what to do, where it is known.
pub(crate) fn explain(error: Error) -> Error {
    let hint = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<ClientError>())
        .and_then(hint_for);
    match hint {
        Some(hint) => anyhow::anyhow!("{error:#}\n  {hint}"),
        None => error,
    }
}

fn hint_for(error: &ClientError) -> Option<&'static str> {
    match error {
        ClientError::Transport { .. } => Some("is the node running, and is --node right?"),
        ClientError::UnknownAccount { .. } => Some("an account exists once it has received coins: send it some first"),
        ClientError::NotIncluded { .. } | ClientError::Uncertain { .. } => {
            Some("look for it with `supercloud query tx HASH` before sending again: it may still come")
        }
        error => {
            let (code, codespace) = error.code()?;
            hint_for_code(codespace, code).or_else(|| error.log().and_then(hint_for_log))
        }
    }
}

/// What to do about a result code.
pub(crate) fn hint_for_code(codespace: &str, code: u32) -> Option<&'static str> {
    match (codespace, code) {
        ("sdk", 4) => Some("the signature or the authority does not fit: check --from and --chain-id"),
        ("sdk", 5) => Some("the account has too few coins: see `supercloud query bank balances ADDRESS`"),
        ("sdk", 9) => Some("an account exists once it has received coins: send it some first"),
        ("sdk", 11) => Some("it needs more gas: raise --gas-adjustment, or --gas"),
        ("sdk", 13) => {
            Some("the fee is too low: see `supercloud query node config`, or leave --gas-prices and --fees out")
        }
        ("sdk", 20) => Some("the node has too many transactions waiting: try again later"),
        ("sdk", 32) => Some("another transaction of the account came in between: send it again"),
        _ => None,
    }
}

/// A failed simulation hides the code; its text has what is needed.
fn hint_for_log(log: &str) -> Option<&'static str> {
    let known = [
        ("insufficient funds", 5),
        ("unauthorized", 4),
        ("out of gas", 11),
        ("account sequence mismatch", 32),
    ];
    let (_, code) = known.iter().find(|(words, _)| log.contains(words))?;
    hint_for_code("sdk", *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do() {
        let error = ClientError::Refused {
            hash: String::new(),
            code: 13,
            codespace: "sdk".into(),
            log: "insufficient fees".into(),
        };
        let text = explain(error.into()).to_string();
        assert!(
            text.contains("insufficient fees") && text.contains("--gas-prices"),
            "{text}"
        );
    }

    #[test]
    fn a_failed_simulation_is_read_by_its_text() {
        let error = ClientError::Query {
            path: "p".into(),
            code: 6,
            codespace: "sdk".into(),
            log: "spendable balance 5u is smaller than 9u: insufficient funds".into(),
        };
        assert!(explain(error.into()).to_string().contains("query bank balances"));
    }
}
