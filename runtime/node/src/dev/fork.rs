//! A development chain that begins with the state of another one.

use supercloud_chain::{Genesis, GenesisBalance, GenesisCoin, GenesisError, GenesisVoter};

/// What a fork changes; all else stays as it was exported.
#[derive(Clone, Debug)]
pub struct Fork<'a> {
    /// Accounts that get coins on top of what they have.
    pub accounts: &'a [String],
    /// How much each of them gets: `(amount, denom)`.
    pub funds: (u128, &'a str),
    /// Another name of the chain; its own when absent.
    pub chain_id: Option<&'a str>,
}

impl Fork<'_> {
    /// The exported genesis with funded accounts, the first of which is the council. Addresses are checked when the chain
    /// starts.
    ///
    /// # Errors
    ///
    /// When an amount would be above the most that there can be.
    pub fn apply(&self, mut genesis: Genesis) -> Result<Genesis, GenesisError> {
        let (amount, denom) = self.funds;
        for address in self.accounts {
            fund(&mut genesis, address, amount, denom)?;
        }
        if let Some(address) = self.accounts.first() {
            genesis.gov.voters = vec![GenesisVoter {
                address: address.clone(),
                weight: 1,
            }];
        }
        if let Some(chain_id) = self.chain_id {
            chain_id.clone_into(&mut genesis.chain_id);
        }
        Ok(genesis)
    }
}

fn fund(genesis: &mut Genesis, address: &str, amount: u128, denom: &str) -> Result<(), GenesisError> {
    let coins = match genesis.balances.iter_mut().find(|balance| balance.address == address) {
        Some(balance) => &mut balance.coins,
        None => {
            genesis.balances.push(GenesisBalance {
                address: address.to_owned(),
                coins: Vec::new(),
            });
            // Just pushed.
            &mut genesis.balances.last_mut().expect("a balance was added").coins
        }
    };
    match coins.iter_mut().find(|coin| coin.denom == denom) {
        Some(coin) => {
            let sum = coin.amount.parse::<u128>().ok().and_then(|has| has.checked_add(amount));
            let sum = sum.ok_or_else(|| GenesisError::State {
                place: format!("balances of {address}"),
                reason: format!("{} {denom} and {amount} more do not fit", coin.amount),
            })?;
            coin.amount = sum.to_string();
        }
        None => coins.push(GenesisCoin {
            denom: denom.to_owned(),
            amount: amount.to_string(),
        }),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dev::DevGenesis;

    #[test]
    fn funds_come_on_top_and_the_first_account_governs() {
        let exported = DevGenesis::new()
            .chain_id("main-1")
            .fund("a", &[(5, "uakt"), (2, "uact")])
            .council_member("old", 3)
            .timelock(60)
            .build();
        let accounts = ["a".to_owned(), "b".to_owned()];
        let fork = Fork {
            accounts: &accounts,
            funds: (10, "uakt"),
            chain_id: None,
        };
        let genesis = fork.apply(exported.clone()).unwrap();
        let amounts: Vec<_> = genesis
            .balances
            .iter()
            .flat_map(|balance| &balance.coins)
            .map(|coin| format!("{}{}", coin.amount, coin.denom))
            .collect();
        assert_eq!(amounts, ["15uakt", "2uact", "10uakt"]);
        let voters: Vec<_> = genesis
            .gov
            .voters
            .iter()
            .map(|voter| (voter.address.as_str(), voter.weight))
            .collect();
        assert_eq!(voters, [("a", 1)]);
        assert_eq!(
            (genesis.chain_id.as_str(), genesis.gov.timelock_seconds),
            ("main-1", 60)
        );
        let renamed = Fork {
            chain_id: Some("fork-1"),
            ..fork.clone()
        };
        assert_eq!(renamed.apply(exported.clone()).unwrap().chain_id, "fork-1");
        let much = Fork {
            funds: (u128::MAX, "uakt"),
            ..fork
        };
        assert!(matches!(much.apply(exported), Err(GenesisError::State { .. })));
    }
}
