//! Building and signing transactions by hand (`SIGN_MODE_DIRECT`). [`crate::TxQueue`] does it for you.

use cosmwasm_std::Coin;
use sha2::{Digest, Sha256};
use supercloud_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use supercloud_proto::cosmos::crypto::secp256k1::PubKey;
use supercloud_proto::cosmos::tx::signing::v1beta1::SignMode;
use supercloud_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignDoc, SignerInfo, TxBody, TxRaw};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::key::Key;

/// The account as the chain knows it when it checks the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerState {
    /// Chain id.
    pub chain_id: String,
    /// Account number.
    pub account_number: u64,
    /// Sequence of this transaction.
    pub sequence: u64,
}

/// What a transaction says; sign it with [`UnsignedTx::sign`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnsignedTx {
    /// Messages.
    pub messages: Vec<Any>,
    /// Memo, at most 256 characters.
    pub memo: String,
    /// Last height at which it may be included; 0 is no limit.
    pub timeout_height: u64,
    /// Gas limit.
    pub gas_limit: u64,
    /// Fee.
    pub fee: Vec<Coin>,
    /// Who pays the fee by a fee grant, when it is not the signer.
    pub fee_granter: Option<String>,
}

impl UnsignedTx {
    /// Raw bytes of the signed transaction, ready to broadcast.
    pub fn sign(&self, key: &Key, state: &SignerState) -> Vec<u8> {
        let (body_bytes, auth_info_bytes) = (
            self.body(),
            self.auth_info(Some(&key.public_key()), state.sequence, SignMode::Direct),
        );
        let document = SignDoc {
            body_bytes,
            auth_info_bytes,
            chain_id: state.chain_id.clone(),
            account_number: state.account_number,
        };
        let signature = key.sign(&document.encode_to_vec());
        let SignDoc {
            body_bytes,
            auth_info_bytes,
            ..
        } = document;
        TxRaw {
            body_bytes,
            auth_info_bytes,
            signatures: vec![signature.to_vec()],
        }
        .encode_to_vec()
    }

    /// Raw bytes for a simulation: an empty signature, which is not checked there.
    pub fn unsigned(&self, key: &Key, sequence: u64) -> Vec<u8> {
        self.unsigned_by(Some(&key.public_key()), sequence)
    }

    /// As [`UnsignedTx::unsigned`], by whoever has this compressed public key. Without a key the chain takes the signer
    /// that the messages name, which may be an account that has no key, such as governance's.
    pub fn unsigned_by(&self, public_key: Option<&[u8; 33]>, sequence: u64) -> Vec<u8> {
        let auth_info_bytes = self.auth_info(public_key, sequence, SignMode::Unspecified);
        TxRaw {
            body_bytes: self.body(),
            auth_info_bytes,
            signatures: vec![Vec::new()],
        }
        .encode_to_vec()
    }

    fn body(&self) -> Vec<u8> {
        TxBody {
            messages: self.messages.clone(),
            memo: self.memo.clone(),
            timeout_height: self.timeout_height,
            ..TxBody::default()
        }
        .encode_to_vec()
    }

    fn auth_info(&self, public_key: Option<&[u8; 33]>, sequence: u64, mode: SignMode) -> Vec<u8> {
        let signer = SignerInfo {
            public_key: public_key.map(|key| supercloud_proto::pack(&PubKey { key: key.to_vec() })),
            mode_info: Some(ModeInfo {
                sum: Some(Sum::Single(Single { mode: mode.into() })),
            }),
            sequence,
        };
        let fee = Fee {
            amount: proto_coins(&self.fee),
            gas_limit: self.gas_limit,
            payer: String::new(),
            granter: self.fee_granter.clone().unwrap_or_default(),
        };
        AuthInfo {
            signer_infos: vec![signer],
            fee: Some(fee),
            ..AuthInfo::default()
        }
        .encode_to_vec()
    }
}

/// Hash by which the chain knows a raw transaction, upper-case hex.
pub fn hash(raw: &[u8]) -> String {
    hex::encode_upper(Sha256::digest(raw))
}

pub(crate) fn proto_coins(coins: &[Coin]) -> Vec<ProtoCoin> {
    coins.iter().map(proto_coin).collect()
}

pub(crate) fn proto_coin(coin: &Coin) -> ProtoCoin {
    ProtoCoin {
        denom: coin.denom.clone(),
        amount: coin.amount.to_string(),
    }
}
