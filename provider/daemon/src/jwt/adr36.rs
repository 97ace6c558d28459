//! The document that browser wallets sign in place of arbitrary bytes (ADR-36): an empty amino transaction with one
//! message that holds the bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use supercloud_sdl::canonical_json;

/// The bytes that are signed. Amino JSON is sorted and HTML-escaped, as manifests are.
pub(super) fn document(signer: &str, data: &[u8]) -> Vec<u8> {
    let message = json!({
        "type": "sign/MsgSignData",
        "value": { "data": STANDARD.encode(data), "signer": signer }
    });
    let document = json!({
        "account_number": "0",
        "chain_id": "",
        "fee": { "amount": [], "gas": "0" },
        "memo": "",
        "msgs": [message],
        "sequence": "0"
    });
    canonical_json(&document).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_sorted_and_compact() {
        assert_eq!(
            String::from_utf8(document("akash1x", b"hi")).unwrap(),
            "{\"account_number\":\"0\",\"chain_id\":\"\",\"fee\":{\"amount\":[],\"gas\":\"0\"},\"memo\":\"\",\
             \"msgs\":[{\"type\":\"sign/MsgSignData\",\"value\":{\"data\":\"aGk=\",\"signer\":\"akash1x\"}}],\
             \"sequence\":\"0\"}"
        );
    }
}
