//! `ibc_reflect`: an account per channel, which the other chain commands by packets.

use serde_json::{Value, json};
use supercloud_chain::{
    IbcAnswer, IbcChannel, IbcChannelCall, IbcEndpoint, IbcOrder, IbcOutcome, IbcPacket, IbcPacketCall, IbcTimeout,
};
use supercloud_vm::Tiers;

use super::keeper::{Keeper, vector};

struct Reflect {
    keeper: Keeper,
    contract: String,
    sequence: u64,
}

impl Reflect {
    fn new() -> Option<Self> {
        let reflect = vector("wasmd-keeper__reflect_2_0.wasm")?;
        let ibc_reflect = vector("wasmd-keeper__ibc_reflect.wasm")?;
        let mut keeper = Keeper::new(Tiers::Optimized);
        let reflect_id = keeper.store(&reflect);
        let code_id = keeper.store(&ibc_reflect);
        let contract = keeper.instantiate(code_id, &json!({ "reflect_code_id": reflect_id }));
        Some(Self {
            keeper,
            contract,
            sequence: 0,
        })
    }

    fn own_end(&self) -> IbcEndpoint {
        IbcEndpoint {
            port_id: format!("wasm.{}", self.contract),
            channel_id: "channel-1".into(),
        }
    }

    fn channel(&self, order: IbcOrder, version: &str) -> IbcChannel {
        IbcChannel {
            endpoint: self.own_end(),
            counterparty_endpoint: other_end(),
            order,
            version: version.into(),
            connection_id: "connection-0".into(),
        }
    }

    fn open(&mut self, order: IbcOrder, version: &str) -> IbcOutcome {
        let channel = self.channel(order, version);
        self.keeper.ibc(IbcChannelCall::OpenInit { channel })
    }

    /// Opens and connects.
    fn connected() -> Option<Self> {
        let mut reflect = Self::new()?;
        assert!(reflect.open(IbcOrder::Ordered, "ibc-reflect-v1").result.is_ok());
        let connect = IbcChannelCall::OpenAck {
            channel: reflect.channel(IbcOrder::Ordered, "ibc-reflect-v1"),
            counterparty_version: "ibc-reflect-v1".into(),
        };
        assert_eq!(reflect.keeper.ibc(connect).result, Ok(IbcAnswer::Done));
        Some(reflect)
    }

    fn account(&self) -> Value {
        let answer = self
            .keeper
            .smart(&self.contract, &json!({ "account": { "channel_id": "channel-1" } }));
        answer["account"].clone()
    }

    fn receive(&mut self, message: &Value) -> IbcOutcome {
        self.sequence += 1;
        let packet = IbcPacket {
            data: message.to_string().into_bytes(),
            src: other_end(),
            dest: self.own_end(),
            sequence: self.sequence,
            timeout: IbcTimeout {
                block: None,
                timestamp: Some(u64::MAX),
            },
        };
        let relayer = self.keeper.creator();
        self.keeper.ibc(IbcPacketCall::Receive { packet, relayer })
    }
}

fn other_end() -> IbcEndpoint {
    IbcEndpoint {
        port_id: "wasm.other".into(),
        channel_id: "channel-9".into(),
    }
}

fn acknowledgement(outcome: IbcOutcome) -> Value {
    match outcome.result {
        Ok(IbcAnswer::Acknowledged(bytes)) => serde_json::from_slice(&bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Scenario 66.
#[test]
fn only_ordered_channels_of_its_version_are_opened_and_connecting_makes_an_account() {
    let Some(mut reflect) = Reflect::new() else { return };
    let refused = reflect.open(IbcOrder::Unordered, "ibc-reflect-v1").result.unwrap_err();
    assert_eq!(refused.code(), ("wasm", 5));
    let attempt = IbcChannelCall::OpenTry {
        channel: reflect.channel(IbcOrder::Ordered, "another"),
        counterparty_version: "another".into(),
    };
    let refused = reflect.keeper.ibc(attempt).result.unwrap_err();
    assert_eq!(refused.code(), ("wasm", 5));
    let Some(reflect) = Reflect::connected() else { return };
    assert!(reflect.account().as_str().unwrap().starts_with("cosmos1"));
}

/// Scenarios 67 and 69.
#[test]
fn packets_are_answered_refused_or_fail_as_the_contract_makes_it() {
    let Some(mut reflect) = Reflect::connected() else {
        return;
    };
    let account = reflect.account();
    let answer = acknowledgement(reflect.receive(&json!({ "who_am_i": {} })));
    assert_eq!(answer, json!({ "ok": { "account": account } }));
    // Its own errors it turns into acknowledgements of its own.
    let answer = acknowledgement(reflect.receive(&json!({ "return_err": { "text": "as you like" } })));
    assert!(answer["error"].as_str().unwrap().contains("as you like"), "{answer}");
    let failed = reflect.receive(&json!({ "panic": {} })).result.unwrap_err();
    assert_eq!(failed.code(), ("wasm", 29));
    // Neither has so many coins: the failing submessage is caught by a reply with a redacted text.
    let pay =
        json!({ "bank": { "send": { "to_address": account, "amount": [{ "denom": "denom", "amount": "500" }] } } });
    let answer = acknowledgement(reflect.receive(&json!({ "dispatch": { "msgs": [pay] } })));
    assert!(
        answer["error"].as_str().unwrap().contains("codespace: sdk, code: 5"),
        "{answer}"
    );
    // The same without a reply refuses the packet.
    let outcome = reflect.receive(&json!({ "return_msgs": { "msgs": [pay] } }));
    let text = br#"{"error":"ABCI error: sdk/5: error handling packet: see events for details"}"#;
    assert_eq!(outcome.result, Ok(IbcAnswer::Refused(text.to_vec())));
}

/// Scenario 68.
#[test]
fn packet_without_an_acknowledgement_gets_it_later_and_once() {
    let Some(mut reflect) = Reflect::connected() else {
        return;
    };
    assert_eq!(
        reflect.receive(&json!({ "no_ack": {} })).result,
        Ok(IbcAnswer::Deferred)
    );
    let ack = json!({ "async_ack": {
        "channel_id": "channel-1",
        "packet_sequence": reflect.sequence.to_string(),
        "ack": { "data": super::keeper::binary("late") },
    } });
    reflect.keeper.execute(&reflect.contract.clone(), &ack);
    let message = reflect.keeper.execute_msg(&reflect.contract, &ack);
    let again = reflect.keeper.deliver_with(vec![message], 1_000_000);
    assert_eq!((again.codespace.as_str(), again.code), ("wasm", 14));
}
