//! A tenant asks for resources.

use cosmwasm_std::{Api, DepsMut, Empty, Env, HexBinary, MessageInfo, Response, to_json_binary};
use supercloud_rules::validation::{self, CountLimits};
use supercloud_schema::escrow::{self, BudgetDraw};
use supercloud_schema::market::{DeploymentState, GroupState, event};
use supercloud_schema::resource::GroupSpec;
use supercloud_schema::time::{Seconds, block_seconds};

use super::assert_intake;
use crate::ending::apply_new_order;
use crate::error::MarketError;
use crate::events;
use crate::funds::load_act;
use crate::params::assert_window;
use crate::peers::escrow_msg;
use crate::state::{CONFIG, DEPLOYMENTS, LAST_DSEQ, OWNER_DEPLOYMENTS, PARAMS, SPECS, StoredDeployment, StoredGroup};

/// What is asked for.
pub(crate) struct Demand {
    pub(crate) groups: Vec<GroupSpec>,
    pub(crate) hash: HexBinary,
    pub(crate) budgets: Vec<BudgetDraw>,
    pub(crate) reclamation_seconds: Option<Seconds>,
}

/// Stores the deployment with one open order per group and has escrow open its account with what came.
pub(crate) fn create_deployment(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    demand: Demand,
) -> Result<Response, MarketError> {
    assert_intake(deps.storage)?;
    let (config, params) = (CONFIG.load(deps.storage)?, PARAMS.load(deps.storage)?);
    let deposit = load_act(&info, &config.act_denom)?;
    validation::assert_hash(&demand.hash)?;
    validation::assert_groups(
        &demand.groups,
        CountLimits {
            groups: params.max_groups,
            units: params.max_units,
        },
    )?;
    assert_auditors(deps.api, &demand.groups)?;
    assert_window(&params, demand.reclamation_seconds)?;

    let now = block_seconds(&env.block);
    let dseq = LAST_DSEQ.load(deps.storage)? + 1;
    LAST_DSEQ.save(deps.storage, &dseq)?;
    let deployment = StoredDeployment {
        owner: info.sender.clone(),
        state: DeploymentState::Active {},
        hash: demand.hash,
        created_at: now,
        groups: u32::try_from(demand.groups.len()).expect("validated to be at most 20"),
        reclamation_seconds: demand.reclamation_seconds,
    };
    DEPLOYMENTS.save(deps.storage, dseq, &deployment)?;
    OWNER_DEPLOYMENTS.save(deps.storage, (&info.sender, dseq), &Empty {})?;
    let id = deployment.id(dseq);
    let created = events::deployment(event::DEPLOYMENT_CREATED, &id).add_attribute("hash", deployment.hash.to_hex());
    let mut response = Response::new().add_event(created);
    for (gseq, spec) in (1..).zip(&demand.groups) {
        SPECS.save(deps.storage, (dseq, gseq), spec)?;
        let mut group = StoredGroup {
            state: GroupState::Open {},
            last_oseq: 0,
        };
        response = response.add_event(apply_new_order(deps.storage, &id.group(gseq), &mut group, now)?);
    }

    let open = escrow::ExecuteMsg::OpenAccount {
        dseq: id.dseq,
        owner: info.sender.to_string(),
        budgets: demand.budgets,
        minimum: params.deployment_min_deposit,
    };
    let funds = if deposit.is_zero() {
        vec![]
    } else {
        vec![deposit.coin(&config.act_denom)]
    };
    Ok(response
        .add_message(escrow_msg(&config, &open, funds)?)
        .set_data(to_json_binary(&id)?))
}

/// Nobody could ever bid on an order whose auditors have no address here.
fn assert_auditors(api: &dyn Api, groups: &[GroupSpec]) -> Result<(), MarketError> {
    let lists = groups.iter().map(|group| &group.requirements.signed_by);
    for address in lists.flat_map(|signed_by| signed_by.all_of.iter().chain(&signed_by.any_of)) {
        api.addr_validate(address).map_err(|_| MarketError::InvalidAuditor {
            address: address.clone(),
        })?;
    }
    Ok(())
}
