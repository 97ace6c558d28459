//! Messages: how a packed message finds its code.
//!
//! One file per message implements [`Message`]; [`decode`] is the only table of them. Transactions, proposals and
//! contracts all go through the same table, so a message means the same from wherever it comes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use supercloud_proto::cosmos::authz::v1beta1::{MsgExec, MsgGrant, MsgRevoke};
use supercloud_proto::cosmos::bank::v1beta1::{self as bank, MsgMultiSend, MsgSend, MsgSetSendEnabled};
use supercloud_proto::cosmos::consensus::v1 as consensus;
use supercloud_proto::cosmos::distribution::v1beta1::{MsgCommunityPoolSpend, MsgFundCommunityPool};
use supercloud_proto::cosmos::feegrant::v1beta1::{MsgGrantAllowance, MsgPruneAllowances, MsgRevokeAllowance};
use supercloud_proto::cosmos::gov::v1::{
    self as gov, MsgCancelProposal, MsgDeposit, MsgSubmitProposal, MsgVote, MsgVoteWeighted,
};
use supercloud_proto::cosmos::gov::v1beta1 as legacy;
use supercloud_proto::cosmwasm::wasm::v1::{
    MsgAddCodeUploadParamsAddresses, MsgClearAdmin, MsgExecuteContract, MsgInstantiateContract,
    MsgInstantiateContract2, MsgMigrateContract, MsgPinCodes, MsgRemoveCodeUploadParamsAddresses,
    MsgStoreAndInstantiateContract, MsgStoreAndMigrateContract, MsgStoreCode, MsgSudoContract, MsgUnpinCodes,
    MsgUpdateAdmin, MsgUpdateContractLabel, MsgUpdateInstantiateConfig, MsgUpdateParams,
};
use supercloud_proto::osmosis::tokenfactory::v1beta1::{
    MsgBurn, MsgChangeAdmin, MsgCreateDenom, MsgMint, MsgSetDenomMetadata,
};
use supercloud_proto::prost::{self, DecodeError, Message as _, Name};
use supercloud_proto::prost_types::Any;
use supercloud_proto::supercloud::bank::v1::MsgSetSendRestriction;
use supercloud_proto::supercloud::cron::v1::{MsgCancel, MsgSchedule};
use supercloud_proto::supercloud::fees::v1 as fees;
use supercloud_proto::supercloud::gov::v1::{MsgSetCouncil, MsgUpdateExecution};
use supercloud_proto::supercloud::tokenfactory::v1::{self as tokenfactory, MsgSetMintCap};
use supercloud_proto::supercloud::wasm::v1::{MsgUpdateCodeRules, MsgUpdateHostParams};
use supercloud_proto::{pack, type_url};

use crate::address::{Address, AddressCodec};
use crate::auth::holds;
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::machine::Machine;

/// What a message may do beyond what its signer may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Nothing: the signer's own rights.
    Own,
    /// Instantiate any code, and migrate to it: whatever follows from a contract that governance instantiates.
    InstantiateAny,
}

/// A message of a module.
pub(crate) trait Message: prost::Message + Name + Default + 'static {
    type Response: prost::Message + Name;
    /// Module name in the `message` event.
    const MODULE: &'static str;

    /// Bech32 address of its one signer.
    fn signer(&self) -> &str;
    /// Refuses what can be refused without state.
    fn check(&self, codec: &AddressCodec) -> Result<(), TxError>;
    /// Does it. Callers checked it and know that the signer agreed.
    fn apply(self, machine: &mut Machine<'_>, rights: Rights) -> Result<Self::Response, TxError>;
}

/// A message of any type.
pub(crate) trait AnyMessage: Send + Sync {
    fn signer(&self, codec: &AddressCodec) -> Result<Address, TxError>;
    fn check(&self, codec: &AddressCodec) -> Result<(), TxError>;
    /// The `message` event that precedes the message's own.
    fn event(&self) -> Event;
    /// Does it and packs the response.
    fn apply(self: Box<Self>, machine: &mut Machine<'_>, rights: Rights) -> Result<Any, TxError>;
}

impl<M: Message> AnyMessage for M {
    fn signer(&self, codec: &AddressCodec) -> Result<Address, TxError> {
        Ok(codec.parse(Message::signer(self))?)
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(Message::signer(self))?;
        Message::check(self, codec)
    }

