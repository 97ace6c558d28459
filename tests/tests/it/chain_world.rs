//! The world of our own chain: the committed Wasm runs in the engine that nodes use, messages are signed transactions,
//! and what governance does goes through proposals.

use std::collections::BTreeMap;

use cosmwasm_std::{Coin, coin};
use serde_json::Value;
use supercloud_chain::Event;
use supercloud_client::message::{self, Instantiate, ProposalText, VoteOption};
use supercloud_client::{Any, address};
use supercloud_proto::cosmos::bank::v1beta1::{
    QueryBalanceRequest, QueryBalanceResponse, QuerySupplyOfRequest, QuerySupplyOfResponse,
};
use supercloud_proto::cosmwasm::wasm::v1::{
    MsgExecuteContractResponse, MsgInstantiateContract2Response, MsgMigrateContractResponse, QueryContractInfoRequest,
    QueryContractInfoResponse, QueryRawContractStateRequest, QueryRawContractStateResponse,
    QuerySmartContractStateRequest, QuerySmartContractStateResponse,
};
use supercloud_tests::{Contract, Happening, Outcome, Refusal, World};

use base::{DUST, base, council, key, treasury};
use history::History;
use sign::{Signer, ask, response};

mod base;
mod history;
mod sign;

/// Contracts as Wasm on a chain of one's own.
pub(crate) struct ChainWorld {
    history: History,
    signers: BTreeMap<String, Signer>,
    council: Signer,
    treasury: Signer,
    proposals: u64,
    /// Who shall mint what, before its first message.
    heirs: BTreeMap<String, Vec<String>>,
}

fn happening(event: &Event) -> Happening {
    let name = event.kind.strip_prefix("wasm-").unwrap_or(&event.kind).to_owned();
    let attributes = event.attributes.iter();
    Happening {
        name,
        attributes: attributes
            .map(|attribute| (attribute.key.clone(), attribute.value.clone()))
            .collect(),
    }
}

fn outcome(data: Vec<u8>, events: &[Event]) -> Outcome {
    Outcome {
        data: (!data.is_empty()).then_some(data),
        events: events.iter().map(happening).collect(),
    }
}

fn amount(coin: Option<supercloud_proto::cosmos::base::v1beta1::Coin>) -> u128 {
    coin.unwrap().amount.parse().unwrap()
}

impl ChainWorld {
    pub(crate) fn new() -> Self {
        Self {
            history: base().fork(),
            signers: BTreeMap::new(),
            council: Signer::new(council()),
            treasury: Signer::new(treasury()),
            proposals: 0,
            heirs: BTreeMap::new(),
        }
    }

    fn signer(&self, address: &str) -> Signer {
        let known = self.signers.get(address);
        known.unwrap_or_else(|| panic!("{address} cannot sign")).clone()
    }

    /// Hash of all that the chain holds and held.
    pub(crate) fn app_hash(&self) -> [u8; 32] {
        self.history.chain().app_hash()
    }

    /// A transfer between accounts, without any contract.
    pub(crate) fn send(&mut self, from: &str, to: &str, amount: u128, denom: &str) -> Result<(), Refusal> {
        let send = message::send(from, to, vec![coin(amount, denom)]);
        let tx = self.signer(from).sign(&self.history, vec![send]);
        self.history.deliver(tx).map(|_| ())
    }

    /// What a contract stores under a key.
    pub(crate) fn stored(&self, contract: &str, key: &str) -> Value {
        let request = QueryRawContractStateRequest {
            address: contract.to_owned(),
            query_data: key.as_bytes().to_vec(),
        };
        let path = "/cosmwasm.wasm.v1.Query/RawContractState";
        let answer: QueryRawContractStateResponse = ask(self.history.chain(), path, &request).unwrap();
        serde_json::from_slice(&answer.data).unwrap()
    }

    fn mint(&mut self, address: &str, amount: u128, denom: &str) {
        let mint = message::mint(&self.treasury.address, &coin(amount, denom), address);
        let tx = self.treasury.sign(&self.history, vec![mint]);
        self.history.deliver(tx).unwrap();
    }

    /// The treasury hands the right to mint to a contract that needs it from now on. It does not come back.
    fn hand_over(&mut self, contract: &str) {
        for denom in self.heirs.remove(contract).unwrap_or_default() {
            let change = message::change_denom_admin(&self.treasury.address, &denom, contract);
            let tx = self.treasury.sign(&self.history, vec![change]);
            self.history.deliver(tx).unwrap();
        }
    }

    /// The council passes a proposal in time for it to run now.
    fn govern(&mut self, messages: Vec<Any>) -> Result<Vec<Event>, Refusal> {
        let account = self.council.account(self.history.chain());
        self.proposals += 1;
        let text = ProposalText {
            title: "scenario".to_owned(),
            summary: "for a test".to_owned(),
            ..ProposalText::default()
        };
        let submit = message::submit_proposal(&self.council.address, text, messages);
        let vote = message::vote(&self.council.address, self.proposals, VoteOption::Yes);
        let tx = self
            .council
            .sign_as(account.account_number, account.sequence, vec![submit, vote]);
        let events = self.history.foresee(tx).events;
        let last = events.iter().rfind(|event| event.kind == "active_proposal").unwrap();
        match last.get("proposal_result") {
            Some("proposal_executed") => Ok(events),
            _ => Err(Refusal(format!("{last:?}"))),
        }
    }
}

