//! IBC entry points through the state machine's door; no IBC module exists yet.

use serde_json::{Value, json};
use supercloud_chain::{
    Ibc2Call, Ibc2Packet, Ibc2Payload, IbcAnswer, IbcCall, IbcCallback, IbcChannel, IbcChannelCall, IbcCoin,
    IbcEndpoint, IbcOrder, IbcOutcome, IbcPacket, IbcPacketCall, IbcTimeout, IbcTimeoutBlock, IbcTransfer,
};
use supercloud_proto::cosmwasm::wasm::v1::{
    ContractInfo, MsgMigrateContract, QueryContractInfoRequest, QueryContractInfoResponse,
};
use supercloud_proto::pack;

use crate::fake_vm::puppet;
use crate::submessages::{execute, replies, run, submessage};
use crate::world::{World, event, kinds};

const GAS: u64 = 5_000_000;

pub(crate) fn contract_with_ibc(world: &mut World) -> String {
    let code_id = world.store_code(puppet("ibc", None));
    world.instantiate(code_id, "{}")
}

fn endpoint(port: &str, channel: &str) -> IbcEndpoint {
    IbcEndpoint {
        port_id: port.into(),
        channel_id: channel.into(),
    }
}

fn channel(contract: &str, version: &str) -> IbcChannel {
    IbcChannel {
        endpoint: endpoint(&format!("wasm.{contract}"), "channel-7"),
        counterparty_endpoint: endpoint("transfer", "channel-2"),
        order: IbcOrder::Ordered,
        version: version.into(),
        connection_id: "connection-0".into(),
    }
}

fn packet(from: &str, to: &str) -> IbcPacket {
    IbcPacket {
        data: b"hello".to_vec(),
        src: endpoint(from, "channel-2"),
        dest: endpoint(to, "channel-7"),
        sequence: 5,
        timeout: IbcTimeout {
            block: Some(IbcTimeoutBlock { revision: 1, height: 9 }),
            timestamp: Some(12),
        },
    }
}

fn incoming(contract: &str) -> IbcPacket {
    packet("transfer", &format!("wasm.{contract}"))
}

impl World {
    pub(crate) fn ibc(&mut self, call: impl Into<IbcCall>) -> IbcOutcome {
        self.time_nanos += 1;
        let outcomes = self.chain.execute_ibc_block(self.time_nanos, &[call.into()], GAS);
        outcomes.unwrap().remove(0)
    }

    /// Prepares what an entry point will do.
    fn prepare(&mut self, contract: &str, entry_point: &str, script: Value) {
        let script = json!({ "set": { format!("on_{entry_point}"): script.to_string() } });
        assert_eq!(self.execute(contract, &script.to_string()).log, "");
    }

    fn told(&self, contract: &str, entry_point: &str) -> Value {
        serde_json::from_str(&self.stored(contract, entry_point)).unwrap()
    }

    pub(crate) fn contract_info(&self, contract: &str) -> ContractInfo {
        let request = QueryContractInfoRequest {
            address: contract.into(),
        };
        let response: QueryContractInfoResponse = self.ask("/cosmwasm.wasm.v1.Query/ContractInfo", &request);
        response.contract_info.unwrap()
    }

    pub(crate) fn receive(&mut self, contract: &str) -> IbcOutcome {
        let relayer = self.bob.address.clone();
        self.ibc(IbcPacketCall::Receive {
            packet: incoming(contract),
            relayer,
        })
    }
}

#[test]
fn contracts_get_their_ports_and_those_without_entry_points_only_the_second() {
    let mut world = World::new();
    let able = contract_with_ibc(&mut world);
    let plain_code = world.store_code(puppet("a", None));
    let plain = world.instantiate(plain_code, "{}");
    let port_v2 = |contract: &str| contract.replacen("akash", "wasm2", 1);
    let info = world.contract_info(&able);
    assert_eq!(
        (info.ibc_port_id, info.ibc2_port_id),
        (format!("wasm.{able}"), port_v2(&able))
    );
    let info = world.contract_info(&plain);
    assert_eq!((info.ibc_port_id, info.ibc2_port_id), (String::new(), port_v2(&plain)));
}

