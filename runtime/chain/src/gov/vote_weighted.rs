//! `MsgVoteWeighted`: a member of the council splits its vote; a later vote replaces an earlier one.

use supercloud_proto::cosmos::gov::v1::{MsgVoteWeighted, MsgVoteWeightedResponse, WeightedVoteOption};

use crate::address::AddressCodec;
use crate::error::{SdkError, TxError};
use crate::gov::vote::{apply_vote, assert_metadata};
use crate::gov::weight::{parse_parts, to_decimal};
use crate::machine::Machine;
use crate::message::{Message, Rights};

impl Message for MsgVoteWeighted {
    type Response = MsgVoteWeightedResponse;
    const MODULE: &'static str = "governance";

    fn signer(&self) -> &str {
        &self.voter
    }

    fn check(&self, _: &AddressCodec) -> Result<(), TxError> {
        if self.options.is_empty() {
            return Err(SdkError::InvalidRequest("no vote options".to_owned()).into());
        }
        parse_parts(&self.options)?;
        assert_metadata(&self.metadata)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgVoteWeightedResponse, TxError> {
        let options = parse_parts(&self.options)?
            .into_iter()
            .map(|(option, part)| WeightedVoteOption {
                option: option.into(),
                weight: to_decimal(part),
            })
            .collect();
        apply_vote(machine, self.proposal_id, self.voter, options, self.metadata)?;
        Ok(MsgVoteWeightedResponse {})
    }
}
