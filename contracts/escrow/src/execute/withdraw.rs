//! Pays earned ACT out to a provider, as ACT or as a redeem request with the burn-mint contract.

use std::collections::BTreeSet;

use cosmwasm_std::{Addr, BankMsg, Event, SubMsg, WasmMsg, to_json_binary};
use supercloud_schema::bme;
use supercloud_schema::escrow::event;
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::Uact;

use crate::books;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::{PAYMENTS, bid_key};

/// Most leases of one withdrawal; bounds its gas.
const MAX_LEASES: usize = 30;

/// Withdrawing nothing succeeds and sends nothing.
pub(crate) fn withdraw(
    session: &mut Session<'_>,
    payee: &Addr,
    leases: &[LeaseId],
    redeem: bool,
) -> Result<(), EscrowError> {
    assert_leases(leases, payee)?;
    let mut sum = Uact::ZERO;
    for lease in leases {
        let amount = apply_withdrawal(session, lease)?;
        sum = sum.checked_add(amount)?;
        session.emit(
            Event::new(event::PAYMENT_WITHDRAWN)
                .add_attribute("lease", lease.to_string())
                .add_attribute("amount", amount.to_string())
                .add_attribute("redeem", redeem.to_string()),
        );
    }
    if sum.is_zero() {
        return Ok(());
    }
    session.apply_payout(sum)?;
    let coins = vec![sum.coin(&session.config.act_denom)];
    // Not delivered means not withdrawn: the payee sees the error and may try another way.
    session.send(if redeem {
        let request = bme::ExecuteMsg::RequestRedeem {
            beneficiary: Some(payee.to_string()),
            min_out: None,
        };
        let contract_addr = session.config.bme.to_string();
        SubMsg::new(WasmMsg::Execute {
            contract_addr,
            msg: to_json_binary(&request)?,
            funds: coins,
        })
    } else {
        SubMsg::new(BankMsg::Send {
            to_address: payee.to_string(),
            amount: coins,
        })
    });
    Ok(())
}

fn assert_leases(leases: &[LeaseId], payee: &Addr) -> Result<(), EscrowError> {
    if leases.is_empty() {
        return Err(EscrowError::EmptyList { what: "leases" });
    }
    if leases.len() > MAX_LEASES {
        return Err(EscrowError::ListTooLong {
            what: "leases",
            count: leases.len(),
            limit: MAX_LEASES,
        });
    }
    let mut seen = BTreeSet::new();
    for lease in leases {
        if lease.provider != payee.as_str() {
            return Err(EscrowError::NotPayee {
                lease: lease.clone(),
                sender: payee.to_string(),
            });
        }
        if !seen.insert(lease) {
            return Err(EscrowError::RepeatedLease { lease: lease.clone() });
        }
    }
    Ok(())
}

/// Settles the lease's account and takes everything that the lease earned.
fn apply_withdrawal(session: &mut Session<'_>, lease: &LeaseId) -> Result<Uact, EscrowError> {
    let (dseq, rest) = bid_key(lease);
    let key = (dseq, rest.as_slice());
    books::assert_payment(session.deps.storage, lease)?;
    let mut account = books::load_settled(session, dseq)?;
    books::store(session, &mut account)?;

    let mut payment = PAYMENTS.load(session.deps.storage, key)?;
    let amount = payment.earned.checked_sub(payment.withdrawn)?;
    payment.withdrawn = payment.earned;
    PAYMENTS.save(session.deps.storage, key, &payment)?;
    Ok(amount)
}