#[test]
fn migration_keeps_ibc_contracts_able_and_gives_a_port_to_those_that_become_so() {
    let mut world = World::new();
    let able = contract_with_ibc(&mut world);
    let plain_code = world.store_code(puppet("a", None));
    let plain = world.instantiate(plain_code, "{}");
    let alice = world.alice.clone();
    let migrate = |contract: &str, code_id: u64| {
        pack(&MsgMigrateContract {
            sender: alice.address.clone(),
            contract: contract.into(),
            code_id,
            msg: b"{}".to_vec(),
        })
    };
    let refused = world.deliver(&alice, vec![migrate(&able, plain_code)]);
    assert_eq!((refused.codespace.as_str(), refused.code), ("wasm", 11));
    assert!(
        refused
            .log
            .ends_with("requires ibc callbacks: migrate wasm contract failed"),
        "{}",
        refused.log
    );
    world.succeed(&alice, vec![migrate(&plain, 1)]);
    assert_eq!(world.contract_info(&plain).ibc_port_id, format!("wasm.{plain}"));
    world.succeed(&alice, vec![migrate(&able, 1)]);
}

/// Scenario 66: the contract decides whether and with which version a channel is opened.
#[test]
fn contract_chooses_the_version_of_a_channel_or_leaves_the_proposed_one() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let init = |version: &str| IbcChannelCall::OpenInit {
        channel: channel(&contract, version),
    };
    let attempt = |version: &str| IbcChannelCall::OpenTry {
        channel: channel(&contract, version),
        counterparty_version: version.into(),
    };
    let version = |text: &str| Ok(IbcAnswer::Version(text.into()));
    assert_eq!(world.ibc(init("v1")).result, version("v1"));
    let told = json!({ "open_init": { "channel": {
        "endpoint": { "port_id": format!("wasm.{contract}"), "channel_id": "channel-7" },
        "counterparty_endpoint": { "port_id": "transfer", "channel_id": "channel-2" },
        "order": "ORDER_ORDERED",
        "version": "v1",
        "connection_id": "connection-0",
    } } });
    assert_eq!(world.told(&contract, "ibc_channel_open"), told);
    assert_eq!(world.ibc(init("")).result.unwrap_err().code(), ("wasm", 12));
    assert_eq!(world.ibc(attempt("v9")).result, version("v9"));
    assert_eq!(
        world.told(&contract, "ibc_channel_open")["open_try"]["counterparty_version"],
        json!("v9")
    );
    assert_eq!(world.ibc(attempt("")).result, version(""));
    world.prepare(&contract, "ibc_channel_open", json!({ "version": "mine" }));
    assert_eq!(world.ibc(init("v1")).result, version("mine"));
    assert_eq!(world.ibc(init("")).result, version("mine"));
    world.prepare(&contract, "ibc_channel_open", json!({ "fail": "only unordered" }));
    let refused = world.ibc(init("v1")).result.unwrap_err();
    assert_eq!(refused.to_string(), "only unordered: execute wasm contract failed");
}

#[test]
fn channels_need_a_contract_behind_their_port_and_a_number_of_32_bits() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let mut bent = |bend: &dyn Fn(&mut IbcChannel)| {
        let mut channel = channel(&contract, "v1");
        bend(&mut channel);
        world
            .ibc(IbcChannelCall::OpenInit { channel })
            .result
            .map_err(|error| error.code())
    };
    let bob = crate::world::Person::new("bob").address;
    assert!(bent(&|channel| channel.endpoint.channel_id = "channel-4294967295".into()).is_ok());
    assert_eq!(
        bent(&|channel| channel.endpoint.channel_id = "channel-4294967296".into()),
        Err(("wasm", 16))
    );
    assert_eq!(
        bent(&|channel| channel.endpoint.channel_id = "7".into()),
        Err(("wasm", 14))
    );
    assert_eq!(
        bent(&|channel| channel.endpoint.port_id = "transfer".into()),
        Err(("wasm", 14))
    );
    assert_eq!(
        bent(&|channel| channel.endpoint.port_id = "wasm.nobody".into()),
        Err(("sdk", 7))
    );
    assert_eq!(
        bent(&|channel| channel.endpoint.port_id = format!("wasm.{bob}")),
        Err(("wasm", 22))
    );
}

