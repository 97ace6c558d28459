//! What the demo found out: one document for `--json`, the same facts as a table for people.

use std::collections::BTreeMap;

use serde::Serialize;
use supercloud_schema::id::{BidId, LeaseId};

/// The document.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Facts {
    /// True: a failed run prints a failure instead.
    pub(crate) ok: bool,
    /// The chain's id.
    pub(crate) chain_id: String,
    /// Wall-clock seconds of the whole run.
    pub(crate) elapsed_seconds: f64,
    /// What happened, in order.
    pub(crate) steps: Vec<StepFact>,
    /// Stored codes.
    pub(crate) codes: Vec<CodeFact>,
    /// Instantiated contracts by name.
    pub(crate) contracts: BTreeMap<String, String>,
    /// The oracle's mid price after the real update, in USD per AKT.
    pub(crate) oracle_price: String,
    /// Who signed the update that set that price.
    pub(crate) price_signers: Vec<String>,
    /// AKT turned into ACT.
    pub(crate) bme: BmeFact,
    /// The deployment.
    pub(crate) deployment: DeploymentFact,
    /// Bids on the order.
    pub(crate) bids: Vec<BidFact>,
    /// The lease.
    pub(crate) lease_id: Option<LeaseId>,
    /// Bid deposits that came back when the lease was made.
    pub(crate) bid_refunds: Vec<BidRefundFact>,
    /// What the workload answered.
    pub(crate) workload: WorkloadFact,
    /// The provider's pay.
    pub(crate) settlement: SettlementFact,
    /// The market's upgrade.
    pub(crate) upgrade: UpgradeFact,
    /// What came back at the end, per source.
    pub(crate) refunds: Vec<RefundFact>,
    /// The books.
    pub(crate) conservation: ConservationFact,
}

/// One step.
#[derive(Debug, Default, Serialize)]
pub(crate) struct StepFact {
    /// 1 to 10.
    pub(crate) step: u32,
    /// What it is about.
    pub(crate) title: String,
    /// What came out.
    pub(crate) summary: String,
    /// Transactions, in order.
    pub(crate) txs: Vec<TxFact>,
}

/// One transaction.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TxFact {
    /// What it did.
    pub(crate) action: String,
    /// Who signed and paid: the role's name.
    pub(crate) payer: String,
    /// Hash in upper-case hex.
    pub(crate) hash: String,
    /// Block.
    pub(crate) height: u64,
    /// Gas used.
    pub(crate) gas_used: u64,
    /// Gas asked for.
    pub(crate) gas_wanted: u64,
}

/// One stored code.
#[derive(Debug, Serialize)]
pub(crate) struct CodeFact {
    /// Contract name.
    pub(crate) contract: String,
    /// Path below `artifacts/`.
    pub(crate) file: String,
    /// Code id on chain.
    pub(crate) code_id: u64,
    /// SHA-256 on chain, in lower-case hex.
    pub(crate) checksum: String,
}

/// Conversions of AKT to ACT.
#[derive(Debug, Default, Serialize)]
pub(crate) struct BmeFact {
    /// One per request.
    pub(crate) mints: Vec<MintFact>,
    /// Sum of the AKT that went into the vault, in uakt.
    pub(crate) locked_uakt: String,
    /// Sum of the ACT minted, in uact.
    pub(crate) minted: String,
    /// Sum of the ACT burned later by redeeming, in uact.
    pub(crate) burned: String,
}

/// One conversion of AKT to ACT.
#[derive(Debug, Serialize)]
pub(crate) struct MintFact {
    /// Whose.
    pub(crate) owner: String,
    /// AKT in, in uakt.
    pub(crate) uakt: String,
    /// ACT out, in uact.
    pub(crate) uact: String,
    /// ACT that the spread kept back, in uact.
    pub(crate) spread: String,
    /// Price used, USD per AKT.
    pub(crate) price: String,
}

/// The deployment.
#[derive(Debug, Default, Serialize)]
pub(crate) struct DeploymentFact {
    /// Tenant.
    pub(crate) owner: String,
    /// Number.
    pub(crate) dseq: String,
    /// SDL file.
    pub(crate) sdl: String,
    /// SHA-256 of the manifest.
    pub(crate) manifest_sha256: String,
    /// Deposits by source, in uact.
    pub(crate) deposits: Vec<RefundFact>,
}

/// A bid.
#[derive(Debug, Serialize)]
pub(crate) struct BidFact {
    /// Role of the provider.
    pub(crate) provider: String,
    /// Id.
    pub(crate) id: BidId,
    /// uact per second.
    pub(crate) price: String,
}

/// A bid deposit that came back.
#[derive(Debug, Serialize)]
pub(crate) struct BidRefundFact {
    /// Role of the provider.
    pub(crate) provider: String,
    /// uact.
    pub(crate) amount: String,
    /// The transaction that made the lease.
    pub(crate) tx: String,
}

