//! Opens a deployment's account with its first deposits.

use cosmwasm_std::Event;
use supercloud_schema::escrow::{AccountState, BudgetDraw, event};
use supercloud_schema::money::Uact;

use super::assert_at_least;
use crate::books::{self, Books};
use crate::deposits::apply_deposits;
use crate::error::EscrowError;
use crate::session::Session;
use crate::state::{ACCOUNTS, AccountRecord};

pub(crate) fn open_account(
    session: &mut Session<'_>,
    coins: Uact,
    dseq: u64,
    owner: &str,
    draws: &[BudgetDraw],
    minimum: Uact,
) -> Result<(), EscrowError> {
    if ACCOUNTS.has(session.deps.storage, dseq) {
        return Err(EscrowError::AccountExists { dseq });
    }
    let owner = session.validate(owner)?;
    session.emit(
        Event::new(event::ACCOUNT_OPENED)
            .add_attribute("dseq", dseq.to_string())
            .add_attribute("owner", &owner),
    );
    let account = AccountRecord {
        owner: owner.clone(),
        state: AccountState::Open {},
        settled_at: session.now,
        deposits: Vec::new(),
        open: Vec::new(),
        due_at: None,
        warned: false,
    };
    let mut account = Books {
        dseq,
        account,
        payments: Vec::new(),
    };
    let sum = apply_deposits(session, &mut account, &owner, coins, draws)?;
    assert_at_least(sum, minimum)?;
    books::store(session, &mut account)
}
