//! IBC and IBC v2 entry points, callable although this chain has no IBC module yet.

use serde_json::{Value, json};
use supercloud_chain::vm::{EntryPoint, VmError};

use super::{call, query_on, text};
use crate::backend::MockBackend;
use crate::json::{answer, penniless, success};

fn channel(version: &str) -> Value {
    json!({
        "endpoint": {"port_id": "wasm.x", "channel_id": "channel-1"},
        "counterparty_endpoint": {"port_id": "wasm.y", "channel_id": "channel-2"},
        "order": "ORDER_ORDERED", "version": version, "connection_id": "connection-3"
    })
}

fn packet(data: &Value) -> Value {
    json!({
        "data": text(&data.to_string()),
        "src": {"port_id": "wasm.y", "channel_id": "channel-2"},
        "dest": {"port_id": "wasm.x", "channel_id": "channel-1"},
        "sequence": 9, "timeout": {"block": {"revision": 1, "height": 2}, "timestamp": null}
    })
}

fn payload(data: &Value) -> Value {
    json!({
        "source_port": "wasm2a", "destination_port": "wasm2b", "version": "v", "encoding": "json",
        "value": text(&data.to_string())
    })
}

fn enter(entry_point: EntryPoint, msg: &Value, backend: &mut MockBackend) -> Result<Result<Value, String>, VmError> {
    answer(call(entry_point, msg.to_string().as_bytes(), backend))
}

#[test]
fn a_channel_gets_a_version_or_leaves_it_to_the_chain_or_is_refused() {
    let open = |msg: Value| enter(EntryPoint::IbcChannelOpen, &msg, &mut penniless());
    let init = |version: &str| json!({"open_init": {"channel": channel(version)}});
    assert_eq!(open(init("v1")), Ok(Ok(json!({"version": "v1"}))));
    assert_eq!(open(init("silent")), Ok(Ok(Value::Null)));
    assert_eq!(open(init("refused")), Ok(Err("version refused".into())));
    let try_open = json!({"open_try": {"channel": channel("v1"), "counterparty_version": "v2"}});
    assert_eq!(open(try_open), Ok(Ok(json!({"version": "v1"}))));
}

/// The message arrives as it was sent.
#[test]
fn every_other_entry_point_understands_its_message() {
    let (nothing, relayer) = (json!({}), "relayer");
    let ack = json!({"data": text("ack")});
    for (entry_point, msg) in [
        (
            EntryPoint::IbcChannelConnect,
            json!({"open_ack": {"channel": channel("v"), "counterparty_version": "w"}}),
        ),
        (
            EntryPoint::IbcChannelConnect,
            json!({"open_confirm": {"channel": channel("v")}}),
        ),
        (
            EntryPoint::IbcChannelClose,
            json!({"close_init": {"channel": channel("v")}}),
        ),
        (
            EntryPoint::IbcChannelClose,
            json!({"close_confirm": {"channel": channel("v")}}),
        ),
        (
            EntryPoint::IbcPacketAck,
            json!({"acknowledgement": ack, "original_packet": packet(&nothing), "relayer": relayer}),
        ),
        (
            EntryPoint::IbcPacketTimeout,
            json!({"packet": packet(&nothing), "relayer": relayer}),
        ),
        (
            EntryPoint::IbcSourceCallback,
            json!({"acknowledgement": {
                "acknowledgement": ack, "original_packet": packet(&nothing), "relayer": relayer}}),
        ),
        (
            EntryPoint::IbcSourceCallback,
            json!({"timeout": {"packet": packet(&nothing), "relayer": relayer}}),
        ),
        (
            EntryPoint::IbcDestinationCallback,
            json!({"packet": packet(&nothing), "ack": ack,
                "transfer": {"sender": "s", "receiver": "r", "funds": [{"denom": "earth", "amount": "1"}]}}),
        ),
        (
            EntryPoint::Ibc2PacketAck,
            json!({"source_client": "a", "destination_client": "b", "data": payload(&nothing),
                "acknowledgement": text("ack"), "relayer": relayer}),
        ),
        (
            EntryPoint::Ibc2PacketTimeout,
            json!({"payload": payload(&nothing), "source_client": "a", "destination_client": "b",
                "packet_sequence": 4, "relayer": relayer}),
        ),
        (
            EntryPoint::Ibc2PacketSend,
            json!({"payload": payload(&nothing), "source_client": "a", "destination_client": "b",
                "packet_sequence": 4, "signer": "s"}),
        ),
    ] {
        let name = entry_point.export_name();
        let mut backend = penniless();
        let answer = enter(entry_point, &msg, &mut backend).unwrap().unwrap();
        let attributes = json!([{"key": "entry_point", "value": name}]);
        assert_eq!(
            answer,
            json!({"messages": [], "attributes": attributes, "events": []}),
            "{name}"
        );
        let kept = &backend.storage[format!("ibc/{name}").as_bytes()];
        assert_eq!(serde_json::from_slice::<Value>(kept).unwrap(), msg, "{name}");
    }
}

#[test]
fn packets_are_acknowledged_now_or_later_or_fail() {
    let receive = |data: &Value| {
        let msg = json!({"packet": packet(data), "relayer": "relayer"});
        enter(EntryPoint::IbcPacketReceive, &msg, &mut penniless())
    };
    let receive2 = |data: &Value| {
        let msg = json!({"payload": payload(data), "relayer": "r", "source_client": "a", "destination_client": "b",
            "packet_sequence": 4});
        enter(EntryPoint::Ibc2PacketReceive, &msg, &mut penniless())
    };
    let answers = [
        receive(&json!({"ack": text("yes")})),
        receive2(&json!({"ack": text("yes")})),
    ];
    for answer in answers {
        assert_eq!(answer.unwrap().unwrap()["acknowledgement"], text("yes"));
    }
    for answer in [receive(&json!({})), receive2(&json!({}))] {
        assert_eq!(answer.unwrap().unwrap()["acknowledgement"], Value::Null);
    }
    let fail = json!({"plan": {"fail": "not this one"}});
    for answer in [receive(&fail), receive2(&fail)] {
        assert_eq!(answer, Ok(Err("not this one".into())));
    }
    let panic = json!({"plan": {"panic": "not at all"}});
    for answer in [receive(&panic), receive2(&panic)] {
        assert!(
            matches!(&answer, Err(VmError::Aborted(text)) if text.ends_with("not at all")),
            "{answer:?}"
        );
    }
}

#[test]
fn what_a_packet_stores_is_there_for_queries() {
    let mut backend = penniless();
    let msg = json!({"packet": packet(&json!({"plan": {"log": "packet"}})), "relayer": "relayer"});
    success(call(
        EntryPoint::IbcPacketReceive,
        msg.to_string().as_bytes(),
        &mut backend,
    ));
    assert_eq!(query_on(&mut backend, &json!({"log": {}})), Ok(Ok(json!(["packet"]))));
}
