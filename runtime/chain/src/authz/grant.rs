//! `MsgGrant`: the signer lets another account send messages of one type for it.

use supercloud_proto::cosmos::authz::v1beta1::{Grant, MsgGrant, MsgGrantResponse};
use supercloud_proto::prost_types::Any;

use crate::address::AddressCodec;
use crate::auth;
use crate::authz::authorization::Authorization;
use crate::authz::{self, AuthzError, GrantId};
use crate::error::{SdkError, TxError};
use crate::genesis;
use crate::machine::Machine;
use crate::message::{self, Message, Rights};

impl Message for MsgGrant {
    type Response = MsgGrantResponse;
    const MODULE: &'static str = "authz";

    fn signer(&self) -> &str {
        &self.granter
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        codec.parse(&self.grantee)?;
        if self.granter == self.grantee {
            return Err(AuthzError::GranteeIsGranter.into());
        }
        let grant = self.grant.clone().unwrap_or_default();
        authz::end_nanos(&grant)?;
        Authorization::decode(grant.authorization.as_ref())?.assert_valid(codec)
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgGrantResponse, TxError> {
        let (granter, grantee) = (machine.address(&self.granter)?, machine.address(&self.grantee)?);
        let mut grant: Grant = self.grant.unwrap_or_default();
        let authorization = Authorization::decode(grant.authorization.as_ref())?;
        grant.authorization = repack(grant.authorization.as_ref())?;
        let id = GrantId {
            granter,
            grantee,
            type_url: authorization.type_url(),
        };
        if !message::is_known(&id.type_url) {
            return Err(SdkError::InvalidType(format!("{} doesn't exist.", id.type_url)).into());
        }
        if authz::end_nanos(&grant)?.is_some_and(|end| end <= machine.block.time_nanos) {
            return Err(AuthzError::InvalidExpiration.into());
        }
        auth::load_or_create(machine, &id.grantee)?;
        authz::apply_grant(machine, &id, &grant)?;
        machine.emit(id.event(machine, "cosmos.authz.v1beta1.EventGrant"));
        Ok(MsgGrantResponse {})
    }
}

/// An authorization as it is stored.
fn repack(authorization: Option<&Any>) -> Result<Option<Any>, TxError> {
    let repacked = authorization.map(genesis::repack).transpose();
    Ok(repacked.map_err(|reason| SdkError::InvalidRequest(format!("authorization: {reason}")))?)
}
