//! News for the market that an account ran dry: queued here, sent one by one, retried with back-off.
//!
//! Escrow has committed its own transition before it sends; a market that fails, or burns the gas that a notice may
//! use, delays only its own news.

use cosmwasm_std::{Event, Order, StdResult, SubMsg, WasmMsg, to_json_binary};
use cw_storage_plus::Bound;
use supercloud_schema::escrow::{Notice, NoticeFailure, event};
use supercloud_schema::market::{self, ExhaustedAccount};
use supercloud_schema::time::Seconds;

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::NOTICES;

/// Reply number of a notice that the market did not take.
pub(crate) const REPLY_REFUSED: u64 = 2;

/// Gas that the market may use for one notice (wasmd's scale); stops a looping market from eating the whole sweep.
const NOTICE_GAS: u64 = 25_000_000;
/// Wait after the first failure, in seconds; doubled after each further one.
const FIRST_RETRY_SECONDS: Seconds = 30;
/// Longest wait between attempts, in seconds.
const MAX_RETRY_SECONDS: Seconds = 3_600;

/// Queues the first attempt for now.
pub(crate) fn apply_queued(session: &mut Session<'_>, dseq: u64, exhausted_at: Seconds) -> Result<(), EscrowError> {
    let retry_at = session.now;
    let notice = Notice {
        dseq: dseq.into(),
        exhausted_at,
        attempts: 0,
        retry_at,
        last_failure: None,
    };
    Ok(NOTICES.save(session.deps.storage, (retry_at, dseq), &notice)?)
}

/// Takes back a notice that was queued in this very message.
pub(crate) fn apply_cancelled(session: &mut Session<'_>, dseq: u64) {
    NOTICES.remove(session.deps.storage, (session.now, dseq));
}

/// Sends up to `limit` notices that are due. Each leaves the queue; a failed one comes back by [`apply_refused`].
pub(crate) fn send_due(session: &mut Session<'_>, limit: usize) -> Result<(), EscrowError> {
    let until = Bound::inclusive((session.now, u64::MAX));
    let due = NOTICES
        .range(session.deps.storage, None, Some(until), Order::Ascending)
        .take(limit);
    let due: Vec<((u64, u64), Notice)> = due.collect::<StdResult<_>>()?;
    for (key, notice) in due {
        NOTICES.remove(session.deps.storage, key);
        let account = ExhaustedAccount {
            dseq: notice.dseq,
            exhausted_at: notice.exhausted_at,
        };
        let message = WasmMsg::Execute {
            contract_addr: session.config.market.to_string(),
            msg: to_json_binary(&market::ExecuteMsg::AccountsExhausted {
                accounts: vec![account],
            })?,
            funds: vec![],
        };
        let message = SubMsg::reply_on_error(message, REPLY_REFUSED).with_gas_limit(NOTICE_GAS);
        session.send(message.with_payload(to_json_binary(&notice)?));
    }
    Ok(())
}

/// Queues a notice again, later than before. Of the error only its class is kept: its text may differ between nodes.
pub(crate) fn apply_refused(session: &mut Session<'_>, notice: Notice, error: &str) -> Result<(), EscrowError> {
    let wait = FIRST_RETRY_SECONDS << notice.attempts.min(16);
    let notice = Notice {
        attempts: notice.attempts.saturating_add(1),
        retry_at: session.now.saturating_add(wait.min(MAX_RETRY_SECONDS)),
        last_failure: Some(classify(error)),
        ..notice
    };
    session.emit(
        Event::new(event::MARKET_NOTICE_FAILED)
            .add_attribute("dseq", notice.dseq.to_string())
            .add_attribute("attempts", notice.attempts.to_string())
            .add_attribute("retry_at", notice.retry_at.to_string()),
    );
    Ok(NOTICES.save(session.deps.storage, (notice.retry_at, notice.dseq.u64()), &notice)?)
}

/// wasmd reduces errors to a code space and a number; out of gas is number 11 of the SDK.
fn classify(error: &str) -> NoticeFailure {
    let out_of_gas = error.contains("out of gas") || error.contains("codespace: sdk, code: 11");
    if out_of_gas {
        NoticeFailure::OutOfGas {}
    } else {
        NoticeFailure::Refused {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_of_gas_is_told_from_a_refusal() {
        assert_eq!(classify("codespace: sdk, code: 11"), NoticeFailure::OutOfGas {});
        assert_eq!(classify("codespace: wasm, code: 5"), NoticeFailure::Refused {});
    }
}
