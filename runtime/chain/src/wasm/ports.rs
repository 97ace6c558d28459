//! Ports of contracts: how IBC names them.

use crate::address::{Address, AddressCodec};
use crate::error::TxError;
use crate::wasm::WasmError;

const PREFIX: &str = "wasm.";
const PREFIX_V2: &str = "wasm2";

/// Port of a contract with the classic IBC entry points.
pub(crate) fn compute_port(codec: &AddressCodec, contract: &Address) -> String {
    format!("{PREFIX}{}", codec.to_text(contract))
}

/// IBC v2 port of a contract: its address without the chain's prefix. Every contract has one.
pub(crate) fn compute_port_v2(codec: &AddressCodec, contract: &Address) -> String {
    let text = codec.to_text(contract);
    format!("{PREFIX_V2}{}", text.strip_prefix(codec.prefix()).unwrap_or(&text))
}

pub(crate) fn parse_port(codec: &AddressCodec, port: &str) -> Result<Address, TxError> {
    Ok(codec.parse(strip(port, PREFIX)?)?)
}

pub(crate) fn parse_port_v2(codec: &AddressCodec, port: &str) -> Result<Address, TxError> {
    Ok(codec.parse(&format!("{}{}", codec.prefix(), strip(port, PREFIX_V2)?))?)
}

fn strip<'a>(port: &'a str, prefix: &str) -> Result<&'a str, WasmError> {
    port.strip_prefix(prefix).ok_or_else(|| WasmError::Invalid {
        reason: format!("port {port:?} does not begin with {prefix}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_name_their_contract() {
        let codec = AddressCodec::new("akash").unwrap();
        let contract = Address::from_bytes(vec![7; 32]).unwrap();
        let (port, port_v2) = (compute_port(&codec, &contract), compute_port_v2(&codec, &contract));
        assert!(
            port.starts_with("wasm.akash1") && port_v2.starts_with("wasm21"),
            "{port} {port_v2}"
        );
        assert_eq!(parse_port(&codec, &port), Ok(contract.clone()));
        assert_eq!(parse_port_v2(&codec, &port_v2), Ok(contract));
        assert_eq!(parse_port(&codec, &port_v2).unwrap_err().code(), ("wasm", 14));
        assert_eq!(parse_port_v2(&codec, "transfer").unwrap_err().code(), ("wasm", 14));
    }
}
