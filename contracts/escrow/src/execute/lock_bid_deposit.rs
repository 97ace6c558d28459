//! Locks a bid's deposit. A bid on a deployment whose account has ended is refused.

use cosmwasm_std::Event;
use supercloud_schema::escrow::{BidDeposit, DepositSource, event};
use supercloud_schema::id::BidId;
use supercloud_schema::money::Uact;

use super::assert_at_least;
use crate::books::Books;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::{BID_DEPOSITS, bid_key};

pub(crate) fn lock_bid_deposit(
    session: &mut Session<'_>,
    coins: Uact,
    bid: BidId,
    minimum: Uact,
) -> Result<(), EscrowError> {
    assert_at_least(coins, minimum)?;
    let (dseq, rest) = bid_key(&bid);
    let key = (dseq, rest.as_slice());
    if BID_DEPOSITS.has(session.deps.storage, key) {
        return Err(EscrowError::BidDepositExists { bid });
    }
    Books::load(session.deps.storage, dseq)?.assert_open()?;
    let owner = session.validate(&bid.provider)?;
    if coins.is_zero() {
        return Ok(());
    }
    session.apply_claim(coins)?;
    session.emit(
        Event::new(event::BID_DEPOSIT_LOCKED)
            .add_attribute("bid", bid.to_string())
            .add_attribute("amount", coins.to_string()),
    );
    let source = DepositSource::Wallet {
        owner: owner.into_string(),
    };
    let deposit = BidDeposit {
        bid,
        source,
        amount: coins,
    };
    Ok(BID_DEPOSITS.save(session.deps.storage, key, &deposit)?)
}