impl World for ChainWorld {
    fn account(&mut self, name: &str) -> String {
        let signer = Signer::new(key(name));
        let address = signer.address.clone();
        if self.signers.insert(address.clone(), signer).is_none() {
            self.mint(&address, 1, DUST);
        }
        address
    }

    /// As long as no contract that mints the denom got a message.
    fn fund(&mut self, account: &str, amount: u128, denom: &str) {
        self.mint(account, amount, denom);
    }

    fn balance(&self, account: &str, denom: &str) -> u128 {
        let request = QueryBalanceRequest {
            address: account.to_owned(),
            denom: denom.to_owned(),
        };
        let answer: QueryBalanceResponse =
            ask(self.history.chain(), "/cosmos.bank.v1beta1.Query/Balance", &request).unwrap();
        amount(answer.balance)
    }

    fn supply(&self, denom: &str) -> u128 {
        let request = QuerySupplyOfRequest {
            denom: denom.to_owned(),
        };
        let answer: QuerySupplyOfResponse =
            ask(self.history.chain(), "/cosmos.bank.v1beta1.Query/SupplyOf", &request).unwrap();
        amount(answer.amount)
    }

    fn restrict(&mut self, denom: &str, allowed: &[&str]) {
        let allowed = allowed.iter().map(|address| (*address).to_owned()).collect();
        let gov = self.history.chain().gov_address();
        self.govern(vec![message::set_send_restriction(&gov, denom, allowed)])
            .unwrap();
    }

    /// Only when the admin gets its first message: until then accounts are funded.
    fn set_mint_admin(&mut self, denom: &str, admin: &str) {
        self.heirs.entry(admin.to_owned()).or_default().push(denom.to_owned());
    }

    fn now(&self) -> u64 {
        self.history.now()
    }

    fn advance(&mut self, seconds: u64) {
        self.history.advance(seconds);
    }

    /// It was uploaded before the world began.
    fn store(&mut self, contract: Contract) -> u64 {
        base().codes[&contract].id
    }

    fn predict(&self, code_id: u64, creator: &str, salt: &str) -> String {
        let code = base().codes.values().find(|code| code.id == code_id).unwrap();
        address::predict_instantiate2(&code.checksum, creator, salt.as_bytes()).unwrap()
    }

    fn instantiate2(&mut self, code_id: u64, creator: &str, msg: &Value, salt: &str) -> Result<(), Refusal> {
        let contract = Instantiate {
            code_id,
            label: salt,
            admin: Some(creator),
            message: msg,
            funds: &[],
        };
        let instantiate = message::instantiate2(creator, &contract, salt.as_bytes()).unwrap();
        let tx = self.signer(creator).sign(&self.history, vec![instantiate]);
        let made: MsgInstantiateContract2Response = response(&self.history.deliver(tx)?);
        assert_eq!(made.address, self.predict(code_id, creator, salt));
        Ok(())
    }

    fn execute(&mut self, sender: &str, contract: &str, msg: &Value, funds: &[Coin]) -> Result<Outcome, Refusal> {
        self.hand_over(contract);
        let execute = message::execute(sender, contract, msg, funds.to_vec()).unwrap();
        let tx = self.signer(sender).sign(&self.history, vec![execute]);
        let result = self.history.deliver(tx)?;
        let answer: MsgExecuteContractResponse = response(&result);
        Ok(outcome(answer.data, &result.events))
    }

    /// As governance, which keeps no data of what it runs.
    fn sudo(&mut self, contract: &str, msg: &Value) -> Result<Outcome, Refusal> {
        self.hand_over(contract);
        let gov = self.history.chain().gov_address();
        let events = self.govern(vec![message::sudo(&gov, contract, msg).unwrap()])?;
        Ok(outcome(Vec::new(), &events))
    }

    fn migrate(&mut self, admin: &str, contract: &str, code_id: u64, msg: &Value) -> Result<Outcome, Refusal> {
        let migrate = message::migrate(admin, contract, code_id, msg).unwrap();
        let tx = self.signer(admin).sign(&self.history, vec![migrate]);
        let result = self.history.deliver(tx)?;
        let request = QueryContractInfoRequest {
            address: contract.to_owned(),
        };
        let info: QueryContractInfoResponse =
            ask(self.history.chain(), "/cosmwasm.wasm.v1.Query/ContractInfo", &request).unwrap();
        assert_eq!(info.contract_info.unwrap().code_id, code_id);
        let answer: MsgMigrateContractResponse = response(&result);
        Ok(outcome(answer.data, &result.events))
    }

    fn query(&self, contract: &str, msg: &Value) -> Result<Value, Refusal> {
        let request = QuerySmartContractStateRequest {
            address: contract.to_owned(),
            query_data: msg.to_string().into_bytes(),
        };
        let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
        let answer: QuerySmartContractStateResponse = ask(self.history.chain(), path, &request)?;
        Ok(serde_json::from_slice(&answer.data).unwrap())
    }
}