/// Scenario 66: connecting may instantiate, and its reply keeps the address.
#[test]
fn connecting_and_closing_dispatch_messages_and_their_errors_fail_the_call() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let instantiate = json!({ "wasm": { "instantiate": {
        "code_id": 1, "msg": crate::submessages::binary("{}"), "funds": [], "label": "reflect",
    } } });
    let script =
        json!({ "messages": [submessage("success", instantiate)], "attributes": [{ "key": "a", "value": "b" }] });
    world.prepare(&contract, "ibc_channel_connect", script);
    let outcome = world.ibc(IbcChannelCall::OpenAck {
        channel: channel(&contract, "v1"),
        counterparty_version: "v1".into(),
    });
    assert_eq!(outcome.result, Ok(IbcAnswer::Done));
    assert_eq!(kinds(&outcome.events), ["wasm", "instantiate", "reply"]);
    assert_eq!(replies(&world, &contract).len(), 1);
    let outcome = world.ibc(IbcChannelCall::OpenConfirm {
        channel: channel(&contract, "v1"),
    });
    assert_eq!(outcome.result, Ok(IbcAnswer::Done));
    assert!(world.told(&contract, "ibc_channel_connect")["open_confirm"]["channel"].is_object());

    world.prepare(
        &contract,
        "ibc_channel_close",
        json!({ "set": { "closed": "yes" }, "trap": true }),
    );
    let outcome = world.ibc(IbcChannelCall::CloseInit {
        channel: channel(&contract, "v1"),
    });
    assert_eq!(outcome.result.unwrap_err().code(), ("wasm", 5));
    assert_eq!(world.stored(&contract, "closed"), "");
    world.prepare(&contract, "ibc_channel_close", json!({}));
    let outcome = world.ibc(IbcChannelCall::CloseConfirm {
        channel: channel(&contract, "v1"),
    });
    assert_eq!(outcome.result, Ok(IbcAnswer::Done));
    assert!(world.told(&contract, "ibc_channel_close")["close_confirm"]["channel"].is_object());
}

#[test]
fn received_packet_is_acknowledged_with_the_bytes_of_the_contract_or_its_last_reply() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    world.prepare(&contract, "ibc_packet_receive", json!({ "data": "thanks" }));
    let outcome = world.receive(&contract);
    assert_eq!(outcome.result, Ok(IbcAnswer::Acknowledged(b"thanks".to_vec())));
    let received = event(&outcome.events, "ibc_packet_received");
    assert_eq!(
        (
            received.get("module"),
            received.get("_contract_address"),
            received.get("success")
        ),
        (Some("wasm"), Some(contract.as_str()), Some("true"))
    );
    let told = json!({
        "packet": {
            "data": "aGVsbG8=",
            "src": { "port_id": "transfer", "channel_id": "channel-2" },
            "dest": { "port_id": format!("wasm.{contract}"), "channel_id": "channel-7" },
            "sequence": 5,
            "timeout": { "block": { "revision": 1, "height": 9 }, "timestamp": "12" },
        },
        "relayer": world.bob.address,
    });
    assert_eq!(world.told(&contract, "ibc_packet_receive"), told);
    let call = execute(&contract, &json!({}));
    let script = json!({
        "on_reply": { "data": "from the reply" },
        "data": "own",
        "messages": [submessage("success", call)],
    });
    world.prepare(&contract, "ibc_packet_receive", script);
    assert_eq!(
        world.receive(&contract).result,
        Ok(IbcAnswer::Acknowledged(b"from the reply".to_vec()))
    );
}

/// Scenario 67.
#[test]
fn refused_packet_is_undone_and_acknowledged_with_the_error_and_a_trap_fails_the_call() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let script = json!({ "set": { "received": "yes" }, "fail": "no thanks" });
    world.prepare(&contract, "ibc_packet_receive", script);
    let outcome = world.receive(&contract);
    let acknowledgement = br#"{"error":"no thanks"}"#.to_vec();
    assert_eq!(outcome.result, Ok(IbcAnswer::Refused(acknowledgement)));
    assert_eq!(world.stored(&contract, "received"), "");
    assert_eq!(
        event(&outcome.events, "ibc_packet_received").get("success"),
        Some("false")
    );
    world.prepare(&contract, "ibc_packet_receive", json!({ "trap": true }));
    let outcome = world.receive(&contract);
    assert_eq!(outcome.result.unwrap_err().code(), ("wasm", 29));
    assert_eq!(outcome.events, []);
    world.prepare(&contract, "ibc_packet_receive", json!({ "run_out": true }));
    let outcome = world.receive(&contract);
    assert_eq!(
        (outcome.result.unwrap_err().code(), outcome.gas_used),
        (("sdk", 11), GAS)
    );
}

