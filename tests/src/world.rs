//! What a scenario may ask of a chain.

use std::collections::BTreeMap;
use std::fmt;

use cosmwasm_std::Coin;
use serde_json::Value;

/// The contracts that scenarios use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contract {
    /// `supercloud-registry`
    Registry,
    /// `supercloud-market`
    Market,
    /// `supercloud-market` built as its own successor, version 0.2.0
    MarketNext,
    /// `supercloud-escrow`
    Escrow,
    /// `supercloud-bme`
    Bme,
    /// `supercloud-oracle`
    Oracle,
    /// `supercloud-pyth`
    Pyth,
    /// `supercloud-attestation`
    Attestation,
}

impl Contract {
    /// Name of the artifact without `.wasm`; also the salt of its address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Market => "market",
            Self::MarketNext => "market-next",
            Self::Escrow => "escrow",
            Self::Bme => "bme",
            Self::Oracle => "oracle",
            Self::Pyth => "pyth",
            Self::Attestation => "attestation",
        }
    }
}

/// An event of a contract: its type without `wasm-`, and its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// Type.
    pub name: String,
    /// Attributes by key.
    pub attributes: BTreeMap<String, String>,
}

/// What a successful message leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The contract's own data, unwrapped.
    pub data: Option<Vec<u8>>,
    /// In order.
    pub events: Vec<Happening>,
}

/// The text with which a message or query was refused. It contains the contract's own error text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A chain under test. Block time moves by `advance` only: everything between two calls of it happens in one second.
/// Fees, where there are any, are paid in a denom other than `uact`, out of coins that `balance` and `supply` leave out.
pub trait World {
    /// Address of the account with this name; it is the same every time and can sign.
    fn account(&mut self, name: &str) -> String;
    /// Creates coins for an account. Not every world can, once the denom's mint admin got a message.
    fn fund(&mut self, account: &str, amount: u128, denom: &str);
    /// Balance of an account or contract.
    fn balance(&self, account: &str, denom: &str) -> u128;
    /// All coins of a denom.
    fn supply(&self, denom: &str) -> u128;
    /// Makes a denom one that moves only from or to these addresses.
    fn restrict(&mut self, denom: &str, allowed: &[&str]);
    /// Lets an address mint a denom.
    fn set_mint_admin(&mut self, denom: &str, admin: &str);
    /// Block time in seconds.
    fn now(&self) -> u64;
    /// Lets time pass.
    fn advance(&mut self, seconds: u64);
    /// Stores a contract's code.
    fn store(&mut self, contract: Contract) -> u64;
    /// Address that `instantiate2` will give.
    fn predict(&self, code_id: u64, creator: &str, salt: &str) -> String;
    /// Instantiates a code at its predicted address; the creator becomes its admin.
    fn instantiate2(&mut self, code_id: u64, creator: &str, msg: &Value, salt: &str) -> Result<(), Refusal>;
    /// Sends a message to a contract.
    fn execute(&mut self, sender: &str, contract: &str, msg: &Value, funds: &[Coin]) -> Result<Outcome, Refusal>;
    /// Calls a contract as the chain's cron does.
    fn sudo(&mut self, contract: &str, msg: &Value) -> Result<Outcome, Refusal>;
    /// Moves a contract to another code.
    fn migrate(&mut self, admin: &str, contract: &str, code_id: u64, msg: &Value) -> Result<Outcome, Refusal>;
    /// Asks a contract.
    fn query(&self, contract: &str, msg: &Value) -> Result<Value, Refusal>;
}
