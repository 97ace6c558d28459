//! IBC entry points without a chain, and what only the engine can show of small modules.

use serde_json::{Value, json};
use supercloud_chain::vm::{EntryPoint, VmError};

use super::Contract;
use crate::json::{address, answer, base64, info, penniless, success};

fn channel(order: &str, version: &str) -> Value {
    json!({
        "endpoint": {"port_id": "my_port", "channel_id": "channel-123"},
        "counterparty_endpoint": {"port_id": "their_port", "channel_id": "channel-7"},
        "order": order, "version": version, "connection_id": "connection-2"
    })
}

#[test]
fn an_empty_contract_has_no_entry_point_to_call() {
    let Some(mut contract) = Contract::new("vm__empty", penniless()) else {
        return;
    };
    for entry_point in EntryPoint::ALL {
        let report = contract.call(*entry_point, &[b"{}", b"{}", b"{}"]);
        assert_eq!(
            report.result,
            Err(VmError::MissingExport(entry_point.export_name().into()))
        );
    }
}

#[test]
fn ibc_reflect_of_every_release_opens_and_connects() {
    for name in [
        "vm__ibc_reflect",
        "vm__ibc_reflect_1.0",
        "vm__ibc_reflect_1.2",
        "wasmd-keeper__ibc_reflect",
        "wasmvm__ibc_reflect",
    ] {
        let Some(mut contract) = Contract::new(name, penniless()) else {
            return;
        };
        success(contract.instantiate(r#"{"reflect_code_id":77}"#));
        // Whoever answers learns the other side's version, and refuses another one than its own.
        let open = |order: &str, version: &str| json!({"open_try": {"channel": channel(order, version), "counterparty_version": version}});
        let mut enter = |entry_point, msg: &Value| contract.two(entry_point, msg).unwrap();
        for (order, version) in [("ORDER_UNORDERED", "ibc-reflect-v1"), ("ORDER_ORDERED", "another")] {
            let refused = enter(EntryPoint::IbcChannelOpen, &open(order, version));
            assert!(refused.is_err(), "{name} {order} {version}");
        }
        let good = open("ORDER_ORDERED", "ibc-reflect-v1");
        assert!(enter(EntryPoint::IbcChannelOpen, &good).is_ok(), "{name}");
        let connect = json!({"open_ack": {
            "channel": channel("ORDER_ORDERED", "ibc-reflect-v1"), "counterparty_version": "ibc-reflect-v1"}});
        let connected = enter(EntryPoint::IbcChannelConnect, &connect).unwrap();
        let [message] = connected["messages"].as_array().unwrap().as_slice() else {
            panic!("{name}: {connected}")
        };
        assert_eq!(
            (&message["id"], &message["reply_on"]),
            (&json!(7890), &json!("success")),
            "{name}"
        );
        assert_eq!(message["msg"]["wasm"]["instantiate"]["code_id"], 77, "{name}");
    }
}

#[test]
fn callbacks_are_counted() {
    for name in ["vm__ibc_callbacks", "wasmd-e2e__ibc_callbacks"] {
        let Some(mut contract) = Contract::new(name, penniless()) else {
            return;
        };
        success(contract.instantiate("{}"));
        let packet = json!({
            "data": base64(b"{}"), "src": {"port_id": "a", "channel_id": "b"}, "dest": {"port_id": "c", "channel_id": "d"},
            "sequence": 1, "timeout": {"block": null, "timestamp": "5"}
        });
        let timeout = json!({"timeout": {"packet": packet, "relayer": "relayer"}});
        contract.two(EntryPoint::IbcSourceCallback, &timeout).unwrap().unwrap();
        let stats = contract.query(&json!({"callback_stats": {}}));
        assert_eq!(
            stats["ibc_timeout_callbacks"].as_array().unwrap().len(),
            1,
            "{name}: {stats}"
        );
        assert_eq!(stats["ibc_ack_callbacks"], json!([]), "{name}");
    }
}

#[test]
fn packets_of_version_2_are_counted() {
    for name in ["vm__ibc2", "wasmd-e2e__ibc2"] {
        let Some(mut contract) = Contract::new(name, penniless()) else {
            return;
        };
        success(contract.instantiate("{}"));
        let payload = json!({"response_without_ack": false, "send_async_ack_for_prev_msg": false});
        let payload = json!({"source_port": "a", "destination_port": "b", "version": "v", "encoding": "json",
            "value": base64(payload.to_string().as_bytes())});
        let receive = json!({"payload": payload, "relayer": address("relayer"), "source_client": "c",
            "destination_client": "d", "packet_sequence": 1});
        let received = contract.two(EntryPoint::Ibc2PacketReceive, &receive).unwrap().unwrap();
        assert!(received["acknowledgement"].is_string(), "{name}: {received}");
        let state = contract.query(&json!({"query_state": {}}));
        assert_eq!(state["ibc2_packet_receive_counter"], 1, "{name}: {state}");
    }
}

#[test]
fn burner_only_exists_by_migration() {
    let Some(mut contract) = Contract::new("wasmd-keeper__burner", penniless()) else {
        return;
    };
    let args: &[&[u8]] = &[&crate::json::env(), &info("creator", 0), b"{}"];
    let refused = answer(contract.call(EntryPoint::Instantiate, args))
        .unwrap()
        .unwrap_err();
    assert!(
        refused.contains("You can only use this contract for migrations"),
        "{refused}"
    );
}
