//! What an execution or a cancellation does to a request and the books, and the messages that carry it out.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{BankMsg, Coin, Event, Storage, SubMsg, Uint128};
use supercloud_schema::bme::{CancelReason, RequestKind, RequestStatus};
use supercloud_schema::money::{Uact, Uakt, UsdPrice};
use supercloud_schema::time::Seconds;

use crate::error::BmeError;
use crate::events;
use crate::ledger::apply_settled;
use crate::state::{Books, Config, StoredRequest};

/// What a conversion comes to.
#[cw_serde]
pub(crate) struct Terms {
    pub(crate) paid: Uint128,
    pub(crate) spread: Uint128,
    /// Of a redeem: AKT from remint credits.
    pub(crate) from_credits: Uakt,
    /// Of a redeem: AKT minted for it.
    pub(crate) minted_akt: Uakt,
    pub(crate) price: UsdPrice,
    pub(crate) publish_time: Seconds,
}

impl Terms {
    fn status(&self, now: Seconds) -> RequestStatus {
        RequestStatus::Executed {
            paid: self.paid,
            spread: self.spread,
            from_credits: self.from_credits,
            minted_akt: self.minted_akt,
            price: self.price,
            publish_time: self.publish_time,
            executed_at: now,
        }
    }
}

/// A mint on the books: its AKT becomes remint credit. The message that mints the ACT is the caller's.
pub(crate) fn apply_mint(
    storage: &mut dyn Storage,
    books: &mut Books,
    stored: &mut StoredRequest,
    terms: &Terms,
    now: Seconds,
) -> Result<Event, BmeError> {
    apply_settled(storage, books, stored, terms.status(now))?;
    books.remint_credits = books.remint_credits.checked_add(Uakt(stored.request.amount))?;
    books.total_minted_act = books.total_minted_act.checked_add(Uact(terms.paid))?;
    Ok(events::executed(&stored.request, terms))
}

/// A redeem on the books, and its messages: the ACT is burned, the AKT sent. Credits fall by what is paid out of them,
/// so the spread stays a credit.
pub(crate) fn apply_redeem(
    storage: &mut dyn Storage,
    config: &Config,
    books: &mut Books,
    stored: &mut StoredRequest,
    settled: (&Terms, Seconds),
) -> Result<(Event, [SubMsg; 2]), BmeError> {
    let (terms, now) = settled;
    apply_settled(storage, books, stored, terms.status(now))?;
    let burned = Uact(stored.request.amount);
    books.remint_credits = books.remint_credits.checked_sub(terms.from_credits)?;
    books.total_burned_act = books.total_burned_act.checked_add(burned)?;
    books.total_minted_akt = books.total_minted_akt.checked_add(terms.minted_akt)?;
    let burn = SubMsg::new(BankMsg::Burn {
        amount: vec![burned.coin(&config.act_denom)],
    });
    let pay = pay_owner(stored, Uakt(terms.paid).coin(&config.akt_denom));
    Ok((events::executed(&stored.request, terms), [burn, pay]))
}

/// A cancellation on the books, and the refund.
pub(crate) fn apply_cancel(
    storage: &mut dyn Storage,
    config: &Config,
    books: &mut Books,
    stored: &mut StoredRequest,
    cancelled: (CancelReason, Seconds),
) -> Result<(Event, SubMsg), BmeError> {
    let (reason, cancelled_at) = cancelled;
    apply_settled(
        storage,
        books,
        stored,
        RequestStatus::Cancelled { reason, cancelled_at },
    )?;
    Ok((
        events::cancelled(&stored.request, reason),
        pay_owner(stored, refund_of(config, stored)),
    ))
}

/// The coins that a request brought.
pub(crate) fn refund_of(config: &Config, stored: &StoredRequest) -> Coin {
    match stored.request.kind {
        RequestKind::Mint {} => Uakt(stored.request.amount).coin(&config.akt_denom),
        RequestKind::Redeem {} => Uact(stored.request.amount).coin(&config.act_denom),
    }
}

/// Sends to the owner. When somebody else named that owner, a refusal by the bank must not hold up everyone behind: it
/// comes back as a reply, and the coins go to whoever filed the request.
fn pay_owner(stored: &StoredRequest, coin: Coin) -> SubMsg {
    let send = BankMsg::Send {
        to_address: stored.request.owner.clone(),
        amount: vec![coin],
    };
    match stored.filer {
        Some(_) => SubMsg::reply_on_error(send, stored.request.id.u64()),
        None => SubMsg::new(send),
    }
}
