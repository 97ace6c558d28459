//! A chain with one of everything, the same in every run.

use std::sync::Arc;

use serde_json::json;
use supercloud_chain::{Chain, Genesis, GenesisAccess, GenesisBalance, GenesisCoin, GenesisVoter};
use supercloud_client::message::{self, Compression, Instantiate, ProposalText};
use supercloud_client::tx::{SignerState, UnsignedTx};
use supercloud_client::{Any, Key, coin};
use supercloud_proto::cosmos::authz::v1beta1::{GenericAuthorization, Grant, MsgGrant};
use supercloud_proto::cosmos::bank::v1beta1::MsgSend;
use supercloud_proto::cosmos::feegrant::v1beta1::{BasicAllowance, MsgGrantAllowance};
use supercloud_proto::cosmos::gov::v1::VoteOption;
use supercloud_proto::osmosis::tokenfactory::v1beta1::MsgCreateDenom;
use supercloud_proto::{pack, type_url};
use supercloud_store::MemoryStore;
use supercloud_vm::{VmConfig, WasmtimeVm};

use crate::fake::{CHAIN_ID, FakeChain, Served};

/// Keeps the message it was sent last and answers it to every query.
const KEEPER: &str = include_str!("../../../../node/tests/it/keeper.wat");

/// What requests ask for.
pub(crate) struct Golden {
    pub(crate) served: Served,
    pub(crate) alice: String,
    pub(crate) bob: String,
    pub(crate) contract: String,
    /// Hash of a transaction, upper-case hex.
    pub(crate) tx: String,
    /// Its bytes.
    pub(crate) raw: Vec<u8>,
    /// A transaction that could come next.
    pub(crate) next: Vec<u8>,
    /// SHA-256 of the stored code, hex.
    pub(crate) checksum: String,
}

/// Governance has account number 0.
fn signed(key: &Key, account_number: u64, sequence: u64, messages: Vec<Any>) -> Vec<u8> {
    let tx = UnsignedTx {
        messages,
        gas_limit: 20_000_000,
        fee: vec![coin(50_000, "uakt")],
        ..UnsignedTx::default()
    };
    let state = SignerState {
        chain_id: CHAIN_ID.to_owned(),
        account_number,
        sequence,
    };
    tx.sign(key, &state)
}

fn genesis(alice: &str, bob: &str) -> Genesis {
    let mut genesis = Genesis::new(CHAIN_ID, "2023-11-14T22:13:20Z");
    for address in [alice, bob] {
        let amount = "1000000000".to_owned();
        let denom = "uakt".to_owned();
        genesis.balances.push(GenesisBalance {
            address: address.to_owned(),
            coins: vec![GenesisCoin { denom, amount }],
        });
    }
    genesis.gov.voters = vec![GenesisVoter {
        address: alice.to_owned(),
        weight: 3,
    }];
    genesis.gov.voting_period_seconds = 1_000;
    genesis.wasm.upload_access = GenesisAccess::Everybody;
    genesis
}

/// Transfers, grants, a denom, a proposal with a vote.
fn of_all_modules(alice: &str, bob: &str, contract: &str, gov: &str) -> Vec<Any> {
    let send = || supercloud_client::coin(5, "uakt");
    let authorization = GenericAuthorization {
        msg: type_url::<MsgSend>(),
    };
    let text = ProposalText {
        title: "A title".into(),
        summary: "A summary".into(),
        metadata: String::new(),
    };
    vec![
        message::execute(alice, contract, &json!({ "kept": [1, "two"] }), vec![send()]).unwrap(),
        message::send(alice, bob, vec![send()]),
        pack(&MsgGrant {
            granter: alice.to_owned(),
            grantee: bob.to_owned(),
            grant: Some(Grant {
                authorization: Some(pack(&authorization)),
                expiration: None,
            }),
        }),
        pack(&MsgGrantAllowance {
            granter: alice.to_owned(),
            grantee: bob.to_owned(),
            allowance: Some(pack(&BasicAllowance::default())),
        }),
        pack(&MsgCreateDenom {
            sender: alice.to_owned(),
            subdenom: "gold".into(),
        }),
        message::submit_proposal(alice, text, vec![message::pin_codes(gov, vec![1])]),
        message::vote(alice, 1, VoteOption::Yes),
    ]
}

