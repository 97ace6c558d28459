//! Development chains: their first states, and what they let one do.

use std::time::{SystemTime, UNIX_EPOCH};

use supercloud_chain::{Genesis, GenesisAccess, GenesisBalance, GenesisCoin, GenesisMinter, GenesisVoter};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

mod fork;
mod tools;

pub use fork::Fork;
pub(crate) use tools::DevTools;
pub use tools::{DevError, SnapshotInfo, TxTrace};

/// Chain id of dev chains.
pub const DEV_CHAIN_ID: &str = "supercloud-dev-1";

/// Builds a genesis step by step. Addresses are checked when the node starts.
///
/// Defaults: chain id [`DEV_CHAIN_ID`], prefix `akash`, genesis time now, voting period 1 s, no timelock, free gas,
/// uploads by governance only.
#[derive(Clone, Debug)]
pub struct DevGenesis {
    genesis: Genesis,
}

impl Default for DevGenesis {
    fn default() -> Self {
        Self::new()
    }
}

impl DevGenesis {
    /// An empty chain.
    pub fn new() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            genesis: Genesis::new(DEV_CHAIN_ID, rfc3339(since_epoch.as_secs())),
        }
    }

    /// Another chain id.
    #[must_use]
    pub fn chain_id(mut self, chain_id: &str) -> Self {
        chain_id.clone_into(&mut self.genesis.chain_id);
        self
    }

    /// Another prefix of addresses.
    #[must_use]
    pub fn prefix(mut self, hrp: &str) -> Self {
        hrp.clone_into(&mut self.genesis.bech32_prefix);
        self
    }

    /// Another genesis time, in whole seconds since 1970. Block time starts there and runs with the machine's clock.
    #[must_use]
    pub fn genesis_time(mut self, unix_seconds: u64) -> Self {
        self.genesis.genesis_time = rfc3339(unix_seconds);
        self
    }

    /// Gives an account coins: `(amount, denom)`.
    #[must_use]
    pub fn fund(mut self, address: &str, coins: &[(u128, &str)]) -> Self {
        let coins = coins
            .iter()
            .map(|(amount, denom)| GenesisCoin {
                denom: (*denom).to_owned(),
                amount: amount.to_string(),
            })
            .collect();
        self.genesis.balances.push(GenesisBalance {
            address: address.to_owned(),
            coins,
        });
        self
    }

    /// Adds a voter to the council.
    #[must_use]
    pub fn council_member(mut self, address: &str, weight: u64) -> Self {
        self.genesis.gov.voters.push(GenesisVoter {
            address: address.to_owned(),
            weight,
        });
        self
    }

    /// How long proposals are voted on, in seconds of at least 1.
    #[must_use]
    pub fn voting_period(mut self, seconds: u64) -> Self {
        self.genesis.gov.voting_period_seconds = seconds;
        self.genesis.gov.expedited_voting_period_seconds = seconds;
        self
    }

    /// How long passed proposals wait, in seconds.
    #[must_use]
    pub fn timelock(mut self, seconds: u64) -> Self {
        self.genesis.gov.timelock_seconds = seconds;
        self
    }

    /// Who may upload code besides governance.
    #[must_use]
    pub fn upload_access(mut self, access: GenesisAccess) -> Self {
        self.genesis.wasm.upload_access = access;
        self
    }

    /// Lets `admin` mint and burn a denom; empty lets governance name one later.
    #[must_use]
    pub fn minter(mut self, denom: &str, admin: &str) -> Self {
        let minter = GenesisMinter {
            denom: denom.to_owned(),
            admin: admin.to_owned(),
            mint_cap_per_day: String::new(),
        };
        self.genesis.tokenfactory.push(minter);
        self
    }

    /// Least gas price, such as `("0.025", "uakt")`.
    #[must_use]
    pub fn min_gas_price(mut self, amount: &str, denom: &str) -> Self {
        let price = GenesisCoin {
            denom: denom.to_owned(),
            amount: amount.to_owned(),
        };
        self.genesis.fees.min_gas_prices.push(price);
        self
    }

    /// The genesis; change what has no method here in it directly.
    pub fn build(self) -> Genesis {
        self.genesis
    }
}

fn rfc3339(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        // Out of the calendar: the chain refuses the text and shows it.
        .unwrap_or_else(|| unix_seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_genesis_holds_what_was_asked_for() {
        let genesis = DevGenesis::new()
            .chain_id("c-1")
            .genesis_time(1_700_000_000)
            .fund("a", &[(5, "uakt")])
            .council_member("b", 3)
            .voting_period(2)
            .build();
        assert_eq!(genesis.chain_id, "c-1");
        assert_eq!(genesis.genesis_time, "2023-11-14T22:13:20Z");
        assert_eq!(genesis.balances[0].coins[0].amount, "5");
        assert_eq!(
            (genesis.gov.voters[0].weight, genesis.gov.voting_period_seconds),
            (3, 2)
        );
    }
}
