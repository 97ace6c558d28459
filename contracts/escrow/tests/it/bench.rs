//! An escrow on a chain of its own, with a restricted ACT and short words for its messages.

use cosmwasm_std::{Addr, Coin, StdResult, Uint64, coins};
use cw_multi_test::AppResponse;
use supercloud_escrow::{contract, state};
use supercloud_schema::escrow::{
    AccountResponse, AccountState, BidDepositOutcome, BidDepositRelease, Budget, BudgetDraw, BudgetResponse,
    BudgetScope, BudgetTerms, Deposit, DepositSource, ExecuteMsg, InstantiateMsg, NoticesResponse, Params, Payment,
    PaymentResponse, QueryMsg,
};
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::{UACT, Uact, UnitPrice};
use supercloud_schema::solvency::SolvencyResponse;
use supercloud_test_kit::{TestApp, TypedContract, data};

pub(crate) type Outcome = StdResult<AppResponse>;

/// What every account is funded with.
pub(crate) const PURSE: u128 = 1_000_000_000;

pub(crate) struct Bench {
    pub(crate) app: TestApp,
    pub(crate) escrow: Addr,
    pub(crate) market: Addr,
    pub(crate) genesis: u64,
}

pub(crate) fn code() -> TypedContract {
    TypedContract::new(contract::instantiate, contract::execute, contract::query)
        .with_reply(contract::reply)
        .with_sudo(contract::sudo)
        .with_migrate(contract::migrate)
}

pub(crate) fn params() -> Params {
    Params {
        min_deposit: Uact::new(1),
        max_deposits: 6,
        max_payments: 4,
        runway_warning_seconds: 0,
    }
}

/// Rate in whole uact per second.
pub(crate) fn per_second(uact: u128) -> UnitPrice {
    UnitPrice::from_atomics(uact * 1_000_000_000_000_000_000)
}

pub(crate) fn act(amount: u128) -> Vec<Coin> {
    if amount == 0 { vec![] } else { coins(amount, UACT) }
}

pub(crate) fn terms() -> BudgetTerms {
    BudgetTerms {
        scopes: vec![BudgetScope::Deployment {}],
        providers: vec![],
        max_rate: None,
        per_deployment_cap: None,
        expires_at: None,
    }
}

