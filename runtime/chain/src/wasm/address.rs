//! Addresses of contracts; the same on every CosmWasm chain.

use supercloud_proto::prost::bytes::BufMut;

use crate::address::Address;
use crate::vm::Checksum;
use crate::wasm::WasmError;

/// Most bytes of a salt.
pub(crate) const MAX_SALT_LEN: usize = 64;

/// Address of the `instance_id`-th classic instance of the chain.
pub fn compute_classic_address(code_id: u64, instance_id: u64) -> Address {
    let mut key = b"wasm\0".to_vec();
    key.put_u64(code_id);
    key.put_u64(instance_id);
    Address::from_module_key(&key)
}

/// Address by checksum, creator and salt; `msg` is empty unless the message is fixed too.
pub fn compute_predictable_address(
    checksum: &Checksum,
    creator: &Address,
    salt: &[u8],
    msg: &[u8],
) -> Result<Address, WasmError> {
    if salt.is_empty() {
        return Err(WasmError::Empty { field: "salt" });
    }
    if salt.len() > MAX_SALT_LEN {
        return Err(WasmError::Limit {
            field: "salt",
            got: salt.len(),
            limit: MAX_SALT_LEN,
        });
    }
    let mut key = b"wasm\0".to_vec();
    for part in [checksum, creator.as_bytes(), salt, msg] {
        key.put_u64(part.len() as u64);
        key.put_slice(part);
    }
    Ok(Address::from_module_key(&key))
}