/// What the workload answered.
#[derive(Debug, Default, Serialize)]
pub(crate) struct WorkloadFact {
    /// Where.
    pub(crate) url: String,
    /// HTTP status.
    pub(crate) http_status: u16,
    /// SHA-256 of the body.
    pub(crate) body_sha256: String,
    /// Length of the body.
    pub(crate) body_bytes: usize,
    /// Lines that the gateway's log route gave.
    pub(crate) log_lines: usize,
}

/// The provider's pay.
#[derive(Debug, Default, Serialize)]
pub(crate) struct SettlementFact {
    /// Seconds paid for by the withdrawal.
    pub(crate) seconds_billed: u64,
    /// uact per second.
    pub(crate) rate: String,
    /// ACT withdrawn and burned, in uact.
    pub(crate) act_burned: String,
    /// AKT paid, in uakt.
    pub(crate) akt_paid: String,
    /// Part of it from remint credits, in uakt.
    pub(crate) akt_from_credits: String,
    /// Part of it newly minted, in uakt.
    pub(crate) akt_minted: String,
    /// Price used, USD per AKT.
    pub(crate) price: String,
}

/// The market's upgrade.
#[derive(Debug, Default, Serialize)]
pub(crate) struct UpgradeFact {
    /// Version before.
    pub(crate) from_version: String,
    /// Version after.
    pub(crate) to_version: String,
    /// Code id after.
    pub(crate) code_id: u64,
    /// Seconds that the lease had accrued just before.
    pub(crate) seconds_before: u64,
    /// Seconds that the lease had accrued just after.
    pub(crate) seconds_after: u64,
}

/// An amount and where it came from or went.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RefundFact {
    /// `wallet` or `budget`.
    pub(crate) source: String,
    /// Role of the owner.
    pub(crate) owner: String,
    /// Denom.
    pub(crate) denom: String,
    /// Base units.
    pub(crate) amount: String,
}

/// The books at the end, from figures queried over RPC.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ConservationFact {
    /// `uakt` and `uact`.
    #[serde(flatten)]
    pub(crate) denoms: BTreeMap<String, DenomFact>,
    /// Each fund-holding contract's claims and balance.
    pub(crate) owed: Vec<OwedFact>,
}

/// One denom: `genesis + minted - burned = balances`.
#[derive(Debug, Serialize)]
pub(crate) struct DenomFact {
    /// Sum over the genesis accounts.
    pub(crate) genesis: String,
    /// Sum of mint events over all blocks.
    pub(crate) minted: String,
    /// Sum of burn events over all blocks.
    pub(crate) burned: String,
    /// Sum over all owners.
    pub(crate) balances: String,
}

/// One contract's books in one denom.
#[derive(Debug, Serialize)]
pub(crate) struct OwedFact {
    /// Contract name.
    pub(crate) contract: String,
    /// Denom.
    pub(crate) denom: String,
    /// Claims on the contract.
    pub(crate) owed: String,
    /// Its bank balance.
    pub(crate) balance: String,
}

impl Facts {
    /// The final table.
    pub(crate) fn table(&self) -> String {
        let mut rows = vec![
            ("chain", self.chain_id.clone()),
            ("oracle price", format!("{} USD per AKT", self.oracle_price)),
            ("AKT locked", format!("{} uakt", self.bme.locked_uakt)),
            ("ACT minted", format!("{} uact", self.bme.minted)),
        ];
        for bid in &self.bids {
            rows.push(("bid", format!("{} at {} uact/s", bid.provider, bid.price)));
        }
        if let Some(lease) = &self.lease_id {
            rows.push(("lease", lease.to_string()));
        }
        rows.push((
            "workload",
            format!(
                "HTTP {}, sha256 {}",
                self.workload.http_status, self.workload.body_sha256
            ),
        ));
        rows.push(("seconds billed", self.settlement.seconds_billed.to_string()));
        rows.push(("ACT burned", format!("{} uact", self.settlement.act_burned)));
        rows.push((
            "AKT paid",
            format!(
                "{} uakt ({} from remint credits, {} minted) at {} USD",
                self.settlement.akt_paid,
                self.settlement.akt_from_credits,
                self.settlement.akt_minted,
                self.settlement.price
            ),
        ));
        rows.push((
            "market version",
            format!("{} -> {}", self.upgrade.from_version, self.upgrade.to_version),
        ));
        for refund in &self.refunds {
            rows.push((
                "refund",
                format!(
                    "{} {} to {} of {}",
                    refund.amount, refund.denom, refund.source, refund.owner
                ),
            ));
        }
        for (denom, books) in &self.conservation.denoms {
            rows.push((
                "conservation",
                format!(
                    "{denom}: {} genesis + {} minted - {} burned = {} in balances",
                    books.genesis, books.minted, books.burned, books.balances
                ),
            ));
        }
        for owed in &self.conservation.owed {
            rows.push((
                "owed",
                format!("{} {}: {} of {}", owed.contract, owed.denom, owed.owed, owed.balance),
            ));
        }
        rows.iter()
            .map(|(name, value)| format!("{name:<16} {value}\n"))
            .collect()
    }
}