    fn event(&self) -> Event {
        Event::new("message")
            .with("action", type_url::<M>())
            .with("sender", Message::signer(self))
            .with("module", M::MODULE)
    }

    fn apply(self: Box<Self>, machine: &mut Machine<'_>, rights: Rights) -> Result<Any, TxError> {
        Message::apply(*self, machine, rights).map(|response| pack(&response))
    }
}

type Decode = fn(&[u8]) -> Result<Box<dyn AnyMessage>, DecodeError>;

fn entry<M: Message>() -> (String, Decode) {
    (type_url::<M>(), |bytes| Ok(Box::new(M::decode(bytes)?)))
}

fn table() -> &'static BTreeMap<String, Decode> {
    static TABLE: OnceLock<BTreeMap<String, Decode>> = OnceLock::new();
    TABLE.get_or_init(|| {
        BTreeMap::from([
            entry::<MsgSend>(),
            entry::<MsgMultiSend>(),
            entry::<MsgSetSendEnabled>(),
            entry::<bank::MsgUpdateParams>(),
            entry::<MsgSetSendRestriction>(),
            entry::<MsgFundCommunityPool>(),
            entry::<MsgCommunityPoolSpend>(),
            entry::<consensus::MsgUpdateParams>(),
            entry::<fees::MsgUpdateParams>(),
            entry::<MsgGrant>(),
            entry::<MsgExec>(),
            entry::<MsgRevoke>(),
            entry::<MsgGrantAllowance>(),
            entry::<MsgRevokeAllowance>(),
            entry::<MsgPruneAllowances>(),
            entry::<MsgStoreCode>(),
            entry::<MsgInstantiateContract>(),
            entry::<MsgInstantiateContract2>(),
            entry::<MsgExecuteContract>(),
            entry::<MsgMigrateContract>(),
            entry::<MsgSudoContract>(),
            entry::<MsgUpdateAdmin>(),
            entry::<MsgClearAdmin>(),
            entry::<MsgUpdateContractLabel>(),
            entry::<MsgUpdateInstantiateConfig>(),
            entry::<MsgUpdateParams>(),
            entry::<MsgPinCodes>(),
            entry::<MsgUnpinCodes>(),
            entry::<MsgStoreAndInstantiateContract>(),
            entry::<MsgStoreAndMigrateContract>(),
            entry::<MsgAddCodeUploadParamsAddresses>(),
            entry::<MsgRemoveCodeUploadParamsAddresses>(),
            entry::<MsgUpdateCodeRules>(),
            entry::<MsgUpdateHostParams>(),
            entry::<MsgSubmitProposal>(),
            entry::<MsgVote>(),
            entry::<MsgVoteWeighted>(),
            entry::<MsgSetCouncil>(),
            entry::<MsgDeposit>(),
            entry::<MsgCancelProposal>(),
            entry::<gov::MsgUpdateParams>(),
            entry::<MsgUpdateExecution>(),
            entry::<legacy::MsgSubmitProposal>(),
            entry::<legacy::MsgVote>(),
            entry::<legacy::MsgVoteWeighted>(),
            entry::<legacy::MsgDeposit>(),
            entry::<MsgSchedule>(),
            entry::<MsgCancel>(),
            entry::<MsgCreateDenom>(),
            entry::<MsgSetDenomMetadata>(),
            entry::<tokenfactory::MsgUpdateParams>(),
            entry::<MsgMint>(),
            entry::<MsgBurn>(),
            entry::<MsgChangeAdmin>(),
            entry::<MsgSetMintCap>(),
        ])
    })
}

/// Whether the chain has a message of this type.
pub(crate) fn is_known(type_url: &str) -> bool {
    table().contains_key(type_url)
}

