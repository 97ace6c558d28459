//! The wasm module in a genesis, in the JSON of wasmd: 64-bit numbers are text, storage keys upper-case hexadecimal,
//! other bytes base64, messages stand as they are.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use supercloud_proto::cosmwasm::wasm::v1::{AbsoluteTxPosition, AccessConfig, AccessType};

/// Codes, contracts and their storage, as exported from a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WasmGenesis(pub(super) WasmState);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WasmState {
    pub(super) params: WasmParams,
    #[serde(default)]
    pub(super) codes: Vec<Code>,
    #[serde(default)]
    pub(super) contracts: Vec<Contract>,
    #[serde(default)]
    pub(super) sequences: Vec<Sequence>,
    /// Ours: IBC packets that wait for their acknowledgement, as they are stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) packets: Vec<Model>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WasmParams {
    pub(super) code_upload_access: Access,
    pub(super) instantiate_default_permission: Permission,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Access {
    pub(super) permission: Permission,
    #[serde(default)]
    pub(super) addresses: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Permission {
    Unspecified,
    Nobody,
    Everybody,
    AnyOfAddresses,
}

impl From<AccessType> for Permission {
    fn from(access: AccessType) -> Self {
        match access {
            AccessType::Unspecified => Self::Unspecified,
            AccessType::Nobody => Self::Nobody,
            AccessType::Everybody => Self::Everybody,
            AccessType::AnyOfAddresses => Self::AnyOfAddresses,
        }
    }
}

impl From<Permission> for AccessType {
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::Unspecified => Self::Unspecified,
            Permission::Nobody => Self::Nobody,
            Permission::Everybody => Self::Everybody,
            Permission::AnyOfAddresses => Self::AnyOfAddresses,
        }
    }
}

impl From<AccessConfig> for Access {
    fn from(config: AccessConfig) -> Self {
        Self {
            permission: config.permission().into(),
            addresses: config.addresses,
        }
    }
}

impl From<Access> for AccessConfig {
    fn from(access: Access) -> Self {
        Self {
            permission: AccessType::from(access.permission).into(),
            addresses: access.addresses,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    pub(super) code_id: Text64,
    pub(super) code_info: CodeInfo,
    pub(super) code_bytes: Base64,
    #[serde(default)]
    pub(super) pinned: bool,
    /// Ours: the rule by which the code is metered, left out when it is the first.
    #[serde(default = "first_metering", skip_serializing_if = "is_first_metering")]
    pub(super) metering_version: u32,
}

fn first_metering() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_first_metering(version: &u32) -> bool {
    *version == first_metering()
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeInfo {
    pub(super) code_hash: Base64,
    pub(super) creator: String,
    pub(super) instantiate_config: Access,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contract {
    pub(super) contract_address: String,
    pub(super) contract_info: ContractInfo,
    #[serde(default)]
    pub(super) contract_state: Vec<Model>,
    pub(super) contract_code_history: Vec<HistoryEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractInfo {
    pub(super) code_id: Text64,
    pub(super) creator: String,
    #[serde(default)]
    pub(super) admin: String,
    pub(super) label: String,
    pub(super) created: Option<Position>,
    #[serde(default)]
    pub(super) ibc_port_id: String,
    /// Data of other modules: none here has any.
    #[serde(default)]
    pub(super) extension: (),
    #[serde(default)]
    pub(super) ibc2_port_id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    pub(super) block_height: Text64,
    pub(super) tx_index: Text64,
}

impl From<AbsoluteTxPosition> for Position {
    fn from(position: AbsoluteTxPosition) -> Self {
        Self {
            block_height: Text64(position.block_height),
            tx_index: Text64(position.tx_index),
        }
    }
}

impl From<Position> for AbsoluteTxPosition {
    fn from(position: Position) -> Self {
        Self {
            block_height: position.block_height.0,
            tx_index: position.tx_index.0,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    pub(super) key: UpperHex,
    pub(super) value: Base64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryEntry {
    /// Name of the protobuf enum's value.
    pub(super) operation: String,
    pub(super) code_id: Text64,
    pub(super) updated: Option<Position>,
    pub(super) msg: RawJson,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sequence {
    pub(super) id_key: Base64,
    pub(super) value: Text64,
}

/// A number as text; read also as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text64(pub(super) u64);

impl Serialize for Text64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(u64),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Number(number) => Ok(Self(number)),
            Form::Text(text) => text
                .parse()
                .map(Self)
                .map_err(|error| D::Error::custom(format!("{text:?}: {error}"))),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base64(pub(super) Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UpperHex(pub(super) Vec<u8>);

impl Serialize for UpperHex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode_upper(&self.0))
    }
}

impl<'de> Deserialize<'de> for UpperHex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map(Self).map_err(D::Error::custom)
    }
}

/// JSON kept to the byte; nothing at all is `null`. What would not come back the same, such as white space around it, is
/// base64 within an object of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawJson(pub(super) Vec<u8>);

const NULL: &str = "null";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Escaped {
    #[serde(rename = "$base64")]
    bytes: Base64,
}

impl RawJson {
    /// The text as it may stand in a genesis; none where reading it would give something else.
    fn to_raw(&self) -> Option<Box<RawValue>> {
        if self.0.is_empty() {
            return RawValue::from_string(NULL.to_owned()).ok();
        }
        let text = std::str::from_utf8(&self.0).ok()?;
        let raw = RawValue::from_string(text.to_owned()).ok()?;
        let is_kept = raw.get() == text && Self::from_raw(&raw) == *self;
        is_kept.then_some(raw)
    }

    fn from_raw(raw: &RawValue) -> Self {
        let text = raw.get();
        if text == NULL {
            return Self(Vec::new());
        }
        // A list would pass for the object too.
        let escaped = text.starts_with('{').then(|| serde_json::from_str::<Escaped>(text));
        match escaped {
            Some(Ok(escaped)) => Self(escaped.bytes.0),
            _ => Self(text.as_bytes().to_vec()),
        }
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_raw() {
            Some(raw) => raw.serialize(serializer),
            None => Escaped {
                bytes: Base64(self.0.clone()),
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_raw(&Box::<RawValue>::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_to_the_byte() {
        for (bytes, json) in [
            (&b""[..], "null"),
            (br#"{ "a":  1 }"#, r#"{ "a":  1 }"#),
            (br#""text""#, r#""text""#),
            (br#"["aGk="]"#, r#"["aGk="]"#),
            (b"null", r#"{"$base64":"bnVsbA=="}"#),
            (b"{} ", r#"{"$base64":"e30g"}"#),
            (b"\n{}", r#"{"$base64":"Cnt9"}"#),
            (b"\xff", r#"{"$base64":"/w=="}"#),
            (br#"{"$base64":"aGk="}"#, r#"{"$base64":"eyIkYmFzZTY0IjoiYUdrPSJ9"}"#),
        ] {
            let kept = RawJson(bytes.to_vec());
            let written = serde_json::to_string(&kept).unwrap();
            assert_eq!(written, json);
            assert_eq!(serde_json::from_str::<RawJson>(&written).unwrap(), kept);
        }
    }
}
