//! Codes and contracts.

use serde::Serialize;
use serde::de::DeserializeOwned;
use supercloud_proto::cosmwasm::wasm::v1::{
    CodeInfoResponse, QueryCodesRequest, QueryCodesResponse, QueryContractInfoRequest, QueryContractInfoResponse,
    QueryContractsByCodeRequest, QueryContractsByCodeResponse, QueryRawContractStateRequest,
    QueryRawContractStateResponse, QuerySmartContractStateRequest, QuerySmartContractStateResponse,
};
use supercloud_proto::cosmwasm::wasm::v1::{QueryCodeInfoRequest, QueryCodeInfoResponse};

use super::{Client, all_pages};
use crate::error::ClientError;

/// A stored code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// Code id.
    pub code_id: u64,
    /// Who uploaded it.
    pub creator: String,
    /// SHA-256 of the uncompressed Wasm.
    pub checksum: [u8; 32],
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractInfo {
    /// Address.
    pub address: String,
    /// Its code.
    pub code_id: u64,
    /// Who instantiated it.
    pub creator: String,
    /// Who may migrate it; `None` is nobody.
    pub admin: Option<String>,
    /// Its name.
    pub label: String,
}

impl Client {
    /// Asks a contract. `T` is its query message, `R` the answer.
    pub async fn query_wasm<T, R>(&self, contract: &str, message: &T) -> Result<R, ClientError>
    where
        T: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
        let query_data = serde_json::to_vec(message).map_err(|error| ClientError::Encode {
            reason: error.to_string(),
        })?;
        let request = QuerySmartContractStateRequest {
            address: contract.to_owned(),
            query_data,
        };
        let response: QuerySmartContractStateResponse = self.query(path, &request).await?;
        serde_json::from_slice(&response.data)
            .map_err(|error| ClientError::malformed(format!("query of {contract}"), error))
    }

    /// Value under a raw storage key of a contract; empty when absent.
    pub async fn query_wasm_raw(&self, contract: &str, key: &[u8]) -> Result<Vec<u8>, ClientError> {
        let path = "/cosmwasm.wasm.v1.Query/RawContractState";
        let request = QueryRawContractStateRequest {
            address: contract.to_owned(),
            query_data: key.to_vec(),
        };
        let response: QueryRawContractStateResponse = self.query(path, &request).await?;
        Ok(response.data)
    }

    /// A contract; `None` when there is none at the address.
    pub async fn contract_info(&self, contract: &str) -> Result<Option<ContractInfo>, ClientError> {
        let path = "/cosmwasm.wasm.v1.Query/ContractInfo";
        let request = QueryContractInfoRequest {
            address: contract.to_owned(),
        };
        let response: QueryContractInfoResponse = match self.query(path, &request).await {
            Ok(response) => response,
            Err(error) if error.is_not_found() || is_no_such_contract(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let info = response
            .contract_info
            .ok_or_else(|| ClientError::malformed(path, "no contract_info"))?;
        Ok(Some(ContractInfo {
            address: response.address,
            code_id: info.code_id,
            creator: info.creator,
            admin: Some(info.admin).filter(|admin| !admin.is_empty()),
            label: info.label,
        }))
    }

    /// A stored code; `None` when there is none with this id.
    pub async fn code_info(&self, code_id: u64) -> Result<Option<CodeInfo>, ClientError> {
        let path = "/cosmwasm.wasm.v1.Query/CodeInfo";
        let response: QueryCodeInfoResponse = match self.query(path, &QueryCodeInfoRequest { code_id }).await {
            Ok(response) => response,
            Err(error) if error.is_not_found() || is_no_such_code(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let checksum = read_checksum(path, &response.checksum)?;
        Ok(Some(CodeInfo {
            code_id: response.code_id,
            creator: response.creator,
            checksum,
        }))
    }

    /// All stored codes.
    pub async fn code_infos(&self) -> Result<Vec<CodeInfo>, ClientError> {
        let path = "/cosmwasm.wasm.v1.Query/Codes";
        let request = |pagination| QueryCodesRequest { pagination };
        let split = |page: QueryCodesResponse| (page.code_infos, page.pagination);
        let codes: Vec<CodeInfoResponse> = all_pages(self, path, request, split).await?;
        codes
            .into_iter()
            .map(|code| {
                let checksum = read_checksum(path, &code.data_hash)?;
                Ok(CodeInfo {
                    code_id: code.code_id,
                    creator: code.creator,
                    checksum,
                })
            })
            .collect()
    }

    /// Addresses of all contracts that run a code.
    pub async fn contracts_by_code(&self, code_id: u64) -> Result<Vec<String>, ClientError> {
        let path = "/cosmwasm.wasm.v1.Query/ContractsByCode";
        let request = |pagination| QueryContractsByCodeRequest { code_id, pagination };
        let split = |page: QueryContractsByCodeResponse| (page.contracts, page.pagination);
        all_pages(self, path, request, split).await
    }
}

fn read_checksum(path: &str, bytes: &[u8]) -> Result<[u8; 32], ClientError> {
    let reason = || format!("a checksum has 32 bytes, got {}", bytes.len());
    bytes.try_into().map_err(|_| ClientError::malformed(path, reason()))
}

fn is_no_such_contract(error: &ClientError) -> bool {
    error.log().is_some_and(|log| log.contains("no such contract"))
}

fn is_no_such_code(error: &ClientError) -> bool {
    error.log().is_some_and(|log| log.contains("no such code"))
}
