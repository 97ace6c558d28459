//! Bid deposits: locked with the bid, released by the market, or by escrow itself when an account runs dry.

use cosmwasm_std::{Empty, Event, Order, StdResult};
use supercloud_schema::escrow::{BidDeposit, BidDepositOutcome, DepositSource, event};
use supercloud_schema::id::BidId;

use crate::books::Books;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::{BID_DEPOSITS, UNLOCKS, bid_key};
use crate::{budgets, refunds};

/// Releases one deposit; does nothing when it is gone already.
pub(crate) fn release(session: &mut Session<'_>, bid: &BidId, outcome: &BidDepositOutcome) -> Result<(), EscrowError> {
    let (dseq, rest) = bid_key(bid);
    let key = (dseq, rest.as_slice());
    let Some(deposit) = BID_DEPOSITS.may_load(session.deps.storage, key)? else {
        return Ok(());
    };
    BID_DEPOSITS.remove(session.deps.storage, key);
    match outcome {
        BidDepositOutcome::Refund {} => {
            emit_released(
                session,
                &deposit,
                "refund",
                refunds::source_attributes(&deposit.source).1,
            );
            refunds::refund(session, &deposit.source, deposit.amount)
        }
        BidDepositOutcome::Forfeit { to } => {
            let to = session.validate(to)?;
            emit_released(session, &deposit, "forfeit", to.to_string());
            if let DepositSource::Budget { budget_id, .. } = &deposit.source {
                budgets::apply_spent(session, budget_id.u64(), deposit.amount)?;
            }
            refunds::pay(session, to, deposit.amount)
        }
    }
}

fn emit_released(session: &mut Session<'_>, deposit: &BidDeposit, outcome: &str, to: String) {
    session.emit(
        Event::new(event::BID_DEPOSIT_RELEASED)
            .add_attribute("bid", deposit.bid.to_string())
            .add_attribute("to", to)
            .add_attribute("amount", deposit.amount.to_string())
            .add_attribute("outcome", outcome),
    );
}

/// Refunds the deposits of the leases that ended with the account; those of bids on its open orders follow in sweeps,
/// since there may be many.
pub(crate) fn release_exhausted(session: &mut Session<'_>, books: &Books) -> Result<(), EscrowError> {
    for payment in &books.payments {
        release(session, &payment.lease, &BidDepositOutcome::Refund {})?;
    }
    if !BID_DEPOSITS.prefix(books.dseq).is_empty(session.deps.storage) {
        UNLOCKS.save(session.deps.storage, books.dseq, &Empty {})?;
    }
    Ok(())
}

/// Refunds up to `limit` deposits of bids whose deployment ran dry.
pub(crate) fn sweep(session: &mut Session<'_>, limit: usize) -> Result<(), EscrowError> {
    let dseqs: Vec<u64> = UNLOCKS
        .keys(session.deps.storage, None, None, Order::Ascending)
        .take(limit)
        .collect::<StdResult<_>>()?;
    let mut left = limit;
    for dseq in dseqs {
        let deposits = BID_DEPOSITS
            .prefix(dseq)
            .range(session.deps.storage, None, None, Order::Ascending);
        let deposits: Vec<BidDeposit> = deposits.take(left).map(|item| Ok(item?.1)).collect::<StdResult<_>>()?;
        left -= deposits.len();
        for deposit in deposits {
            release(session, &deposit.bid, &BidDepositOutcome::Refund {})?;
        }
        if BID_DEPOSITS.prefix(dseq).is_empty(session.deps.storage) {
            UNLOCKS.remove(session.deps.storage, dseq);
        }
        if left == 0 {
            break;
        }
    }
    Ok(())
}