/// Scenario 68.
#[test]
fn packet_without_acknowledgement_waits_for_exactly_one() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    assert_eq!(world.receive(&contract).result, Ok(IbcAnswer::Deferred));
    let acknowledge = |sequence: u64| {
        json!({ "ibc": { "write_acknowledgement": {
            "channel_id": "channel-7", "packet_sequence": sequence, "ack": { "data": "b2s=" },
        } } })
    };
    let script = |sequence: u64| json!({ "messages": [submessage("always", acknowledge(sequence))] });
    let result = run(&mut world, &contract, &script(5));
    assert_eq!(result.log, "");
    let written = event(&result.events, "write_acknowledgement");
    assert_eq!(
        (
            written.get("packet_ack_hex"),
            written.get("packet_sequence"),
            written.get("packet_data_hex")
        ),
        (Some("6f6b"), Some("5"), Some("68656c6c6f"))
    );
    assert_eq!(run(&mut world, &contract, &script(5)).log, "");
    assert_eq!(run(&mut world, &contract, &script(6)).log, "");
    let replies = replies(&world, &contract);
    let url = "/cosmwasm.wasm.v1.MsgIBCWriteAcknowledgementResponse";
    assert_eq!(replies[0]["result"]["ok"]["msg_responses"][0]["type_url"], json!(url));
    for reply in &replies[1..] {
        assert_eq!(reply["result"]["error"], json!("codespace: wasm, code: 14"));
    }
}

/// Scenario 69.
#[test]
fn failing_submessage_refuses_the_packet_unless_a_reply_catches_it() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let failing = execute(&contract, &json!({ "fail": "secret" }));
    let script =
        json!({ "set": { "received": "yes" }, "data": "own", "messages": [submessage("never", failing.clone())] });
    world.prepare(&contract, "ibc_packet_receive", script);
    let outcome = world.receive(&contract);
    let text = br#"{"error":"ABCI error: wasm/5: error handling packet: see events for details"}"#;
    assert_eq!(outcome.result, Ok(IbcAnswer::Refused(text.to_vec())));
    let received = event(&outcome.events, "ibc_packet_received");
    assert_eq!(
        received.get("error"),
        Some("submessages: secret: execute wasm contract failed")
    );
    assert_eq!(world.stored(&contract, "received"), "");
    let script = json!({ "set": { "received": "yes" }, "data": "own", "messages": [submessage("error", failing)] });
    world.prepare(&contract, "ibc_packet_receive", script);
    assert_eq!(
        world.receive(&contract).result,
        Ok(IbcAnswer::Acknowledged(b"own".to_vec()))
    );
    assert_eq!(world.stored(&contract, "received"), "yes");
}

/// Scenario 70.
#[test]
fn errors_about_acknowledgements_and_timeouts_fail_the_call() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let sent = packet(&format!("wasm.{contract}"), "transfer");
    let relayer = world.bob.address.clone();
    let ack = IbcPacketCall::Ack {
        packet: sent.clone(),
        acknowledgement: b"ok".to_vec(),
        relayer: relayer.clone(),
    };
    let timeout = IbcPacketCall::Timeout { packet: sent, relayer };
    assert_eq!(world.ibc(ack.clone()).result, Ok(IbcAnswer::Done));
    let told = world.told(&contract, "ibc_packet_ack");
    assert_eq!(
        (&told["acknowledgement"], &told["original_packet"]["sequence"]),
        (&json!({ "data": "b2s=" }), &json!(5))
    );
    assert_eq!(world.ibc(timeout.clone()).result, Ok(IbcAnswer::Done));
    for (entry_point, call, context) in [
        ("ibc_packet_ack", ack, "on ack"),
        ("ibc_packet_timeout", timeout, "on timeout"),
    ] {
        world.prepare(
            &contract,
            entry_point,
            json!({ "set": { "done": "yes" }, "fail": "not now" }),
        );
        let error = world.ibc(call).result.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{context}: not now: execute wasm contract failed")
        );
        assert_eq!(world.stored(&contract, "done"), "");
    }
}