pub(crate) fn draw(budget_id: u64, amount: u128) -> BudgetDraw {
    BudgetDraw {
        budget_id: budget_id.into(),
        amount: Uact::new(amount),
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_params(params())
    }

    pub(crate) fn with_params(params: Params) -> Self {
        let mut app = TestApp::new();
        let (governance, market, bme) = (app.addr("governance"), app.addr("market"), app.addr("bme"));
        let code_id = app.store(code());
        let msg = InstantiateMsg {
            governance: governance.to_string(),
            market: market.to_string(),
            bme: bme.to_string(),
            act_denom: UACT.to_string(),
            params,
        };
        let escrow = app.instantiate(code_id, &governance, &msg, &[]).unwrap();
        for name in ["market", "tenant", "friend", "sponsor", "stranger"] {
            app.funded(name, PURSE, UACT);
        }
        app.restrict(UACT, &[&escrow, &market, &bme]);
        let genesis = app.now();
        Self {
            app,
            escrow,
            market,
            genesis,
        }
    }

    pub(crate) fn addr(&self, name: &str) -> String {
        self.app.addr(name).into_string()
    }

    pub(crate) fn purse(&self, name: &str) -> u128 {
        self.app.balance(&self.app.addr(name), UACT)
    }

    /// What somebody has lost or won since the start.
    pub(crate) fn gain(&self, name: &str) -> i128 {
        self.purse(name) as i128 - PURSE as i128
    }

    pub(crate) fn execute(&mut self, sender: &str, msg: &ExecuteMsg, amount: u128) -> Outcome {
        let (sender, escrow) = (self.app.addr(sender), self.escrow.clone());
        self.app.execute(&sender, &escrow, msg, &act(amount))
    }

    pub(crate) fn lease(&self, dseq: u64, gseq: u32, provider: &str) -> LeaseId {
        self.lease_of("tenant", dseq, gseq, provider)
    }

    pub(crate) fn lease_of(&self, owner: &str, dseq: u64, gseq: u32, provider: &str) -> LeaseId {
        let (owner, provider) = (self.addr(owner), self.addr(provider));
        LeaseId {
            owner,
            dseq: Uint64::new(dseq),
            gseq,
            oseq: 1,
            provider,
            bseq: 1,
        }
    }

    pub(crate) fn open_account(&mut self, dseq: u64, coins: u128, draws: Vec<BudgetDraw>) -> Outcome {
        let msg = ExecuteMsg::OpenAccount {
            dseq: dseq.into(),
            owner: self.addr("tenant"),
            budgets: draws,
            minimum: Uact::new(1),
        };
        self.execute("market", &msg, coins)
    }

    pub(crate) fn deposit(&mut self, sender: &str, dseq: u64, coins: u128, draws: Vec<BudgetDraw>) -> Outcome {
        self.execute(
            sender,
            &ExecuteMsg::Deposit {
                dseq: dseq.into(),
                budgets: draws,
            },
            coins,
        )
    }

    pub(crate) fn open_payment(&mut self, lease: &LeaseId, rate: UnitPrice) -> Outcome {
        self.execute(
            "market",
            &ExecuteMsg::OpenPayment {
                lease: lease.clone(),
                rate,
                grace_seconds: 1,
            },
            0,
        )
    }

    pub(crate) fn close_payment(&mut self, lease: &LeaseId) -> Outcome {
        self.execute("market", &ExecuteMsg::ClosePayment { lease: lease.clone() }, 0)
    }

    pub(crate) fn close_account(&mut self, dseq: u64) -> Outcome {
        self.execute("market", &ExecuteMsg::CloseAccount { dseq: dseq.into() }, 0)
    }

    pub(crate) fn withdraw(&mut self, provider: &str, lease: &LeaseId) -> Outcome {
        self.execute(
            provider,
            &ExecuteMsg::Withdraw {
                leases: vec![lease.clone()],
                redeem: false,
            },
            0,
        )
    }

    pub(crate) fn settle(&mut self, dseq: u64) -> Outcome {
        self.execute("stranger", &ExecuteMsg::Settle { dseq: dseq.into() }, 0)
    }

    pub(crate) fn sweep(&mut self) -> Outcome {
        self.execute("stranger", &ExecuteMsg::Sweep { limit: 50 }, 0)
    }

    pub(crate) fn lock(&mut self, bid: &LeaseId, amount: u128) -> Outcome {
        self.execute(
            "market",
            &ExecuteMsg::LockBidDeposit {
                bid: bid.clone(),
                minimum: Uact::new(1),
            },
            amount,
        )
    }

    pub(crate) fn release(&mut self, bid: &LeaseId, outcome: BidDepositOutcome) -> Outcome {
        let releases = vec![BidDepositRelease {
            bid: bid.clone(),
            outcome,
        }];
        self.execute("market", &ExecuteMsg::ReleaseBidDeposits { releases }, 0)
    }

    /// A budget of `owner` for the tenant; gives its number.
    pub(crate) fn create_budget(&mut self, owner: &str, amount: u128, terms: BudgetTerms) -> u64 {
        let grantee = self.addr("tenant");
        let response = self
            .execute(owner, &ExecuteMsg::CreateBudget { grantee, terms }, amount)
            .unwrap();
        data::<Uint64>(&response).u64()
    }

    pub(crate) fn account(&self, dseq: u64) -> AccountResponse {
        self.app
            .query(&self.escrow, &QueryMsg::Account { dseq: dseq.into() })
            .unwrap()
    }

    pub(crate) fn balance(&self, dseq: u64) -> u128 {
        self.account(dseq).account.balance.u128()
    }

    pub(crate) fn state(&self, dseq: u64) -> AccountState {
        self.account(dseq).account.state
    }

    /// Seconds after the start at which the account runs dry.
    pub(crate) fn runs_dry_after(&self, dseq: u64) -> Option<u64> {
        self.account(dseq).account.runs_dry_at.map(|at| at - self.genesis)
    }

    pub(crate) fn payment(&self, lease: &LeaseId) -> Payment {
        let msg = QueryMsg::Payment { lease: lease.clone() };
        self.app.query::<PaymentResponse>(&self.escrow, &msg).unwrap().payment
    }

    pub(crate) fn earned(&self, lease: &LeaseId) -> u128 {
        self.payment(lease).earned.u128()
    }

    pub(crate) fn budget(&self, id: u64) -> Budget {
        self.app
            .query::<BudgetResponse>(&self.escrow, &QueryMsg::Budget { id: id.into() })
            .unwrap()
            .budget
    }

    pub(crate) fn notices(&self) -> NoticesResponse {
        self.app
            .query(&self.escrow, &QueryMsg::Notices { limit: None })
            .unwrap()
    }

    pub(crate) fn wallet_deposit(&self, name: &str, remaining: u128) -> Deposit {
        Deposit {
            source: DepositSource::Wallet { owner: self.addr(name) },
            remaining: Uact::new(remaining),
        }
    }

    pub(crate) fn budget_deposit(&self, budget_id: u64, owner: &str, remaining: u128) -> Deposit {
        let source = DepositSource::Budget {
            budget_id: budget_id.into(),
            owner: self.addr(owner),
        };
        Deposit {
            source,
            remaining: Uact::new(remaining),
        }
    }

    /// The books add up: the running total is the sum of the records, the bank has exactly that plus `surplus`, and no
    /// coin came or went.
    pub(crate) fn assert_books(&mut self, surplus: u128) {
        let solvency: SolvencyResponse = self.app.query(&self.escrow, &QueryMsg::Solvency {}).unwrap();
        let books = &solvency.coins[0];
        let escrow = self.escrow.clone();
        let recomputed = state::compute_owed(self.app.chain().contract_storage(&escrow).as_ref()).unwrap();
        assert_eq!(books.owed, recomputed.0, "running total and records differ");
        assert_eq!((books.solvent, books.surplus.u128()), (true, surplus));
        assert_eq!(self.app.balance(&escrow, UACT), books.owed.u128() + surplus);
        self.app.assert_supply_is_conserved(UACT);
    }
}
