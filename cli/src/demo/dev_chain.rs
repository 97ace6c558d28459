//! `--node`: the demo on a running dev chain that has the market. Account 0 of the chain's wallet is the council and funds
//! the other roles; the chain's own signers publish the prices.

use supercloud_client::{Client, GasPrice, Key, TxConfig, TxQueue, message};
use supercloud_schema::money::UAKT;

use super::chain::GENESIS_FUNDS;
use super::facts::CodeFact;
use super::failure::StepError;
use super::prices;
use super::roles::RoleKeys;
use super::stage::Stage;
use crate::artifacts::SUITE;
use crate::dev::Ready;
use crate::price_signers::PriceSigners;
use crate::suite::Addresses;

/// What a dev chain asks when it says nothing else.
const USUAL_GAS_PRICE: &str = "0.0025uakt";
/// Mantissa (10^-8 USD) of the price that stands in for the signed one of step 3.
const FIRST_PRICE: i64 = 58_646_744;

/// What the stage needs of the chain.
pub(super) struct DevChain {
    /// JSON-RPC URL.
    pub(super) rpc_url: String,
    /// Keys of the roles; governance has account 0.
    pub(super) keys: RoleKeys,
    /// The chain's price signers.
    pub(super) signers: PriceSigners,
    /// What transactions pay.
    pub(super) tx: TxConfig,
}

impl DevChain {
    /// Finds the chain's words, checks that the market is there, and funds the roles.
    pub(super) async fn join(rpc_url: &str, mnemonic: Option<&str>) -> Result<Self, StepError> {
        let client = Client::connect(rpc_url).await?;
        let ready = Ready::find(rpc_url).filter(|ready| ready.chain_id == client.chain_id());
        let mnemonic = mnemonic
            .map(str::to_owned)
            .or_else(|| ready.as_ref().map(|ready| ready.mnemonic.clone()))
            .ok_or_else(|| {
                refuse(format!(
                    "no `supercloud dev` of this user runs at {rpc_url}; pass --mnemonic with the words of its accounts"
                ))
            })?;
        let gas_price: GasPrice = ready
            .map_or_else(
                || USUAL_GAS_PRICE.to_owned(),
                |ready| format!("{}{}", ready.min_gas_price, ready.denom),
            )
            .parse()
            .map_err(StepError::unexpected)?;
        let tx = TxConfig {
            gas_price,
            ..TxConfig::default()
        };
        let governor = Key::from_mnemonic(&mnemonic).map_err(|error| refuse(format!("--mnemonic: {error}")))?;
        assert_council(&client, &governor).await?;
        assert_market(&client).await?;
        let mut keys = RoleKeys::generate()?;
        for (role, key) in &mut keys.0 {
            if *role == "governance" {
                *key = governor.clone();
            }
        }
        fund(&client, governor, &keys, &tx).await?;
        let signers = PriceSigners::of_dev_chain(&mnemonic).map_err(StepError::unexpected)?;
        Ok(Self {
            rpc_url: rpc_url.to_owned(),
            keys,
            signers,
            tx,
        })
    }
}

fn refuse(message: String) -> StepError {
    StepError {
        code: "demo/dev_chain".into(),
        contract_error: None,
        message,
    }
}

async fn assert_council(client: &Client, governor: &Key) -> Result<(), StepError> {
    let address = governor.address(client.hrp()).map_err(StepError::unexpected)?;
    let council = client.council().await?;
    if matches!(council.voters.as_slice(), [voter] if voter.address == address) {
        return Ok(());
    }
    let message = format!(
        "account 0 of the mnemonic is {address}, which is not the only voter of {}; pass --mnemonic with the words that `supercloud dev` printed",
        client.chain_id()
    );
    Err(refuse(message))
}

async fn assert_market(client: &Client) -> Result<(), StepError> {
    let addresses = Addresses::predict(&client.gov_address()?).map_err(StepError::unexpected)?;
    if client.contract_info(addresses.of("market")).await?.is_some() {
        return Ok(());
    }
    let message = format!(
        "there is no market at {} of {}; start the chain with `supercloud dev --load-suite` of this version",
        addresses.of("market"),
        client.chain_id()
    );
    Err(refuse(message))
}

async fn fund(client: &Client, governor: Key, keys: &RoleKeys, tx: &TxConfig) -> Result<(), StepError> {
    let queue = TxQueue::new(client.clone(), governor, tx.clone())?;
    let coins = vec![supercloud_client::coin(GENESIS_FUNDS, UAKT)];
    let sends = keys
        .addresses()?
        .into_iter()
        .filter(|(role, _)| *role != "governance")
        .map(|(_, address)| message::send(queue.address(), &address, coins.clone()));
    queue.send(sends.collect()).await?;
    Ok(())
}

/// Steps 2 and 3, which the chain has behind it: what is there, and a price of the dev signers.
pub(super) async fn take_over(stage: &mut Stage) -> Result<(), StepError> {
    stage.begin(2, "governance installs the suite");
    for artifact in SUITE {
        let address = stage.addresses().of(artifact.name).to_owned();
        let info = stage.client().contract_info(&address).await?;
        let info = info.ok_or_else(|| refuse(format!("there is no {} at {address}", artifact.name)))?;
        let code = stage.client().code_info(info.code_id).await?;
        stage.facts.codes.push(CodeFact {
            contract: artifact.name.into(),
            file: artifact.file.into(),
            code_id: info.code_id,
            checksum: code.map(|code| hex::encode(code.checksum)).unwrap_or_default(),
        });
        stage.facts.contracts.insert(artifact.name.to_owned(), address);
    }
    stage.summary(format!("skipped, {} contracts are there", SUITE.len()));
    stage.begin(3, "a price reaches the oracle");
    stage.publish_price(FIRST_PRICE).await?;
    let price = prices::query_price(stage).await?.mid.to_string();
    stage.facts.price_signers = vec!["dev signers".to_owned()];
    stage.summary(format!("skipped, the dev signers say {price} USD per AKT"));
    stage.facts.oracle_price = price;
    Ok(())
}
