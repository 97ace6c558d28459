//! What escrow stores. Maps are ordered, so every walk is deterministic.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, StdResult, Storage};
use cw_storage_plus::{Item, Map};
use supercloud_schema::escrow::{AccountState, BidDeposit, BudgetTerms, Deposit, Notice, Params, Payment};
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::Uact;
use supercloud_schema::time::Seconds;

/// Peers and parameters.
#[cw_serde]
pub struct Config {
    /// May change parameters and peers.
    pub governance: Addr,
    /// Market contract.
    pub market: Addr,
    /// Burn-mint contract.
    pub bme: Addr,
    /// Bank denom of ACT.
    pub act_denom: String,
    /// Parameters.
    pub params: Params,
}

/// A budget as stored; see [`supercloud_schema::escrow::Budget`].
#[cw_serde]
pub struct BudgetRecord {
    /// Who funded it.
    pub owner: Addr,
    /// Who may draw.
    pub grantee: Addr,
    /// Limits.
    pub terms: BudgetTerms,
    /// Undrawn.
    pub balance: Uact,
    /// Drawn, neither spent nor returned.
    pub drawn: Uact,
    /// Ended by its owner.
    pub closed: bool,
}

/// A deployment's account as stored; see [`supercloud_schema::escrow::Account`].
#[cw_serde]
pub struct AccountRecord {
    /// Tenant.
    pub owner: Addr,
    /// State.
    pub state: AccountState,
    /// Second up to which it is settled.
    pub settled_at: Seconds,
    /// In order of arrival; none is empty, no source comes twice.
    pub deposits: Vec<Deposit>,
    /// Open payments.
    pub open: Vec<LeaseId>,
    /// Key of this account in [`DUE`].
    pub due_at: Option<Seconds>,
    /// Whether the low runway was announced.
    pub warned: bool,
}

/// Peers and parameters.
pub const CONFIG: Item<Config> = Item::new("config");
/// Sum of all claims on this contract: budgets, deposits, unpaid earnings, bid deposits, waiting refunds.
pub const OWED: Item<Uact> = Item::new("owed");
/// Number of the last budget.
pub const LAST_BUDGET: Item<u64> = Item::new("last_budget");
/// Budget number -> budget.
pub const BUDGETS: Map<u64, BudgetRecord> = Map::new("budgets");
/// (grantee, budget number)
pub const BUDGETS_BY_GRANTEE: Map<(&Addr, u64), Empty> = Map::new("budgets_by_grantee");
/// (budget number, dseq) -> all draws so far
pub const DRAWN_FOR: Map<(u64, u64), Uact> = Map::new("drawn_for");
/// dseq -> account
pub const ACCOUNTS: Map<u64, AccountRecord> = Map::new("accounts");
/// (second, dseq): from that second on the account must be looked at, to warn of its low runway or to end it.
pub const DUE: Map<(u64, u64), Empty> = Map::new("due");
/// [`bid_key`] -> payment
pub const PAYMENTS: Map<(u64, &[u8]), Payment> = Map::new("payments");
/// [`bid_key`] -> bid deposit
pub const BID_DEPOSITS: Map<(u64, &[u8]), BidDeposit> = Map::new("bid_deposits");
/// dseq of exhausted accounts whose orders still have bid deposits locked
pub const UNLOCKS: Map<u64, Empty> = Map::new("unlocks");
/// (second of the next attempt, dseq) -> notice for the market
pub const NOTICES: Map<(u64, u64), Notice> = Map::new("notices");
/// Receiver -> refunds that could not be delivered
pub const REFUNDS: Map<&Addr, Uact> = Map::new("refunds");

/// Key of a bid or lease: dseq, then `gseq | oseq | bseq | provider` so that a prefix walk goes by lease.
pub fn bid_key(id: &LeaseId) -> (u64, Vec<u8>) {
    let numbers = [id.gseq, id.oseq, id.bseq];
    let mut rest: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    rest.extend_from_slice(id.provider.as_bytes());
    (id.dseq.u64(), rest)
}

/// The sum that [`OWED`] keeps running, from the records themselves. Walks all of them: for proofs, not for messages.
pub fn compute_owed(storage: &dyn Storage) -> StdResult<Uact> {
    let order = cosmwasm_std::Order::Ascending;
    let mut owed: u128 = 0;
    for budget in BUDGETS.range(storage, None, None, order) {
        owed += budget?.1.balance.u128();
    }
    for account in ACCOUNTS.range(storage, None, None, order) {
        owed += account?
            .1
            .deposits
            .iter()
            .map(|deposit| deposit.remaining.u128())
            .sum::<u128>();
    }
    for payment in PAYMENTS.range(storage, None, None, order) {
        let payment = payment?.1;
        owed += payment.earned.u128() - payment.withdrawn.u128();
    }
    for deposit in BID_DEPOSITS.range(storage, None, None, order) {
        owed += deposit?.1.amount.u128();
    }
    for refund in REFUNDS.range(storage, None, None, order) {
        owed += refund?.1.u128();
    }
    Ok(Uact::new(owed))
}
