//! A chain with the contract and two verifiers.

use cosmwasm_std::{Addr, HexBinary, StdResult, Uint64};
use cw_multi_test::AppResponse;
use supercloud_attestation::contract::{execute, instantiate, migrate, query};
use supercloud_schema::attestation::{Device, EvidenceKind, ExecuteMsg, InstantiateMsg, QueryMsg, RecordResponse};
use supercloud_test_kit::{TestApp, TypedContract, data};

pub(crate) const DAY: u64 = 86_400;
pub(crate) const MAX_VALIDITY: u64 = 90 * DAY;

pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) contract: Addr,
    pub(crate) governance: Addr,
    pub(crate) verifier: Addr,
    pub(crate) second: Addr,
}

pub(crate) fn instantiate_msg(governance: &Addr, verifiers: &[&Addr], max_validity_seconds: u64) -> InstantiateMsg {
    let verifiers = verifiers.iter().map(ToString::to_string).collect();
    InstantiateMsg {
        governance: governance.to_string(),
        verifiers,
        max_validity_seconds,
    }
}

pub(crate) fn contract() -> TypedContract {
    TypedContract::new(instantiate, execute, query).with_migrate(migrate)
}

impl World {
    pub(crate) fn new() -> Self {
        let mut app = TestApp::new();
        let (governance, verifier, second) = (app.addr("governance"), app.addr("verifier"), app.addr("second"));
        let code = app.store(contract());
        let msg = instantiate_msg(&governance, &[&verifier, &second], MAX_VALIDITY);
        let contract = app.instantiate(code, &governance, &msg, &[]).unwrap();
        Self {
            app,
            contract,
            governance,
            verifier,
            second,
        }
    }

    pub(crate) fn run(&mut self, sender: &Addr, msg: &ExecuteMsg) -> StdResult<AppResponse> {
        self.app.execute(sender, &self.contract.clone(), msg, &[])
    }

    /// A record of the device `id` for the named provider, valid for a day.
    pub(crate) fn submit(&mut self, sender: &Addr, id: &str, provider: &str) -> StdResult<AppResponse> {
        let msg = self.submission(id, provider);
        self.run(sender, &msg)
    }

    pub(crate) fn submit_ok(&mut self, sender: &Addr, id: &str, provider: &str) -> u64 {
        data::<Uint64>(&self.submit(sender, id, provider).unwrap()).u64()
    }

    pub(crate) fn submission(&self, id: &str, provider: &str) -> ExecuteMsg {
        ExecuteMsg::SubmitRecord {
            provider: self.app.addr(provider).to_string(),
            device: device(id),
            kind: EvidenceKind::NvidiaGpu {},
            evidence_sha256: HexBinary::from([7; 32]),
            expires_at: self.app.now() + DAY,
        }
    }

    pub(crate) fn revoke(&mut self, sender: &Addr, id: u64) -> StdResult<AppResponse> {
        self.run(sender, &ExecuteMsg::RevokeRecord { id: Uint64::new(id) })
    }

    pub(crate) fn list(&mut self, verifiers: &[&Addr]) {
        let verifiers = verifiers.iter().map(ToString::to_string).collect();
        let governance = self.governance.clone();
        self.run(&governance, &ExecuteMsg::SetVerifiers { verifiers }).unwrap();
    }

    pub(crate) fn record(&self, id: u64) -> RecordResponse {
        self.app
            .query(&self.contract, &QueryMsg::Record { id: Uint64::new(id) })
            .unwrap()
    }
}

pub(crate) fn device(id: &str) -> Device {
    Device {
        id: id.to_string(),
        vendor: "nvidia".to_string(),
        model: "h100".to_string(),
        memory_mib: 81_559,
    }
}