#[test]
fn callbacks_go_to_the_sender_of_a_packet_and_to_whom_its_memo_names() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let (bob, relayer) = (world.bob.address.clone(), world.carol.address.clone());
    let ack = |sender: &str| IbcCallback::SourceAck {
        contract: contract.clone(),
        sender: sender.into(),
        packet: packet("transfer", "transfer"),
        acknowledgement: b"ok".to_vec(),
        relayer: relayer.clone(),
    };
    assert_eq!(world.ibc(ack(&contract)).result, Ok(IbcAnswer::Done));
    assert_eq!(
        world.told(&contract, "ibc_source_callback")["acknowledgement"]["acknowledgement"],
        json!({ "data": "b2s=" })
    );
    assert_eq!(world.ibc(ack(&bob)).result.unwrap_err().code(), ("wasm", 5));
    let timeout = IbcCallback::SourceTimeout {
        contract: contract.clone(),
        sender: contract.clone(),
        packet: packet("transfer", "transfer"),
        relayer: relayer.clone(),
    };
    assert_eq!(world.ibc(timeout).result, Ok(IbcAnswer::Done));
    assert_eq!(
        world.told(&contract, "ibc_source_callback")["timeout"]["relayer"],
        json!(relayer)
    );
    let mut destination = |transfer: Option<IbcTransfer>| {
        let call = IbcCallback::Destination {
            contract: contract.clone(),
            packet: packet("transfer", "transfer"),
            acknowledgement: b"ok".to_vec(),
            transfer,
        };
        assert_eq!(world.ibc(call).result, Ok(IbcAnswer::Done));
        world.told(&contract, "ibc_destination_callback")
    };
    let told = destination(None);
    assert_eq!((&told["ack"], told.get("transfer")), (&json!({ "data": "b2s=" }), None));
    let transfer = IbcTransfer {
        sender: "elsewhere".into(),
        receiver: bob.clone(),
        funds: vec![IbcCoin {
            denom: "uakt".into(),
            amount: "5".into(),
        }],
    };
    let funds = json!([{ "denom": "uakt", "amount": "5" }]);
    assert_eq!(
        destination(Some(transfer))["transfer"],
        json!({ "sender": "elsewhere", "receiver": bob, "funds": funds })
    );
}

pub(crate) fn packet_v2(source_port: &str, destination_port: &str) -> Ibc2Packet {
    Ibc2Packet {
        payload: Ibc2Payload {
            source_port: source_port.into(),
            destination_port: destination_port.into(),
            version: "1".into(),
            encoding: "json".into(),
            value: b"hello".to_vec(),
        },
        source_client: "client-1".into(),
        destination_client: "client-2".into(),
        packet_sequence: 3,
    }
}

#[test]
fn second_version_of_ibc_receives_refuses_and_defers_by_payload() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let port = world.contract_info(&contract).ibc2_port_id;
    let relayer = world.bob.address.clone();
    let receive = Ibc2Call::Receive {
        packet: packet_v2("wasm2other", &port),
        relayer: relayer.clone(),
    };
    assert_eq!(world.ibc(receive.clone()).result, Ok(IbcAnswer::Deferred));
    let told = json!({
        "payload": {
            "source_port": "wasm2other",
            "destination_port": port,
            "version": "1",
            "encoding": "json",
            "value": "aGVsbG8=",
        },
        "source_client": "client-1",
        "destination_client": "client-2",
        "packet_sequence": 3,
        "relayer": relayer,
    });
    assert_eq!(world.told(&contract, "ibc2_packet_receive"), told);

    let write = json!({ "ibc2": { "write_acknowledgement": {
        "source_client": "client-1", "destination_client": "client-2", "packet_sequence": 3, "ack": { "data": "b2s=" },
    } } });
    let script = json!({ "messages": [submessage("error", write)] });
    let stranger = world.instantiate(1, "{}");
    assert_eq!(run(&mut world, &stranger, &script).log, "");
    assert_eq!(
        replies(&world, &stranger)[0]["result"]["error"],
        json!("codespace: sdk, code: 4")
    );
    let result = run(&mut world, &contract, &script);
    assert_eq!(
        event(&result.events, "write_acknowledgement").get("encoded_acknowledgement_hex"),
        Some("6f6b")
    );
    assert_eq!(run(&mut world, &contract, &script).log, "");
    assert_eq!(
        replies(&world, &contract)[0]["result"]["error"],
        json!("codespace: wasm, code: 14")
    );

    world.prepare(&contract, "ibc2_packet_receive", json!({ "data": "thanks" }));
    assert_eq!(
        world.ibc(receive.clone()).result,
        Ok(IbcAnswer::Acknowledged(b"thanks".to_vec()))
    );
    world.prepare(&contract, "ibc2_packet_receive", json!({ "fail": "no thanks" }));
    assert_eq!(
        world.ibc(receive.clone()).result,
        Ok(IbcAnswer::Refused(b"no thanks".to_vec()))
    );
    world.prepare(&contract, "ibc2_packet_receive", json!({ "trap": true }));
    assert_eq!(world.ibc(receive).result.unwrap_err().code(), ("wasm", 29));
}

