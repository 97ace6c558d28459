//! `MsgExec`: the signer sends messages of others, as far as they granted it. Its own need no grant.

use std::mem;

use supercloud_proto::cosmos::authz::v1beta1::{MsgExec, MsgExecResponse};
use supercloud_proto::prost_types::Any;

use crate::address::{Address, AddressCodec};
use crate::authz::authorization::{Authorization, Rest};
use crate::authz::{self, AuthzError, GrantId};
use crate::error::{SdkError, TxError};
use crate::machine::Machine;
use crate::message::{self, AnyMessage, Message, Rights};

impl Message for MsgExec {
    type Response = MsgExecResponse;
    const MODULE: &'static str = "authz";

    fn signer(&self) -> &str {
        &self.grantee
    }

    fn check(&self, codec: &AddressCodec) -> Result<(), TxError> {
        if self.msgs.is_empty() {
            return Err(SdkError::InvalidRequest("messages cannot be empty".to_owned()).into());
        }
        message::assert_nesting(&self.msgs)?;
        for any in &self.msgs {
            message::decode(any)?.check(codec)?;
        }
        Ok(())
    }

    fn apply(self, machine: &mut Machine<'_>, _: Rights) -> Result<MsgExecResponse, TxError> {
        let grantee = machine.address(&self.grantee)?;
        let mut results = Vec::with_capacity(self.msgs.len());
        for (index, any) in self.msgs.iter().enumerate() {
            let message = message::decode(any)?;
            assert_granted(machine, &grantee, &*message, any)?;
            let earlier = mem::take(&mut machine.events);
            let response = message.apply(machine, Rights::Own);
            let response =
                response.map_err(|error| error.wrap(format!("failed to execute message; message {}", any.type_url)))?;
            results.push(response.value);
            let own = mem::replace(&mut machine.events, earlier).into_iter();
            let own = own.map(|event| event.with("authz_msg_index", index.to_string()));
            machine.events.extend(own);
        }
        Ok(MsgExecResponse { results })
    }
}

/// Finds the grant for a message of another account and takes from it what the message needs.
fn assert_granted(
    machine: &mut Machine<'_>,
    grantee: &Address,
    message: &dyn AnyMessage,
    any: &Any,
) -> Result<(), TxError> {
    let granter = message.signer(&machine.env.codec)?;
    if granter == *grantee {
        return Ok(());
    }
    let id = GrantId {
        granter,
        grantee: grantee.clone(),
        type_url: any.type_url.clone(),
    };
    let Some(mut grant) = authz::load(machine, &id)? else {
        return Err(AuthzError::NotFound {
            granter: machine.text(&id.granter),
            grantee: machine.text(&id.grantee),
            type_url: id.type_url,
        }
        .into());
    };
    if authz::end_nanos(&grant)?.is_some_and(|end| end <= machine.block.time_nanos) {
        return Err(AuthzError::Expired.into());
    }
    let authorization = Authorization::decode(grant.authorization.as_ref())?;
    match authorization.accept(machine, any)? {
        Rest::Same => Ok(()),
        Rest::Nothing => authz::remove(machine, &id, &grant),
        Rest::Changed(authorization) => {
            grant.authorization = Some(authorization.encode());
            authz::apply_grant(machine, &id, &grant)
        }
    }
}
