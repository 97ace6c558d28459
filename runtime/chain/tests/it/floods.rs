//! Messages of millions of bytes: what costs nothing to send is refused in a time that grows with its length, not with the
//! square of it, which would be minutes here.

use std::time::{Duration, Instant};

use supercloud_chain::TxResult;
use supercloud_proto::cosmos::authz::v1beta1::{Grant, MsgGrant};
use supercloud_proto::cosmos::bank::v1beta1::{MsgSetSendEnabled, SendAuthorization};
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmos::feegrant::v1beta1::{
    AllowedMsgAllowance, BasicAllowance, MsgGrantAllowance, PeriodicAllowance,
};
use supercloud_proto::cosmos::gov::v1::MsgVote;
use supercloud_proto::cosmwasm::wasm::v1::{
    AcceptedMessageKeysFilter, AcceptedMessagesFilter, ContractExecutionAuthorization, ContractGrant, MaxCallsLimit,
};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::{self as wire, Any};

use crate::world::{Person, World, codec, coin, send};

/// CheckTx's answer, which comes at once.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "the time that a check takes is the point here")]
fn timed(world: &mut World, raw: &[u8]) -> TxResult {
    let begin = Instant::now();
    let result = world.chain.check_tx(raw);
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?} for {} bytes", raw.len());
    result
}

#[track_caller]
fn checked(world: &mut World, messages: Vec<Any>) -> TxResult {
    let alice = world.alice.clone();
    let raw = world.signed(&alice, messages);
    timed(world, &raw)
}

/// Reaches the end of the list, where an entry comes again.
#[track_caller]
fn refused_as_double(world: &mut World, message: Any) {
    let result = checked(world, vec![message]);
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 18), "{}", result.log);
}

/// So many different texts, and the first one again.
fn texts(count: u32, text: impl Fn(u32) -> String) -> Vec<String> {
    (0..count).chain([0]).map(text).collect()
}

fn grant(world: &World, authorization: Any) -> Any {
    pack(&MsgGrant {
        granter: world.alice.address.clone(),
        grantee: world.bob.address.clone(),
        grant: Some(Grant {
            authorization: Some(authorization),
            expiration: None,
        }),
    })
}

fn filtered(world: &World, filter: Any) -> Any {
    let grants = vec![ContractGrant {
        contract: world.alice.address.clone(),
        limit: Some(pack(&MaxCallsLimit { remaining: 1 })),
        filter: Some(filter),
    }];
    grant(world, pack(&ContractExecutionAuthorization { grants }))
}

#[test]
fn filters_of_contract_grants_are_long() {
    let mut world = World::new();
    let keys = texts(300_000, |index| format!("{index:x}"));
    let message = filtered(&world, pack(&AcceptedMessageKeysFilter { keys }));
    refused_as_double(&mut world, message);
    let messages = texts(300_000, |index| index.to_string());
    let messages = messages.into_iter().map(String::into_bytes).collect();
    let message = filtered(&world, pack(&AcceptedMessagesFilter { messages }));
    refused_as_double(&mut world, message);
}

#[test]
fn allow_lists_are_long() {
    let mut world = World::new();
    let address = |index: u32| supercloud_chain::Address::from_bytes(index.to_be_bytes()).unwrap();
    let allow_list = texts(150_000, |index| codec().to_text(&address(index)));
    let send = SendAuthorization {
        spend_limit: vec![coin(1, "uakt")],
        allow_list,
    };
    let message = grant(&world, pack(&send));
    refused_as_double(&mut world, message);
}

#[test]
fn lists_of_denoms_are_long() {
    let mut world = World::new();
    let message = MsgSetSendEnabled {
        authority: world.alice.address.clone(),
        send_enabled: Vec::new(),
        use_default_for: texts(300_000, |index| format!("d{index:07}")),
    };
    refused_as_double(&mut world, pack(&message));
}

#[test]
fn limits_of_allowances_are_long() {
    let mut world = World::new();
    let coins = |last: &str| -> Vec<Coin> {
        let mut coins: Vec<Coin> = (0..90_000).map(|index| coin(1, &format!("d{index:05}"))).collect();
        coins.push(coin(1, last));
        coins
    };
    let periodic = PeriodicAllowance {
        basic: Some(BasicAllowance {
            spend_limit: coins("dza"),
            expiration: None,
        }),
        period: Some(wire::Duration { seconds: 1, nanos: 0 }),
        period_spend_limit: coins("dzb"),
        ..PeriodicAllowance::default()
    };
    let message = MsgGrantAllowance {
        granter: world.alice.address.clone(),
        grantee: world.bob.address.clone(),
        allowance: Some(pack(&periodic)),
    };
    let result = checked(&mut world, vec![pack(&message)]);
    let text = "period spend limit has different currency than basic spend limit: invalid coins";
    assert_eq!((result.code, result.log.as_str()), (10, text));
}

#[test]
fn signers_are_many() {
    let mut world = World::new();
    let vote = |index: u32| {
        let voter = supercloud_chain::Address::from_bytes(index.to_be_bytes()).unwrap();
        pack(&MsgVote {
            proposal_id: 1,
            voter: codec().to_text(&voter),
            option: 1,
            metadata: String::new(),
        })
    };
    let result = checked(&mut world, (0..70_000).map(vote).collect());
    let text = "wrong number of signers; expected 70000, got 1 signatures and 1 signer infos: unauthorized";
    assert_eq!((result.code, result.log.as_str()), (4, text));
}

#[test]
fn an_allowance_of_many_messages_pays_for_many_messages() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let mut allowed_messages: Vec<String> = (0..100_000).map(|index| format!("/a.{index}")).collect();
    allowed_messages.push("/cosmos.bank.v1beta1.MsgSend".into());
    let allowance = AllowedMsgAllowance {
        allowance: Some(pack(&BasicAllowance::default())),
        allowed_messages,
    };
    let grant = MsgGrantAllowance {
        granter: alice.address.clone(),
        grantee: bob.address.clone(),
        allowance: Some(pack(&allowance)),
    };
    let mut draft = world.draft(&alice, vec![pack(&grant)]);
    draft.auth.fee.as_mut().unwrap().gas_limit = 100_000_000;
    assert_eq!(world.deliver_raw(&draft.sign(&[&alice])).log, "");
    let spend = |sender: &Person| send(&sender.address, &alice.address, 1, "uakt");
    let mut draft = world.draft(&bob, vec![spend(&bob); 20_000]);
    let fee = draft.auth.fee.as_mut().unwrap();
    (fee.gas_limit, fee.granter) = (100_000_000, alice.address.clone());
    let raw = draft.sign(&[&bob]).encode_to_vec();
    assert_eq!(timed(&mut world, &raw).log, "");
}
