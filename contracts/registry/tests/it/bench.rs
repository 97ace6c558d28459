//! A registry on a chain of its own.

use cosmwasm_std::{Addr, HexBinary, StdResult};
use cw_multi_test::AppResponse;
use supercloud_registry::contract;
use supercloud_schema::registry::{
    AuditedAttributes, ExecuteMsg, InstantiateMsg, ProviderInfo, ProviderProfile, ProviderResponse, QueryMsg,
};
use supercloud_schema::resource::Attribute;
use supercloud_test_kit::{TestApp, TypedContract};

pub(crate) struct Bench {
    pub(crate) app: TestApp,
    pub(crate) registry: Addr,
    pub(crate) governance: Addr,
}

pub(crate) fn code() -> TypedContract {
    TypedContract::new(contract::instantiate, contract::execute, contract::query).with_migrate(contract::migrate)
}

impl Bench {
    pub(crate) fn new() -> Self {
        let mut app = TestApp::new();
        let governance = app.addr("governance");
        let code_id = app.store(code());
        let msg = InstantiateMsg {
            governance: governance.to_string(),
        };
        let registry = app.instantiate(code_id, &governance, &msg, &[]).unwrap();
        Self {
            app,
            registry,
            governance,
        }
    }

    pub(crate) fn execute(&mut self, sender: &str, msg: &ExecuteMsg) -> StdResult<AppResponse> {
        let sender = self.app.addr(sender);
        self.app.execute(&sender, &self.registry.clone(), msg, &[])
    }

    pub(crate) fn register(&mut self, owner: &str, profile: ProviderProfile) -> StdResult<AppResponse> {
        self.execute(owner, &ExecuteMsg::RegisterProvider { profile })
    }

    pub(crate) fn sign(&mut self, auditor: &str, provider: &str, attributes: Vec<Attribute>) -> StdResult<AppResponse> {
        let provider = self.app.addr(provider).into_string();
        self.execute(auditor, &ExecuteMsg::SignAttributes { provider, attributes })
    }

    pub(crate) fn delete(&mut self, auditor: &str, provider: &str, keys: &[&str]) -> StdResult<AppResponse> {
        let provider = self.app.addr(provider).into_string();
        let keys = keys.iter().map(|&key| key.to_string()).collect();
        self.execute(auditor, &ExecuteMsg::DeleteAttributes { provider, keys })
    }

    pub(crate) fn provider(&self, owner: &str) -> ProviderResponse {
        let owner = self.app.addr(owner).into_string();
        self.app.query(&self.registry, &QueryMsg::Provider { owner }).unwrap()
    }

    pub(crate) fn record(&self, provider: &str, auditor: &str, attributes: Vec<Attribute>) -> AuditedAttributes {
        let (provider, auditor) = (
            self.app.addr(provider).into_string(),
            self.app.addr(auditor).into_string(),
        );
        AuditedAttributes {
            provider,
            auditor,
            attributes,
        }
    }
}

pub(crate) fn attribute(key: &str, value: &str) -> Attribute {
    Attribute {
        key: key.to_string(),
        value: value.to_string(),
    }
}

pub(crate) fn profile() -> ProviderProfile {
    ProviderProfile {
        host_uri: "https://provider.example.com:8443".to_string(),
        tls_key_sha256: HexBinary::from([7u8; 32]),
        attributes: vec![attribute("region", "eu-west")],
        info: ProviderInfo {
            email: "ops@example.com".to_string(),
            website: "https://example.com/about".to_string(),
        },
    }
}
