//! Codes and contracts.

use std::io::Write;

use cosmwasm_std::Coin;
use flate2::write::GzEncoder;
use serde::Serialize;
use supercloud_proto::cosmwasm::wasm::v1::{
    MsgClearAdmin, MsgExecuteContract, MsgInstantiateContract, MsgInstantiateContract2, MsgMigrateContract,
    MsgPinCodes, MsgStoreCode, MsgSudoContract, MsgUnpinCodes, MsgUpdateAdmin,
};
use supercloud_proto::pack;
use supercloud_proto::prost_types::Any;

use crate::error::ClientError;
use crate::tx::proto_coins;

/// How a module travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Gzipped: smaller, and cheaper by the chain's price per byte.
    Gzip,
    /// As it is.
    None,
}

/// A contract to make.
#[derive(Clone, Debug)]
pub struct Instantiate<'a, T: ?Sized> {
    /// Code to run.
    pub code_id: u64,
    /// Its name, 1 to 128 characters.
    pub label: &'a str,
    /// Who may migrate it; `None` is nobody.
    pub admin: Option<&'a str>,
    /// Its instantiate message.
    pub message: &'a T,
    /// Coins that go with it.
    pub funds: &'a [Coin],
}

/// Uploads a module.
pub fn store_code(sender: &str, wasm: &[u8], compression: Compression) -> Any {
    let wasm_byte_code = match compression {
        Compression::Gzip => gzip(wasm),
        Compression::None => wasm.to_vec(),
    };
    pack(&MsgStoreCode {
        sender: sender.to_owned(),
        wasm_byte_code,
        instantiate_permission: None,
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("writing to memory does not fail");
    encoder.finish().expect("writing to memory does not fail")
}

/// Makes a contract; the chain chooses the address.
pub fn instantiate<T>(sender: &str, contract: &Instantiate<'_, T>) -> Result<Any, ClientError>
where
    T: Serialize + ?Sized,
{
    Ok(pack(&MsgInstantiateContract {
        sender: sender.to_owned(),
        admin: contract.admin.unwrap_or_default().to_owned(),
        code_id: contract.code_id,
        label: contract.label.to_owned(),
        msg: encode(contract.message)?,
        funds: proto_coins(contract.funds),
    }))
}

/// Makes a contract at the address that [`crate::address::predict_instantiate2`] gives.
pub fn instantiate2<T>(sender: &str, contract: &Instantiate<'_, T>, salt: &[u8]) -> Result<Any, ClientError>
where
    T: Serialize + ?Sized,
{
    Ok(pack(&MsgInstantiateContract2 {
        sender: sender.to_owned(),
        admin: contract.admin.unwrap_or_default().to_owned(),
        code_id: contract.code_id,
        label: contract.label.to_owned(),
        msg: encode(contract.message)?,
        funds: proto_coins(contract.funds),
        salt: salt.to_vec(),
        fix_msg: false,
    }))
}

/// Calls a contract.
pub fn execute<T>(sender: &str, contract: &str, message: &T, mut funds: Vec<Coin>) -> Result<Any, ClientError>
where
    T: Serialize + ?Sized,
{
    // The chain refuses a list that is not sorted.
    funds.sort_by(|left, right| left.denom.cmp(&right.denom));
    Ok(pack(&MsgExecuteContract {
        sender: sender.to_owned(),
        contract: contract.to_owned(),
        msg: encode(message)?,
        funds: proto_coins(&funds),
    }))
}

/// Moves a contract to another code; `sender` is its admin.
pub fn migrate<T>(sender: &str, contract: &str, code_id: u64, message: &T) -> Result<Any, ClientError>
where
    T: Serialize + ?Sized,
{
    Ok(pack(&MsgMigrateContract {
        sender: sender.to_owned(),
        contract: contract.to_owned(),
        code_id,
        msg: encode(message)?,
    }))
}

/// Calls a contract's `sudo` (governance only).
pub fn sudo<T>(authority: &str, contract: &str, message: &T) -> Result<Any, ClientError>
where
    T: Serialize + ?Sized,
{
    Ok(pack(&MsgSudoContract {
        authority: authority.to_owned(),
        contract: contract.to_owned(),
        msg: encode(message)?,
    }))
}

/// Makes `new_admin` the admin of a contract.
pub fn update_admin(sender: &str, contract: &str, new_admin: &str) -> Any {
    pack(&MsgUpdateAdmin {
        sender: sender.to_owned(),
        contract: contract.to_owned(),
        new_admin: new_admin.to_owned(),
    })
}

/// Leaves a contract without admin: it can never be migrated again.
pub fn clear_admin(sender: &str, contract: &str) -> Any {
    pack(&MsgClearAdmin {
        sender: sender.to_owned(),
        contract: contract.to_owned(),
    })
}

/// Keeps codes in the node's memory, which makes calls cheaper (governance only).
pub fn pin_codes(authority: &str, code_ids: Vec<u64>) -> Any {
    pack(&MsgPinCodes {
        authority: authority.to_owned(),
        code_ids,
    })
}

/// Undoes [`pin_codes`] (governance only).
pub fn unpin_codes(authority: &str, code_ids: Vec<u64>) -> Any {
    pack(&MsgUnpinCodes {
        authority: authority.to_owned(),
        code_ids,
    })
}

fn encode<T: Serialize + ?Sized>(message: &T) -> Result<Vec<u8>, ClientError> {
    serde_json::to_vec(message).map_err(|error| ClientError::Encode {
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use cosmwasm_std::coin;
    use supercloud_proto::prost::Message;

    use super::*;

    #[test]
    fn gzipped_code_unpacks_to_the_same_bytes() {
        let wasm = vec![7u8; 10_000];
        let any = store_code("a", &wasm, Compression::Gzip);
        let message = MsgStoreCode::decode(any.value.as_slice()).unwrap();
        assert!(message.wasm_byte_code.len() < 200);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(message.wasm_byte_code.as_slice())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, wasm);
    }

    #[test]
    fn funds_are_sorted_as_the_chain_wants_them() {
        let any = execute("a", "c", &serde_json::json!({}), vec![coin(1, "uz"), coin(2, "ua")]).unwrap();
        let message = MsgExecuteContract::decode(any.value.as_slice()).unwrap();
        let denoms: Vec<_> = message.funds.iter().map(|coin| coin.denom.as_str()).collect();
        assert_eq!(denoms, ["ua", "uz"]);
        assert_eq!(message.msg, b"{}");
    }
}
