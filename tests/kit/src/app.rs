//! [`TestApp`]: the chain under test with its clock, its accounts and its contracts.

use cosmwasm_std::testing::{MockApi, MockStorage};
use cosmwasm_std::{
    Addr, Api, BankQuery, Binary, BlockInfo, Coin, CosmosMsg, Empty, QueryRequest, StdResult, SupplyResponse,
    Timestamp, Uint128, Uint256, WasmQuery, coin, from_json, instantiate2_address, to_json_binary,
};
use cw_multi_test::{
    App, AppBuilder, AppResponse, BankSudo, CosmosRouter, DistributionKeeper, Executor, FailingModule,
    GovFailingModule, IbcFailingModule, StakeKeeper, SudoMsg, WasmKeeper, no_init,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bank::{self, RestrictedBank};
use crate::contract::TypedContract;
use crate::raised::forget;
use crate::tokenfactory::{self, TokenFactory};

/// Address prefix of the chain under test.
pub const HRP: &str = "akash";

/// Block time at which [`TestApp::new`] starts: 2026-01-01T00:00:00Z.
pub const DEFAULT_GENESIS_SECONDS: u64 = 1_767_225_600;

/// The cw-multi-test application inside [`TestApp`].
pub type Chain = App<
    RestrictedBank,
    MockApi,
    MockStorage,
    FailingModule<Empty, Empty, Empty>,
    WasmKeeper<Empty, Empty>,
    StakeKeeper,
    DistributionKeeper,
    IbcFailingModule,
    GovFailingModule,
    TokenFactory,
>;

/// A chain under test. Every call is one transaction: a failing one leaves no trace.
pub struct TestApp {
    chain: Chain,
}

fn small(amount: Uint256) -> u128 {
    Uint128::try_from(amount).expect("test amounts fit 128 bits").u128()
}

impl Default for TestApp {
    fn default() -> Self {
        Self::new()
    }
}

impl TestApp {
    /// A chain that starts at [`DEFAULT_GENESIS_SECONDS`], height 1.
    pub fn new() -> Self {
        Self::starting_at(DEFAULT_GENESIS_SECONDS)
    }

    /// A chain that starts at a block time of your own, height 1.
    pub fn starting_at(genesis_seconds: u64) -> Self {
        let chain = AppBuilder::new()
            .with_api(MockApi::default().with_prefix(HRP))
            .with_block(BlockInfo {
                height: 1,
                time: Timestamp::from_seconds(genesis_seconds),
                chain_id: "supercloud-test-1".to_string(),
            })
            .with_bank(RestrictedBank::default())
            .with_stargate(TokenFactory)
            .build(no_init);
        Self { chain }
    }

    /// The cw-multi-test application, for what this type does not offer.
    pub fn chain(&mut self) -> &mut Chain {
        &mut self.chain
    }

    /// Block time in seconds.
    pub fn now(&self) -> u64 {
        self.chain.block_info().time.seconds()
    }

    /// Block height.
    pub fn height(&self) -> u64 {
        self.chain.block_info().height
    }

    /// Goes to the next block, `seconds` later.
    pub fn advance(&mut self, seconds: u64) {
        self.chain.update_block(|block| {
            block.height += 1;
            block.time = block.time.plus_seconds(seconds);
        });
    }

    /// Goes to the next block at the given block time, which may not lie in the past.
    ///
    /// # Panics
    /// When `seconds` is before the present block time.
    pub fn advance_to(&mut self, seconds: u64) {
        let now = self.now();
        assert!(seconds >= now, "cannot go back from {now} to {seconds}");
        self.advance(seconds - now);
    }

    /// The address that belongs to a name; the same name always gives the same address.
    pub fn addr(&self, name: &str) -> Addr {
        self.chain.api().addr_make(name)
    }

    /// Creates coins out of nothing for an account; restrictions do not apply.
    ///
    /// # Panics
    /// When the amount is zero or the address is not one of this chain.
    pub fn fund(&mut self, account: &Addr, amount: u128, denom: &str) {
        let mint = BankSudo::Mint {
            to_address: account.to_string(),
            amount: vec![coin(amount, denom)],
        };
        self.chain
            .sudo(SudoMsg::Bank(mint))
            .expect("minting a positive amount for a valid address succeeds");
    }

    /// A named account with coins.
    ///
    /// # Panics
    /// As [`TestApp::fund`].
    pub fn funded(&mut self, name: &str, amount: u128, denom: &str) -> Addr {
        let account = self.addr(name);
        self.fund(&account, amount, denom);
        account
    }

    /// An account's balance.
    ///
    /// # Panics
    /// When it does not fit 128 bits.
    pub fn balance(&self, account: &Addr, denom: &str) -> u128 {
        let amount = self
            .chain
            .wrap()
            .query_balance(account, denom)
            .expect("balance query answers")
            .amount;
        small(amount)
    }

    /// What was created minus what was burned of a denom, counted apart from the balances.
    pub fn supply(&self, denom: &str) -> u128 {
        bank::supply(self.chain.storage(), denom).expect("supply counter is readable")
    }

    /// Sum of all balances of a denom.
    ///
    /// # Panics
    /// When it does not fit 128 bits.
    pub fn sum_of_balances(&self, denom: &str) -> u128 {
        let request = QueryRequest::Bank(BankQuery::Supply {
            denom: denom.to_string(),
        });
        let response: SupplyResponse = self.query_raw(request).expect("supply query answers");
        small(response.amount.amount)
    }

    /// Asserts that no coin of a denom appeared or vanished outside minting and burning.
    ///
    /// # Panics
    /// When one did.
    pub fn assert_supply_is_conserved(&self, denom: &str) {
        assert_eq!(
            self.sum_of_balances(denom),
            self.supply(denom),
            "sum of balances and supply of {denom} differ"
        );
    }

    /// Restricts a denom: a transfer, funds attached to a message included, passes only when sender or recipient is
    /// listed. Replaces an earlier list of the denom.
    pub fn restrict(&mut self, denom: &str, allowed: &[&Addr]) {
        bank::restrict(self.chain.storage_mut(), denom, allowed).expect("allow-list is writable");
    }

    /// Lifts the restriction of a denom.
    pub fn unrestrict(&mut self, denom: &str) {
        bank::unrestrict(self.chain.storage_mut(), denom).expect("allow-list is writable");
    }

    /// Makes an address the one that may mint a denom through `MsgMint`.
    pub fn set_mint_admin(&mut self, denom: &str, admin: &Addr) {
        tokenfactory::set_admin(self.chain.storage_mut(), denom, admin).expect("admin table is writable");
    }

    /// Caps what may be minted of a denom through `MsgMint` from now on.
    pub fn set_mint_cap(&mut self, denom: &str, cap: u128) {
        tokenfactory::set_cap(self.chain.storage_mut(), denom, cap).expect("cap table is writable");
    }

    /// Stores a contract and gives its code id.
    pub fn store(&mut self, contract: TypedContract) -> u64 {
        self.chain.store_code(Box::new(contract))
    }

    /// Instantiates a stored contract; the sender becomes its admin.
    pub fn instantiate<M: Serialize>(
        &mut self,
        code_id: u64,
        sender: &Addr,
        msg: &M,
        funds: &[Coin],
    ) -> StdResult<Addr> {
        self.chain
            .instantiate_contract(code_id, sender.clone(), msg, funds, "test", Some(sender.to_string()))
    }

    /// Instantiates at the address that [`TestApp::predict`] gives; the sender becomes its admin.
    pub fn instantiate2<M: Serialize>(&mut self, code_id: u64, sender: &Addr, msg: &M, salt: &str) -> StdResult<Addr> {
        let salt = Binary::new(salt.as_bytes().to_vec());
        self.chain
            .instantiate2_contract(code_id, sender.clone(), msg, &[], "test", sender.to_string(), salt)
    }

    /// The address at which [`TestApp::instantiate2`] will put a contract.
    ///
    /// # Panics
    /// When the code id is unknown or the salt is empty or longer than 64 bytes.
    pub fn predict(&self, code_id: u64, sender: &Addr, salt: &str) -> Addr {
        let info = self
            .chain
            .wrap()
            .query_wasm_code_info(code_id)
            .expect("code id is stored");
        let api = self.chain.api();
        let creator = api
            .addr_canonicalize(sender.as_str())
            .expect("sender is an address of this chain");
        let address =
            instantiate2_address(info.checksum.as_slice(), &creator, salt.as_bytes()).expect("salt has 1 to 64 bytes");
        api.addr_humanize(&address).expect("contract addresses have 32 bytes")
    }

    /// Sends a message to a contract. The response's data is the contract's own, unwrapped; see [`crate::data`].
    pub fn execute<M: Serialize + std::fmt::Debug>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &M,
        funds: &[Coin],
    ) -> StdResult<AppResponse> {
        forget();
        self.chain
            .execute_contract(sender.clone(), contract.clone(), msg, funds)
    }

    /// Sends any message.
    pub fn dispatch(&mut self, sender: &Addr, msg: impl Into<CosmosMsg>) -> StdResult<AppResponse> {
        forget();
        self.chain.execute(sender.clone(), msg.into())
    }

    /// Sends coins between accounts, under the denom's restriction.
    pub fn send(&mut self, from: &Addr, to: &Addr, amount: u128, denom: &str) -> StdResult<AppResponse> {
        forget();
        self.chain.send_tokens(from.clone(), to.clone(), &[coin(amount, denom)])
    }

    /// Calls a contract's `sudo`, as the cron does.
    pub fn sudo<M: Serialize>(&mut self, contract: &Addr, msg: &M) -> StdResult<AppResponse> {
        forget();
        self.chain.wasm_sudo(contract.clone(), msg)
    }

    /// Migrates a contract to another code.
    pub fn migrate<M: Serialize>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &M,
        code_id: u64,
    ) -> StdResult<AppResponse> {
        forget();
        self.chain
            .migrate_contract(sender.clone(), contract.clone(), msg, code_id)
    }

    /// Asks a contract. An error keeps its type; see [`crate::error_of`].
    pub fn query<T: DeserializeOwned>(&self, contract: &Addr, msg: &impl Serialize) -> StdResult<T> {
        let msg = to_json_binary(msg)?;
        self.query_raw(QueryRequest::Wasm(WasmQuery::Smart {
            contract_addr: contract.to_string(),
            msg,
        }))
    }

    fn query_raw<T: DeserializeOwned>(&self, request: QueryRequest<Empty>) -> StdResult<T> {
        let block = self.chain.block_info();
        let answer = self
            .chain
            .read_module(|router, api, storage| router.query(api, storage, &block, request))?;
        from_json(answer)
    }
}
