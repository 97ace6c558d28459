//! From bytes to a transaction. What was signed are the received bytes of body and auth info: they are kept and never
//! encoded again.

use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, TxBody, TxRaw};
use supercloud_proto::prost::{Message, Name};

use crate::error::{SdkError, TxError};
use crate::message::{self, AnyMessage};

use super::unknown_fields::{NonCritical, assert_fields_known};

/// Most bytes of a transaction: a gov proposal with the largest Wasm fits.
pub const MAX_TX_LEN: usize = 4 * 1024 * 1024;

/// A transaction whose messages are all known and well formed.
pub(crate) struct DecodedTx {
    pub(crate) raw: TxRaw,
    pub(crate) raw_len: usize,
    /// With its packed messages: some sign modes sign them in another form.
    pub(crate) body: TxBody,
    pub(crate) auth: AuthInfo,
    pub(crate) messages: Vec<Box<dyn AnyMessage>>,
}

impl DecodedTx {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, TxError> {
        if bytes.len() > MAX_TX_LEN {
            return Err(SdkError::TxTooLarge {
                limit: MAX_TX_LEN,
                got: bytes.len(),
            }
            .into());
        }
        let raw: TxRaw = decode_strictly(bytes, NonCritical::Refused)?;
        // A second encoding of the same transaction would have another hash (ADR-027).
        if raw.encode_to_vec() != bytes {
            return Err(SdkError::TxParse("transaction is not in canonical form".to_owned()).into());
        }
        let body: TxBody = decode_strictly(&raw.body_bytes, NonCritical::Allowed)?;
        let auth: AuthInfo = decode_strictly(&raw.auth_info_bytes, NonCritical::Refused)?;
        let messages = body
            .messages
            .iter()
            .map(message::decode)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            raw,
            raw_len: bytes.len(),
            body,
            auth,
            messages,
        })
    }

    pub(crate) fn gas_limit(&self) -> u64 {
        self.auth.fee.as_ref().map_or(0, |fee| fee.gas_limit)
    }
}

fn decode_strictly<M: Message + Name + Default>(bytes: &[u8], non_critical: NonCritical) -> Result<M, TxError> {
    assert_fields_known(bytes, &M::full_name(), non_critical).map_err(SdkError::TxParse)?;
    Ok(M::decode(bytes).map_err(|error| SdkError::TxParse(error.to_string()))?)
}
