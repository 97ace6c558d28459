//! How messages look as JSON.

use serde_json::{Value as Json, json};
use supercloud_proto::cosmos::bank::v1beta1::MsgSend;
use supercloud_proto::cosmos::base::query::v1beta1::PageResponse;
use supercloud_proto::cosmos::tx::v1beta1::{Tx, TxBody};
use supercloud_proto::cosmwasm::wasm::v1::{
    AccessConfig, AccessType, CodeInfoResponse, MsgExecuteContract, QuerySmartContractStateResponse,
};
use supercloud_proto::prost::{Message, Name};
use supercloud_proto::prost_types::Any;
use supercloud_proto::{pack, type_url};

use super::*;

fn shown<M: Message + Name>(message: &M) -> Json {
    let descriptor = POOL.get_message_by_name(&M::full_name()).unwrap();
    let dynamic = DynamicMessage::decode(descriptor, &*message.encode_to_vec()).unwrap();
    serde_json::from_str(&to_json(&dynamic)).unwrap()
}

#[test]
fn defaults_are_written_and_unset_messages_and_bytes_are_null() {
    assert_eq!(
        shown(&PageResponse::default()),
        json!({ "next_key": null, "total": "0" })
    );
    assert_eq!(
        shown(&Tx::default()),
        json!({ "body": null, "auth_info": null, "signatures": [] })
    );
    assert_eq!(
        shown(&TxBody::default()),
        json!({ "messages": [], "memo": "", "timeout_height": "0", "unordered": false, "timeout_timestamp": null,
            "extension_options": [], "non_critical_extension_options": [] })
    );
}

#[test]
fn messages_to_contracts_and_their_answers_are_inlined() {
    let execute = MsgExecuteContract {
        sender: "a".into(),
        contract: "c".into(),
        msg: br#"{"bid":{"price":340282366920938463463374607431768211455}}"#.to_vec(),
        funds: vec![],
    };
    let descriptor = POOL.get_message_by_name("google.protobuf.Any").unwrap();
    let any = DynamicMessage::decode(descriptor, &*pack(&execute).encode_to_vec()).unwrap();
    assert_eq!(
        to_json(&any),
        "{\"@type\":\"/cosmwasm.wasm.v1.MsgExecuteContract\",\"sender\":\"a\",\"contract\":\"c\",\
         \"msg\":{\"bid\":{\"price\":340282366920938463463374607431768211455}},\"funds\":[]}"
    );
    let answer = |data: &[u8]| shown(&QuerySmartContractStateResponse { data: data.to_vec() });
    assert_eq!(answer(br#"{"count":5}"#), json!({ "data": { "count": 5 } }));
    assert_eq!(answer(b"\"x\""), json!({ "data": "x" }));
    assert_eq!(answer(b"{broken"), json!({ "data": "e2Jyb2tlbg==" }));
    assert_eq!(answer(b"{} }"), json!({ "data": "e30gfQ==" }));
}

#[test]
fn checksums_are_hex_and_access_types_have_short_names() {
    let info = CodeInfoResponse {
        code_id: 7,
        creator: "a".into(),
        data_hash: vec![0xab; 2],
        instantiate_permission: Some(AccessConfig {
            permission: AccessType::AnyOfAddresses.into(),
            addresses: vec!["b".into()],
        }),
    };
    assert_eq!(
        shown(&info),
        json!({ "code_id": "7", "creator": "a", "data_hash": "ABAB",
            "instantiate_permission": { "permission": "AnyOfAddresses", "addresses": ["b"] } })
    );
}

#[test]
fn decimals_have_eighteen_places() {
    for (raw, shown) in [
        ("50000000000000000", "0.050000000000000000"),
        ("-1500000000000000000", "-1.500000000000000000"),
        ("0", "0.000000000000000000"),
        ("", "0.000000000000000000"),
        ("0.5", "0.5"),
    ] {
        assert_eq!(decimal(raw), shown, "{raw}");
    }
}

#[test]
fn what_cannot_be_unpacked_is_shown_in_base64() {
    let body = |type_url: String, value: Vec<u8>| TxBody {
        messages: vec![Any { type_url, value }],
        ..TxBody::default()
    };
    assert_eq!(
        shown(&body("/not.Known".into(), vec![1]))["messages"][0],
        json!({ "@type": "/not.Known", "value": "AQ==" })
    );
    assert_eq!(
        shown(&body(type_url::<MsgSend>(), vec![0xff]))["messages"][0]["value"],
        json!("/w==")
    );
}

#[test]
fn messages_nested_without_end_are_cut() {
    let mut nested = pack(&MsgSend::default());
    for _ in 0..100_000 {
        nested = Any {
            type_url: "/google.protobuf.Any".into(),
            value: nested.encode_to_vec(),
        };
        if nested.value.len() > 20_000 {
            break;
        }
    }
    let text = shown(&TxBody {
        messages: vec![nested],
        ..TxBody::default()
    });
    assert_eq!(text["messages"][0]["@type"], "/google.protobuf.Any");
}
