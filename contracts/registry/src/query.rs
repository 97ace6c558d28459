//! Answers.

use cosmwasm_std::{Addr, Binary, Deps, Order, StdResult, to_json_binary};
use cw_storage_plus::Bound;
use supercloud_schema::registry::{
    AuditedAttributes, ConfigResponse, Provider, ProviderResponse, ProvidersResponse, QueryMsg,
};
use supercloud_schema::resource::Attribute;

use crate::error::RegistryError;
use crate::execute::MAX_AUDITORS;
use crate::state::{AUDITED, GOVERNANCE, PROVIDERS};

const DEFAULT_LIMIT: u32 = 30;
const MAX_LIMIT: u32 = 100;

pub(crate) fn query(deps: Deps<'_>, msg: QueryMsg) -> Result<Binary, RegistryError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&query_config(deps)?),
        QueryMsg::Provider { owner } => to_json_binary(&query_provider(deps, &owner)?),
        QueryMsg::ProviderForAuditors { owner, auditors } => {
            to_json_binary(&query_provider_for_auditors(deps, &owner, &auditors)?)
        }
        QueryMsg::Providers { start_after, limit } => to_json_binary(&query_providers(deps, start_after, limit)?),
    }?)
}

fn query_config(deps: Deps<'_>) -> Result<ConfigResponse, RegistryError> {
    Ok(ConfigResponse {
        governance: GOVERNANCE.load(deps.storage)?.into_string(),
    })
}

fn view_record(provider: &Addr, auditor: &Addr, attributes: Vec<Attribute>) -> AuditedAttributes {
    AuditedAttributes {
        provider: provider.to_string(),
        auditor: auditor.to_string(),
        attributes,
    }
}

fn query_provider(deps: Deps<'_>, owner: &str) -> Result<ProviderResponse, RegistryError> {
    let owner = deps.api.addr_validate(owner)?;
    let records = AUDITED
        .prefix(&owner)
        .range(deps.storage, None, None, Order::Ascending)
        .take(MAX_AUDITORS);
    let view = |record: StdResult<(Addr, Vec<Attribute>)>| {
        let (auditor, attributes) = record?;
        Ok(view_record(&owner, &auditor, attributes))
    };
    let audited = records.map(view).collect::<StdResult<_>>()?;
    Ok(ProviderResponse {
        provider: PROVIDERS.may_load(deps.storage, &owner)?,
        audited,
    })
}

fn query_provider_for_auditors(
    deps: Deps<'_>,
    owner: &str,
    auditors: &[String],
) -> Result<ProviderResponse, RegistryError> {
    if auditors.len() > MAX_AUDITORS {
        return Err(RegistryError::TooManyAuditorsAsked {
            count: auditors.len(),
            limit: MAX_AUDITORS,
        });
    }
    let owner = deps.api.addr_validate(owner)?;
    let mut asked: Vec<Addr> = auditors
        .iter()
        .map(|auditor| deps.api.addr_validate(auditor))
        .collect::<StdResult<_>>()?;
    asked.sort_unstable();
    asked.dedup();
    let mut audited = Vec::new();
    for auditor in asked {
        if let Some(attributes) = AUDITED.may_load(deps.storage, (&owner, &auditor))? {
            audited.push(view_record(&owner, &auditor, attributes));
        }
    }
    Ok(ProviderResponse {
        provider: PROVIDERS.may_load(deps.storage, &owner)?,
        audited,
    })
}

fn query_providers(
    deps: Deps<'_>,
    start_after: Option<String>,
    limit: Option<u32>,
) -> Result<ProvidersResponse, RegistryError> {
    let after = start_after.map(|owner| deps.api.addr_validate(&owner)).transpose()?;
    let start = after.as_ref().map(Bound::exclusive);
    let limit = limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT) as usize;
    let stored = PROVIDERS.range(deps.storage, start, None, Order::Ascending).take(limit);
    let providers: Vec<Provider> = stored.map(|item| Ok(item?.1)).collect::<StdResult<_>>()?;
    Ok(ProvidersResponse { providers })
}
