//! Tops an account up. Not possible once it ran dry, noticed or not: its leases have ended at that second.

use cosmwasm_std::Addr;
use supercloud_schema::escrow::BudgetDraw;
use supercloud_schema::money::Uact;

use super::assert_min_deposit;
use crate::books;
use crate::deposits::apply_deposits;
use crate::error::EscrowError;
use crate::session::Session;

pub(crate) fn deposit(
    session: &mut Session<'_>,
    sender: &Addr,
    coins: Uact,
    dseq: u64,
    draws: &[BudgetDraw],
) -> Result<(), EscrowError> {
    let mut account = books::load_open(session, dseq)?;
    let sum = apply_deposits(session, &mut account, sender, coins, draws)?;
    assert_min_deposit(session, sum)?;
    books::store(session, &mut account)
}
