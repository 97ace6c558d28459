//! The answer every fund-holding contract gives about its own money: `balance >= owed`, the rest is surplus.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;

/// What a contract owes and has, per denom.
#[cw_serde]
pub struct SolvencyResponse {
    /// One entry per denom that the contract can hold, ordered by denom.
    pub coins: Vec<DenomSolvency>,
}

/// One denom's books.
#[cw_serde]
pub struct DenomSolvency {
    /// Bank denom.
    pub denom: String,
    /// Sum of all claims on the contract, from its own records.
    pub owed: Uint128,
    /// The contract's bank balance.
    pub balance: Uint128,
    /// `balance - owed`; anyone can send a contract a coin. Governance may sweep it.
    pub surplus: Uint128,
    /// Whether `balance >= owed`. Always true unless there is a defect.
    pub solvent: bool,
}