impl Golden {
    pub(crate) async fn start() -> Self {
        let keys = [1u8, 2].map(|byte| Key::from_secret(&[byte; 32]).unwrap());
        let [alice, bob] = keys.each_ref().map(|key| key.address("akash").unwrap());
        let vm = Arc::new(WasmtimeVm::new(VmConfig::default()).unwrap());
        let chain = Chain::init(&genesis(&alice, &bob), Box::new(MemoryStore::new()), vm).unwrap();
        let gov = chain.gov_address();
        let chain = FakeChain::of(chain);
        chain.run_block(vec![]);
        let wasm = wat::parse_str(KEEPER).unwrap();
        let keeper = Instantiate {
            code_id: 1,
            label: "keeper",
            admin: Some(&alice),
            message: &json!({ "first": 1 }),
            funds: &[],
        };
        let made = vec![
            message::store_code(&alice, &wasm, Compression::None),
            message::instantiate(&alice, &keeper).unwrap(),
        ];
        let made = chain.run_block(vec![signed(&keys[0], 1, 0, made)]).remove(0);
        assert_eq!(made.code, 0, "{}", made.log);
        let attributes = made.events.iter().flat_map(|event| &event.attributes);
        let contract = attributes
            .clone()
            .find(|attribute| attribute.key == "_contract_address")
            .unwrap();
        let contract = contract.value.clone();
        let checksum = hex::encode(supercloud_rpc::tx_hash(&wasm));
        let raw = signed(&keys[0], 1, 1, of_all_modules(&alice, &bob, &contract, &gov));
        let poor = message::send(&bob, &alice, vec![coin(u128::MAX, "uakt")]);
        let results = chain.run_block(vec![raw.clone(), signed(&keys[1], 2, 0, vec![poor])]);
        assert_eq!(results[0].code, 0, "{}", results[0].log);
        assert_eq!(results[1].code, 5, "{}", results[1].log);
        let next = vec![message::send(&alice, &bob, vec![coin(7, "uakt")])];
        Self {
            next: signed(&keys[0], 1, 2, next),
            served: Served::over(Arc::new(chain)).await,
            tx: hex::encode_upper(supercloud_rpc::tx_hash(&raw)),
            raw,
            alice,
            bob,
            contract,
            checksum,
        }
    }

    /// What a field of a request is set to, by its name; `None` leaves it out.
    pub(crate) fn value(&self, service: &str, field: &str) -> Option<String> {
        let wasm = service.contains("wasm");
        let text: &str = match field {
            "address" if wasm => &self.contract,
            "address" | "granter" | "creator" | "creator_address" | "voter" | "depositor" | "delegator_address"
            | "delegator_addr" | "address_string" => &self.alice,
            "id" => "1",
            "grantee" => &self.bob,
            "denom" if service.contains("tokenfactory") => return Some(format!("factory/{}/gold", self.alice)),
            "denom" => "uakt",
            "code_id" | "proposal_id" => "1",
            "height" => "2",
            "hash" => &self.tx,
            "code_hash" => &self.checksum,
            "salt" => "01020304",
            "address_bytes" => "AQIDBA==",
            "name" => "gov",
            "params_type" => "voting",
            "validator_addr" | "validator_address" => "akashvaloper1nothing",
            "cons_address" => "akashvalcons1nothing",
            "interface_name" => "cosmos.crypto.PubKey",
            "subspace" => "baseapp",
            "key" => "BlockParams",
            // {}
            "query_data" if !field.is_empty() => "e30=",
            "query" => "tx.height > 0",
            _ => return None,
        };
        Some(text.to_owned())
    }
}
