//! The protobuf messages that the node serves and that clients send.
//!
//! Names, field numbers and options are facts of the wire, shared with every other Cosmos chain; the `.proto` text and
//! its comments are ours and hold exactly what this chain uses. Modules follow the packages:
//! `cosmos.bank.v1beta1.MsgSend` is [`cosmos::bank::v1beta1::MsgSend`]. Every message implements [`prost::Name`], so
//! `MsgSend::type_url()` is `/cosmos.bank.v1beta1.MsgSend`.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

use prost::{Message, Name};

#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::allow_attributes_without_reason,
    reason = "generated; the .proto files carry the comments"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/packages.rs"));
}

pub use generated::{akash, cosmos, cosmwasm, feemarket, ibc, osmosis, supercloud, tendermint};
pub use prost;
pub use prost_types;

/// All messages, enums and services of this crate as an encoded `google.protobuf.FileDescriptorSet`, imports included.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// Packs a message with its slash-prefixed type URL, as Cosmos chains write it.
pub fn pack<M: Message + Name>(message: &M) -> prost_types::Any {
    prost_types::Any {
        type_url: type_url::<M>(),
        value: message.encode_to_vec(),
    }
}

/// The slash-prefixed type URL of a message.
pub fn type_url<M: Name>() -> String {
    format!("/{}", M::full_name())
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;

    #[test]
    fn type_urls_have_a_leading_slash_and_the_full_name() {
        assert_eq!(
            type_url::<cosmos::bank::v1beta1::MsgSend>(),
            "/cosmos.bank.v1beta1.MsgSend"
        );
        assert_eq!(
            cosmwasm::wasm::v1::MsgInstantiateContract2::type_url(),
            "/cosmwasm.wasm.v1.MsgInstantiateContract2"
        );
    }

    #[test]
    fn send_encodes_as_on_every_cosmos_chain() {
        let send = cosmos::bank::v1beta1::MsgSend {
            from_address: "a".into(),
            to_address: "b".into(),
            amount: vec![cosmos::base::v1beta1::Coin {
                denom: "u".into(),
                amount: "5".into(),
            }],
        };
        assert_eq!(send.encode_to_vec(), b"\x0a\x01a\x12\x01b\x1a\x06\x0a\x01u\x12\x015");
    }

    #[test]
    fn descriptor_set_holds_services_and_their_imports() {
        let set = prost_types::FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
        assert!(set.file.iter().any(|file| file.name() == "google/protobuf/any.proto"));
        let bank = set
            .file
            .iter()
            .find(|file| file.name() == "cosmos/bank/v1beta1/query.proto")
            .unwrap();
        assert_eq!(bank.service[0].name(), "Query");
    }

    #[test]
    fn descriptor_set_keeps_signer_options() {
        let option = b"\x82\xe7\xb0\x2a\x0cfrom_address";
        assert!(FILE_DESCRIPTOR_SET.windows(option.len()).any(|window| window == option));
    }
}
