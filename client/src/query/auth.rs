//! Accounts.

use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, ModuleAccount, QueryAccountRequest, QueryAccountResponse};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;
use supercloud_proto::type_url;

use super::Client;
use crate::error::ClientError;

/// What signing needs to know of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInfo {
    /// Address.
    pub address: String,
    /// Number given when the account was made.
    pub account_number: u64,
    /// Sequence of its next transaction.
    pub sequence: u64,
}

impl Client {
    /// An account; `None` when it does not exist.
    pub async fn account(&self, address: &str) -> Result<Option<AccountInfo>, ClientError> {
        let path = "/cosmos.auth.v1beta1.Query/Account";
        let request = QueryAccountRequest {
            address: address.to_owned(),
        };
        let response: QueryAccountResponse = match self.query(path, &request).await {
            Ok(response) => response,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let any = response
            .account
            .ok_or_else(|| ClientError::malformed(path, "no account"))?;
        let base = decode_account(&any).map_err(|reason| ClientError::malformed(path, reason))?;
        Ok(Some(AccountInfo {
            address: base.address,
            account_number: base.account_number,
            sequence: base.sequence,
        }))
    }
}

fn decode_account(any: &Any) -> Result<BaseAccount, String> {
    let bytes = any.value.as_slice();
    if any.type_url == type_url::<BaseAccount>() {
        return BaseAccount::decode(bytes).map_err(|error| error.to_string());
    }
    if any.type_url == type_url::<ModuleAccount>() {
        let module = ModuleAccount::decode(bytes).map_err(|error| error.to_string())?;
        return module
            .base_account
            .ok_or_else(|| "module account without a base account".to_owned());
    }
    Err(format!("unknown kind of account {}", any.type_url))
}
