//! Steps 2 and 9: what governance does, each time by proposal: submit, vote, wait for the execution.

use serde::Serialize;
use supercloud_client::message::{self, Compression, ProposalText, VoteOption};
use supercloud_client::{Any, ProposalStatus};

use super::facts::CodeFact;
use super::failure::{StepError, contract_error};
use super::stage::Stage;
use crate::artifacts::{Artifact, SUITE};
use crate::suite::{SuiteConfig, setup_messages};

/// Step 2: stores every artifact and instantiates the suite.
pub(crate) async fn install(stage: &mut Stage, config: &SuiteConfig) -> Result<(), StepError> {
    let code_ids = store_codes(stage, &SUITE).await?;
    let setup = setup_messages(config, stage.addresses(), &code_ids).map_err(StepError::unexpected)?;
    propose(stage, "Install the market", setup).await?;
    for (name, address) in stage.addresses().clone().iter() {
        let info = stage.client().contract_info(address).await?;
        if !info.is_some_and(|info| code_ids.contains(&info.code_id)) {
            return Err(StepError::unexpected(format!(
                "{name} is not at {address}, where instantiate2 puts it"
            )));
        }
        stage.facts.contracts.insert(name.to_owned(), address.to_owned());
    }
    stage.summary(format!(
        "{} codes stored, {} contracts instantiated by proposal",
        code_ids.len(),
        SUITE.len()
    ));
    Ok(())
}

/// Stores codes, one proposal each, all under vote together. Returns the code ids in the same order.
pub(crate) async fn store_codes(stage: &mut Stage, artifacts: &[Artifact]) -> Result<Vec<u64>, StepError> {
    let mut proposals = Vec::new();
    for artifact in artifacts {
        let store = message::store_code(&stage.gov_address, artifact.wasm, Compression::Gzip);
        proposals.push(submit(stage, &format!("Store {}", artifact.file), vec![store]).await?);
    }
    for proposal in &proposals {
        wait_for_execution(stage, *proposal).await?;
    }
    let stored = stage.client().code_infos().await?;
    let code_id = |artifact: &Artifact| {
        let newest = stored
            .iter()
            .filter(|code| code.checksum == artifact.checksum())
            .map(|code| code.code_id)
            .max();
        newest.ok_or_else(|| StepError::unexpected(format!("no code on chain has the checksum of {}", artifact.file)))
    };
    let code_ids = artifacts.iter().map(code_id).collect::<Result<Vec<_>, _>>()?;
    for (artifact, code_id) in artifacts.iter().zip(&code_ids) {
        stage.facts.codes.push(CodeFact {
            contract: artifact.name.into(),
            file: artifact.file.into(),
            code_id: *code_id,
            checksum: hex::encode(artifact.checksum()),
        });
    }
    Ok(code_ids)
}

/// Migrates a contract of the suite.
pub(crate) async fn migrate<M: Serialize>(
    stage: &mut Stage,
    name: &str,
    code_id: u64,
    msg: &M,
) -> Result<(), StepError> {
    let migrate = message::migrate(&stage.gov_address, stage.addresses().of(name), code_id, msg)?;
    propose(stage, &format!("Migrate {name} to code {code_id}"), vec![migrate]).await
}

/// Submits, votes and waits for the execution.
pub(crate) async fn propose(stage: &mut Stage, title: &str, messages: Vec<Any>) -> Result<(), StepError> {
    let proposal = submit(stage, title, messages).await?;
    wait_for_execution(stage, proposal).await
}

/// Submits a proposal and votes for it in the same transaction: a voting period of a second leaves no time for two. The
/// vote names the id that the chain will give next; were it another's, the transaction would fail as a whole.
async fn submit(stage: &mut Stage, title: &str, messages: Vec<Any>) -> Result<u64, StepError> {
    let governor = stage.actors.governance.clone();
    let next = stage
        .client()
        .proposals()
        .await?
        .iter()
        .map(|proposal| proposal.id)
        .max()
        .unwrap_or(0)
        + 1;
    let text = ProposalText {
        title: title.into(),
        summary: title.into(),
        metadata: String::new(),
    };
    let submit = message::submit_proposal(&governor.address, text, messages);
    let vote = message::vote(&governor.address, next, VoteOption::Yes);
    let outcome = stage
        .send(&governor, &format!("propose and vote: {title}"), vec![submit, vote])
        .await?;
    outcome.attribute("submit_proposal", "proposal_id")
}

async fn wait_for_execution(stage: &Stage, proposal_id: u64) -> Result<(), StepError> {
    let proposal = stage.wait_for_proposal(proposal_id).await?;
    if proposal.status == ProposalStatus::Passed {
        return Ok(());
    }
    Err(StepError {
        code: format!("gov/{:?}", proposal.status).to_lowercase(),
        contract_error: contract_error(&proposal.failed_reason),
        message: format!(
            "proposal {proposal_id} ({}): {}",
            proposal.title, proposal.failed_reason
        ),
    })
}
