//! Pyth price updates: reading them and proving that the trusted signers made them.
//!
//! Bytes become an [`Update`] (well-formed, nothing proved), an [`Update`] becomes [`Verified`] prices only through
//! [`verify`]; a consumer that stores nothing but [`Verified`] cannot skip a check. The envelope is read strictly, the
//! tails of messages and of the signed payload leniently, as upstream does, so that new fields do not stop old readers.
//! Every read is bounded and none panics.
//!
//! ```text
//! PNAU | 1 | minor | trailing | 0 | VAA | n x ( message | Merkle proof )
//!                                    |        leaf ------'
//!                                    '- signatures over "AUWV" | slot | Merkle root
//! ```

#![forbid(unsafe_code)]
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

#[cfg(feature = "build")]
pub mod build;
mod error;
mod hash;
mod merkle;
mod message;
pub mod network;
mod payload;
mod quorum;
mod reader;
mod set_upgrade;
mod update;
mod vaa;
mod verify;

pub use error::{ParseError, VerifyError};
pub use hash::keccak256;
pub use merkle::{Node, compute_root};
pub use message::{FeedId, MessageKind, PRICE_MESSAGE_LEN, PriceMessage, feed_id_of};
pub use payload::RootPayload;
pub use quorum::Quorum;
pub use set_upgrade::SetUpgrade;
pub use update::{MAX_PROOF_NODES, MAX_UPDATE_BYTES, MAX_UPDATES, ProvenMessage, Update};
pub use vaa::{MAX_SIGNATURES, Origin, Signature, Vaa};
pub use verify::{Address, Policy, Recover, SignerSet, Verified, address_of, assert_signed, verify};