#[test]
fn second_version_of_ibc_asks_the_contract_before_its_port_sends() {
    let mut world = World::new();
    let contract = contract_with_ibc(&mut world);
    let port = world.contract_info(&contract).ibc2_port_id;
    let (bob, packet) = (world.bob.address.clone(), packet_v2(&port, "wasm2other"));
    let send = |signer: &str| Ibc2Call::Send {
        packet: packet.clone(),
        signer: signer.into(),
    };
    assert_eq!(world.ibc(send(&contract)).result, Ok(IbcAnswer::Done));
    assert_eq!(world.told(&contract, "ibc2_packet_send")["signer"], json!(contract));
    assert_eq!(world.ibc(send(&bob)).result.unwrap_err().code(), ("sdk", 4));
    world.prepare(&contract, "ibc2_packet_send", json!({ "fail": "not this" }));
    let error = world.ibc(send(&contract)).result.unwrap_err();
    assert_eq!(
        error.to_string(),
        "on ibc2 send: not this: execute wasm contract failed"
    );
    let ack = Ibc2Call::Ack {
        packet: packet.clone(),
        acknowledgement: b"ok".to_vec(),
        relayer: bob.clone(),
    };
    assert_eq!(world.ibc(ack).result, Ok(IbcAnswer::Done));
    let told = world.told(&contract, "ibc2_packet_ack");
    assert_eq!(
        (&told["acknowledgement"], &told["data"]["source_port"]),
        (&json!("b2s="), &json!(port))
    );
    let timeout = Ibc2Call::Timeout { packet, relayer: bob };
    assert_eq!(world.ibc(timeout).result, Ok(IbcAnswer::Done));
}

#[test]
fn ibc_messages_of_contracts_answer_what_they_lack() {
    let mut world = World::new();
    let able = contract_with_ibc(&mut world);
    let plain_code = world.store_code(puppet("a", None));
    let plain = world.instantiate(plain_code, "{}");
    let send = |channel: &str| {
        let timeout = json!({ "block": null, "timestamp": "1" });
        json!({ "ibc": { "send_packet": { "channel_id": channel, "data": "", "timeout": timeout } } })
    };
    let transfer = json!({ "ibc": { "transfer": { "channel_id": "channel-0" } } });
    for (contract, message, expected) in [
        (&plain, send("channel-7"), "codespace: wasm, code: 17"),
        (&able, send(""), "codespace: wasm, code: 12"),
        (&able, send("channel-7"), "codespace: wasm, code: 20"),
        (&able, transfer.clone(), "codespace: wasm, code: 20"),
        (
            &able,
            json!({ "ibc2": { "send_packet": {} } }),
            "codespace: wasm, code: 20",
        ),
        (&able, json!({ "distribution": {} }), "codespace: wasm, code: 20"),
        (
            &able,
            json!({ "custom": { "anything": [1] } }),
            "codespace: wasm, code: 20",
        ),
        (&able, json!({ "bank": { "newer": {} } }), "codespace: wasm, code: 20"),
        (&able, json!({ "newer": {} }), "codespace: wasm, code: 20"),
    ] {
        let script = json!({ "messages": [submessage("error", message.clone())] });
        assert_eq!(run(&mut world, contract, &script).log, "");
        let replies = replies(&world, contract);
        assert_eq!(replies.last().unwrap()["result"]["error"], json!(expected), "{message}");
    }
}
