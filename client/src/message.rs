//! Constructors of the messages that a transaction or a proposal can carry.
//!
//! A proposal's messages are sent by the governance account: pass [`crate::Client::gov_address`] as their sender or
//! authority.

mod bank;
mod gov;
mod wasm;

pub use bank::{burn, change_denom_admin, mint, send, set_mint_cap, set_send_restriction};
pub use gov::{ProposalText, VoteOption, set_council, submit_proposal, vote};
pub use wasm::{
    Compression, Instantiate, clear_admin, execute, instantiate, instantiate2, migrate, pin_codes, store_code, sudo,
    unpin_codes, update_admin,
};
