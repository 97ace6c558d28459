//! What a light client checks: header hashes, the chain of block ids, data hashes, and the signatures of commits.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tendermint::block::Height;
use tendermint::merkle::simple_hash_from_byte_vectors;
use tendermint::validator::Set;
use tendermint::{Hash, Time};
use tendermint_light_client_verifier::options::Options;
use tendermint_light_client_verifier::types::{TrustThreshold, TrustedBlockState, UntrustedBlockState};
use tendermint_light_client_verifier::{ProdVerifier, Verdict, Verifier};
use tendermint_rpc::endpoint::commit;
use tendermint_rpc::{Client, Paging};

use crate::{Suite, held};

async fn validators(suite: &Suite, height: Height) -> Result<Set> {
    let found = suite.node.rpc.validators(height, Paging::All).await?;
    Ok(Set::without_proposer(found.validators))
}

/// Every header's hash is the block's id, names the block before it, and covers the transactions.
async fn hashes(suite: &Suite, latest: u64) -> Result<()> {
    let mut last: Option<tendermint::block::Id> = None;
    let mut transactions = 0;
    for height in 1..=latest {
        let found = suite.node.rpc.block(u32::try_from(height)?).await?;
        let header = &found.block.header;
        ensure!(header.hash() == found.block_id.hash, "header hash of block {height}");
        ensure!(header.last_block_id == last, "id of the block before {height}");
        let digests: Vec<_> = found.block.data.iter().map(|tx| sha256(tx)).collect();
        let root = simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&digests);
        let data_hash = header.data_hash.unwrap_or(Hash::None);
        ensure!(data_hash == Hash::Sha256(root), "data hash of block {height}");
        transactions += found.block.data.len();
        last = Some(found.block_id);
    }
    ensure!(transactions > 10, "only {transactions} transactions were covered");
    held("header, data and block hashes of every block");
    Ok(())
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).to_vec()
}

/// The light client's own verdict on a header, from the trusted one before it.
async fn verdict(suite: &Suite, trusted: &commit::Response, untrusted: &commit::Response) -> Result<Verdict> {
    let height = |found: &commit::Response| found.signed_header.header.height;
    let next_trusted = validators(suite, height(trusted).increment()).await?;
    let (set, next) = (
        validators(suite, height(untrusted)).await?,
        validators(suite, height(untrusted).increment()).await.ok(),
    );
    let chain_id = trusted.signed_header.header.chain_id.clone();
    Ok(ProdVerifier::default().verify_update_header(
        UntrustedBlockState {
            signed_header: &untrusted.signed_header,
            validators: &set,
            next_validators: next.as_ref(),
        },
        TrustedBlockState {
            chain_id: &chain_id,
            header_time: trusted.signed_header.header.time,
            height: height(trusted),
            next_validators: &next_trusted,
            next_validators_hash: trusted.signed_header.header.next_validators_hash,
        },
        &Options {
            trust_threshold: TrustThreshold::TWO_THIRDS,
            trusting_period: Duration::from_secs(24 * 3600),
            clock_drift: Duration::from_secs(60),
        },
        Time::now(),
    ))
}

async fn commits(suite: &Suite, latest: u64) -> Result<()> {
    let commit = async |height: u64| suite.node.rpc.commit(u32::try_from(height)?).await.context("commit");
    for (from, to) in [(1, 2), (latest - 1, latest), (1, latest)] {
        let (trusted, untrusted): (commit::Response, commit::Response) = (commit(from).await?, commit(to).await?);
        let verdict = verdict(suite, &trusted, &untrusted).await?;
        ensure!(verdict == Verdict::Success, "block {to} from block {from}: {verdict:?}");
    }
    let (trusted, mut forged): (commit::Response, commit::Response) = (commit(1).await?, commit(latest).await?);
    forged.signed_header.header.app_hash = vec![7; 32].try_into()?;
    let verdict = verdict(suite, &trusted, &forged).await?;
    ensure!(matches!(verdict, Verdict::Invalid(_)), "a forged app hash: {verdict:?}");
    held("the light client verifier accepts commits and refuses a forged one");
    Ok(())
}

/// All blocks so far.
pub async fn run(suite: &Suite) -> Result<()> {
    // The newest block's next validators are asked for, too: one block of distance.
    let latest = suite.node.rpc.status().await?.sync_info.latest_block_height.value() - 1;
    hashes(suite, latest).await.context("hashes")?;
    commits(suite, latest).await.context("commits")
}