/// Unpacks a message of a known type.
pub(crate) fn decode(any: &Any) -> Result<Box<dyn AnyMessage>, TxError> {
    let decode = table()
        .get(&any.type_url)
        .ok_or_else(|| SdkError::UnknownRequest(format!("this chain does not know message {:?}", any.type_url)))?;
    decode(&any.value).map_err(|error| SdkError::TxParse(format!("{}: {error}", any.type_url)).into())
}

/// Most levels of messages within messages: each takes a part of the stack, here and where a state is written as JSON.
const MAX_NESTING: usize = 4;

/// Refuses messages that are nested too deep.
pub(crate) fn assert_nesting(messages: &[Any]) -> Result<(), TxError> {
    assert_level(messages, 1)
}

fn assert_level(messages: &[Any], level: usize) -> Result<(), TxError> {
    if level > MAX_NESTING && !messages.is_empty() {
        let text = format!("messages are nested deeper than {MAX_NESTING} levels");
        return Err(SdkError::InvalidRequest(text).into());
    }
    for any in messages {
        assert_level(&read_inner(any)?, level + 1)?;
    }
    Ok(())
}

/// The messages that a message holds; none for most.
fn read_inner(any: &Any) -> Result<Vec<Any>, TxError> {
    let inner = if holds::<MsgExec>(any) {
        MsgExec::decode(&*any.value).map(|exec| exec.msgs)
    } else if holds::<MsgSubmitProposal>(any) {
        MsgSubmitProposal::decode(&*any.value).map(|proposal| proposal.messages)
    } else {
        return Ok(Vec::new());
    };
    inner.map_err(|error| SdkError::TxParse(format!("{}: {error}", any.type_url)).into())
}

/// Checks a message and all that it holds, none of which is nested too deep: what is stored must be readable for ever.
pub(crate) fn check_all(any: &Any, codec: &AddressCodec) -> Result<Box<dyn AnyMessage>, TxError> {
    let message = decode(any)?;
    message.check(codec)?;
    for inner in read_inner(any)? {
        check_all(&inner, codec)?;
    }
    Ok(message)
}

/// Runs a message whose only signer must be `signer`: what proposals and contracts do.
pub(crate) fn apply_as(machine: &mut Machine<'_>, signer: &Address, any: &Any, rights: Rights) -> Result<Any, TxError> {
    let message = decode(any)?;
    message.check(&machine.env.codec)?;
    if message.signer(&machine.env.codec)? != *signer {
        return Err(
            SdkError::Unauthorized(format!("{} must be signed by {}", any.type_url, machine.text(signer))).into(),
        );
    }
    machine.emit(message.event());
    message.apply(machine, rights)
}

/// Refuses a message that only governance may send.
pub(crate) fn assert_authority(machine: &Machine<'_>, authority: &str) -> Result<(), TxError> {
    let expected = machine.text(&machine.env.gov);
    if authority == expected {
        Ok(())
    } else {
        Err(SdkError::Unauthorized(format!("invalid authority; expected {expected}, got {authority}")).into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::descriptor::pool;

    #[test]
    fn every_message_names_its_signer_and_has_an_amino_name_of_its_own() {
        let extension = |name: &str| pool().get_extension_by_name(name).unwrap();
        let (signer, amino) = (extension("cosmos.msg.v1.signer"), extension("amino.name"));
        let mut names = BTreeSet::new();
        for type_url in table().keys() {
            let descriptor = pool().get_message_by_name(type_url.trim_start_matches('/')).unwrap();
            let options = descriptor.options();
            assert!(options.has_extension(&signer), "{type_url}");
            let name = options.get_extension(&amino).as_str().unwrap().to_owned();
            // What off-chain signing of arbitrary data uses (ADR-36) must mean nothing here.
            assert!(!name.is_empty() && name != "sign/MsgSignData", "{type_url}");
            assert!(names.insert(name), "{type_url}");
        }
        assert_eq!(names.len(), table().len());
    }
}
