//! `MsgRevoke`: the granter ends a grant.

use supercloud_proto::cosmos::authz::v1beta1::{MsgRevoke, MsgRevokeResponse};

use crate::address::AddressCodec;
use crate::authz::{self, AuthzError, GrantId};
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::message::{Message, Rights};

impl Message for MsgRevoke {
    type Response = MsgRevokeResponse;
    const MODULE: &'static str = "authz";

    fn signer(&self) -> &str {
        &self.granter
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.grantee)?;
        if self.granter == self.grantee {
            return Err(AuthzError::GranteeIsGranter.into());
        }
        if self.msg_type_url.is_empty() {
            return Err(SdkError::InvalidRequest("missing msg method name".to_owned()).into());
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgRevokeResponse, TxError> {
        let id = GrantId {
            granter: machine.address(&self.granter)?,
            grantee: machine.address(&self.grantee)?,
            type_url: self.msg_type_url,
        };
        let Some(grant) = authz::load(machine, &id)? else {
            return Err(AuthzError::NotFound {
                granter: self.granter,
                grantee: self.grantee,
                type_url: id.type_url,
            }
            .into());
        };
        authz::remove(machine, &id, &grant)?;
        machine.emit(id.event(machine, "cosmos.authz.v1beta1.EventRevoke"));
        Ok(MsgRevokeResponse {})
    }
}
