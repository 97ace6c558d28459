//! Parameters of one call, from a JSON object, a JSON array (by position) or a URI query.
//!
//! Numbers may be quoted or bare; `height` absent, `null`, `""` and `0` all mean the latest.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::block::Hash;
use crate::error::RpcError;

#[derive(Clone, Debug)]
enum Raw {
    Json(Value),
    /// As in CometBFT, text in a URI is quoted and bytes are quoted text or `0x` hex.
    Uri(String),
}

/// Named parameters of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(BTreeMap<String, Raw>);

impl Params {
    /// From the `params` member of a JSON-RPC request; `names` gives positions their names.
    pub(crate) fn from_json(params: Option<&Value>, names: &[&str]) -> Result<Self, RpcError> {
        match params {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Object(members)) => Ok(Self(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Raw::Json(value.clone())))
                    .collect(),
            )),
            Some(Value::Array(values)) if values.len() > names.len() => Err(RpcError::InvalidParams(format!(
                "expected at most {} parameters ({}), got {}",
                names.len(),
                names.join(", "),
                values.len()
            ))),
            Some(Value::Array(values)) => Ok(Self(
                names
                    .iter()
                    .zip(values)
                    .map(|(name, value)| ((*name).to_owned(), Raw::Json(value.clone())))
                    .collect(),
            )),
            Some(_) => Err(RpcError::InvalidParams("params must be an object or an array".into())),
        }
    }

    /// From the query part of a URI.
    pub(crate) fn from_uri(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name, Raw::Uri(value))).collect())
    }

    /// The raw value as text: JSON strings and numbers, URI text without its quotes. Absent, null and "" are `None`.
    fn scalar(&self, name: &str) -> Result<Option<String>, RpcError> {
        let text = match self.0.get(name) {
            None | Some(Raw::Json(Value::Null)) => return Ok(None),
            Some(Raw::Json(Value::String(text))) => text.clone(),
            Some(Raw::Json(Value::Number(number))) => number.to_string(),
            Some(Raw::Json(Value::Bool(flag))) => flag.to_string(),
            Some(Raw::Json(_)) => return Err(invalid(name, "a string, a number or a boolean")),
            Some(Raw::Uri(text)) => unquote(text).unwrap_or_else(|| text.clone()),
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, RpcError> {
        self.scalar(name)
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, RpcError> {
        let parse = |text: String| {
            text.parse()
                .map_err(|_| invalid(name, "a whole number that is not negative"))
        };
        self.scalar(name)?.map(parse).transpose()
    }

    /// `None` is the latest height.
    pub(crate) fn height(&self, name: &str) -> Result<Option<u64>, RpcError> {
        Ok(self.number(name)?.filter(|height| *height > 0))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, RpcError> {
        match self.scalar(name)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(invalid(name, "true or false")),
        }
    }

    /// Bytes that CometBFT writes in hex (`abci_query.data`).
    pub(crate) fn hex_bytes(&self, name: &str) -> Result<Vec<u8>, RpcError> {
        let text = self.scalar(name)?.unwrap_or_default();
        hex::decode(text.strip_prefix("0x").unwrap_or(&text)).map_err(|_| invalid(name, "hex"))
    }

    /// Bytes that CometBFT writes in base64 (`tx`); in a URI quoted text or `0x` hex.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, RpcError> {
        match self.0.get(name) {
            None | Some(Raw::Json(Value::Null)) => Err(RpcError::InvalidParams(format!("{name} is missing"))),
            Some(Raw::Json(Value::String(text))) => STANDARD.decode(text).map_err(|_| invalid(name, "base64")),
            Some(Raw::Json(_)) => Err(invalid(name, "base64")),
            Some(Raw::Uri(text)) => match (text.strip_prefix("0x"), unquote(text)) {
                (Some(digits), _) => hex::decode(digits).map_err(|_| invalid(name, "hex after 0x")),
                (None, Some(inner)) => Ok(inner.into_bytes()),
                (None, None) => Err(invalid(name, "0x and hex, or quoted text")),
            },
        }
    }

    /// A 32-byte hash in base64, or in hex as people paste it.
    pub(crate) fn hash(&self, name: &str) -> Result<Hash, RpcError> {
        let text = self
            .scalar(name)?
            .ok_or_else(|| RpcError::InvalidParams(format!("{name} is missing")))?;
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        let bytes = if digits.len() == 64 {
            hex::decode(digits).ok()
        } else {
            STANDARD.decode(&text).ok()
        };
        bytes
            .and_then(|bytes| Hash::try_from(bytes).ok())
            .ok_or_else(|| invalid(name, "a hash of 32 bytes"))
    }
}

fn invalid(name: &str, expected: &str) -> RpcError {
    RpcError::InvalidParams(format!("{name} must be {expected}"))
}

fn unquote(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(serde_json::from_str(text).unwrap_or_else(|_| inner.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Params {
        Params::from_json(Some(&value), &[]).unwrap()
    }

    #[test]
    fn every_spelling_of_no_height_means_the_latest() {
        for height in [
            json!({}),
            json!({"height": null}),
            json!({"height": ""}),
            json!({"height": "0"}),
            json!({"height": 0}),
        ] {
            assert_eq!(object(height.clone()).height("height"), Ok(None), "{height}");
        }
        assert_eq!(object(json!({"height": "7"})).height("height"), Ok(Some(7)));
        assert_eq!(object(json!({"height": 7})).height("height"), Ok(Some(7)));
    }

    #[test]
    fn negative_heights_are_refused() {
        assert_eq!(
            object(json!({"height": -1})).height("height"),
            Err(RpcError::InvalidParams(
                "height must be a whole number that is not negative".into()
            ))
        );
    }

    #[test]
    fn positions_get_their_names_and_more_than_the_names_are_refused() {
        let names = ["path", "data"];
        let params = Params::from_json(Some(&json!(["/a", "00ff"])), &names).unwrap();
        assert_eq!(params.text("path"), Ok(Some("/a".into())));
        assert_eq!(params.hex_bytes("data"), Ok(vec![0, 255]));
        assert_eq!(
            Params::from_json(Some(&json!([1, 2, 3])), &names).unwrap_err(),
            RpcError::InvalidParams("expected at most 2 parameters (path, data), got 3".into())
        );
    }

    #[test]
    fn uri_bytes_are_hex_after_0x_or_quoted_text() {
        let uri = |value: &str| Params::from_uri([("tx".to_owned(), value.to_owned())]);
        assert_eq!(uri("0x00ff").bytes("tx"), Ok(vec![0, 255]));
        assert_eq!(uri("\"ab\"").bytes("tx"), Ok(b"ab".to_vec()));
        assert_eq!(uri("ab").bytes("tx"), Err(invalid("tx", "0x and hex, or quoted text")));
    }

    #[test]
    fn a_hash_is_read_from_base64_and_from_hex() {
        let hash = [7u8; 32];
        assert_eq!(object(json!({"hash": STANDARD.encode(hash)})).hash("hash"), Ok(hash));
        assert_eq!(object(json!({"hash": hex::encode_upper(hash)})).hash("hash"), Ok(hash));
        assert_eq!(
            object(json!({"hash": "abcd"})).hash("hash"),
            Err(invalid("hash", "a hash of 32 bytes"))
        );
    }
}
