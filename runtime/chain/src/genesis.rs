//! The first state of a chain, as JSON that people write. Unknown fields are refused; [`Genesis::assert_valid`] says what is
//! wrong with a value and where.

use serde::{Deserialize, Serialize};
use supercloud_proto::supercloud::fees::v1::{FeeMarket, GasPrice, Params as FeeParams};
use supercloud_proto::supercloud::wasm::v1::HostParams;
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::address::{Address, AddressCodec, AddressError};
use crate::coin::{Coin, CoinError, Coins};
use crate::config::parse_price;
use crate::fees;
use crate::store::StoreError;
use crate::vm::{CodeRules, RulesError};
use crate::wasm::WasmError;
use crate::wasm::host_params::{self, DEFAULT_MAX_CODE_BYTES, DEFAULT_MAX_GOV_CODE_BYTES};

mod apply;
pub(crate) mod export;
pub(crate) mod export_wasm;
mod import_state;
mod import_wasm;
mod proto_json;
mod state;
mod wasm;

pub(crate) use apply::{apply_genesis, apply_last_block};
pub use proto_json::ProtoJson;
pub(crate) use proto_json::repack;
pub use state::{GenesisFactoryDenom, GenesisMinted, GenesisProposals, GenesisState, GenesisTimelock};
pub use wasm::WasmGenesis;

/// Longest chain id in bytes, as in CometBFT.
pub(crate) const MAX_CHAIN_ID_LEN: usize = 50;
/// All of a ratio, in basis points.
pub(crate) const ALL_BPS: u64 = 10_000;

/// The first state of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// Name of the chain, signed by every transaction.
    pub chain_id: String,
    /// RFC 3339 time before the first block.
    pub genesis_time: String,
    /// Height of the first block, at least 1. Above 1 for a chain that goes on from an exported state.
    #[serde(default = "default_initial_height")]
    pub initial_height: u64,
    /// Prefix of all addresses.
    #[serde(default = "default_prefix")]
    pub bech32_prefix: String,
    /// Who owns what.
    #[serde(default)]
    pub balances: Vec<GenesisBalance>,
    /// What wallets show for denoms.
    #[serde(default)]
    pub denoms: Vec<GenesisDenom>,
    /// Denoms whose transfers are restricted.
    #[serde(default)]
    pub send_restrictions: Vec<GenesisSendRestriction>,
    /// Who may mint what.
    #[serde(default)]
    pub tokenfactory: Vec<GenesisMinter>,
    /// Council and rules of governance.
    #[serde(default)]
    pub gov: GenesisGov,
    /// Who may upload and instantiate contracts.
    #[serde(default)]
    pub wasm: GenesisWasm,
    /// Fees and gas.
    #[serde(default)]
    pub fees: GenesisFees,
    /// The rest of another chain's state, from [`crate::Querier::export`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<GenesisState>,
}

/// Coins of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisBalance {
    /// Bech32 address.
    pub address: String,
    /// Its coins, in any order.
    pub coins: Vec<GenesisCoin>,
}

/// A coin; the amount is text so that no reader of JSON rounds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisCoin {
    /// Denom.
    pub denom: String,
    /// Whole number in text; for gas prices a decimal.
    pub amount: String,
}

/// What wallets show for a denom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisDenom {
    /// The smallest unit, such as `uakt`.
    pub base: String,
    /// The unit people name, such as `akt`.
    pub display: String,
    /// Decimals between them.
    pub exponent: u32,
    /// Short name, such as `AKT`.
    pub symbol: String,
    /// Long name.
    pub name: String,
    /// A sentence about it.
    #[serde(default)]
    pub description: String,
}

/// A denom that moves only from or to listed addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisSendRestriction {
    /// Denom.
    pub denom: String,
    /// Addresses that may send and receive it.
    #[serde(default)]
    pub allowed_addresses: Vec<String>,
}

/// Minting rights of one denom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisMinter {
    /// Denom.
    pub denom: String,
    /// Who may mint and burn it; empty: governance names one later.
    #[serde(default)]
    pub admin: String,
    /// Most that may be minted in one UTC day of block time; empty: no limit.
    #[serde(default)]
    pub mint_cap_per_day: String,
}

/// Council and rules of governance. Ratios are basis points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GenesisGov {
    /// The council.
    pub voters: Vec<GenesisVoter>,
    /// How long votes are taken.
    pub voting_period_seconds: u64,
    /// How long a passed proposal waits before it runs.
    pub timelock_seconds: u64,
    /// The same for expedited proposals.
    pub expedited_voting_period_seconds: u64,
    /// The same for expedited proposals.
    pub expedited_timelock_seconds: u64,
    /// Least part of all weight that must vote.
    pub quorum_bps: u64,
    /// The yes part of all yes, no and veto must be above this.
    pub threshold_bps: u64,
    /// The same for expedited proposals.
    pub expedited_threshold_bps: u64,
    /// A proposal fails when the veto part of all votes is above this.
    pub veto_threshold_bps: u64,
    /// SDK gas that all messages of one proposal may use together.
    pub execution_gas_limit: u64,
    /// Deposit with which voting begins; none: there are no deposits, and only the council proposes.
    pub min_deposit: Vec<GenesisCoin>,
    /// The same for expedited proposals; none: as for others.
    pub expedited_min_deposit: Vec<GenesisCoin>,
    /// How long a proposal waits for its deposit.
    pub max_deposit_period_seconds: u64,
    /// Part of the least deposit that must come with the proposal.
    pub min_initial_deposit_bps: u64,
    /// Part of the least deposit that each deposit must have.
    pub min_deposit_bps: u64,
    /// Part of the deposits that a cancelled proposal loses.
    pub proposal_cancel_bps: u64,
    /// Who gets that part; empty: it is burned.
    pub proposal_cancel_dest: String,
    /// Whether deposits are burned when too few vote.
    pub burn_vote_quorum: bool,
    /// Whether deposits that do not suffice are burned.
    pub burn_proposal_deposit_prevote: bool,
    /// Whether deposits are burned by veto.
    pub burn_vote_veto: bool,
}

impl GenesisGov {
    /// Refuses rules that no council could govern by.
    pub(crate) fn assert_valid(&self, codec: &AddressCodec) -> Result<(), GenesisError> {
        // A century: long enough, and far from overflow when added to a time.
        const MOST_SECONDS: u64 = 100 * 366 * 86_400;
        let gov = self;
        assert_range("gov.voting_period_seconds", gov.voting_period_seconds, 1, MOST_SECONDS)?;
        assert_range("gov.timelock_seconds", gov.timelock_seconds, 0, MOST_SECONDS)?;
        assert_range(
            "gov.expedited_voting_period_seconds",
            gov.expedited_voting_period_seconds,
            1,
            MOST_SECONDS,
        )?;
        assert_range(
            "gov.expedited_timelock_seconds",
            gov.expedited_timelock_seconds,
            0,
            MOST_SECONDS,
        )?;
        assert_range("gov.quorum_bps", gov.quorum_bps, 0, ALL_BPS)?;
        assert_range("gov.threshold_bps", gov.threshold_bps, 0, ALL_BPS - 1)?;
        assert_range(
            "gov.expedited_threshold_bps",
            gov.expedited_threshold_bps,
            0,
            ALL_BPS - 1,
        )?;
        assert_range("gov.veto_threshold_bps", gov.veto_threshold_bps, 0, ALL_BPS)?;
        assert_range(
            "gov.execution_gas_limit",
            gov.execution_gas_limit,
            1_000_000,
            i64::MAX as u64,
        )?;
        assert_range(
            "gov.max_deposit_period_seconds",
            gov.max_deposit_period_seconds,
            1,
            MOST_SECONDS,
        )?;
        for (place, bps) in [
            ("gov.min_initial_deposit_bps", gov.min_initial_deposit_bps),
            ("gov.min_deposit_bps", gov.min_deposit_bps),
            ("gov.proposal_cancel_bps", gov.proposal_cancel_bps),
        ] {
            assert_range(place, bps, 0, ALL_BPS)?;
        }
        let least = parse_coins("gov.min_deposit", &gov.min_deposit)?;
        let expedited = parse_coins("gov.expedited_min_deposit", &gov.expedited_min_deposit)?;
        if !expedited.is_empty() && (least.is_empty() || expedited.checked_sub(&least).is_none()) {
            return Err(GenesisError::ExpeditedDeposit {
                expedited: expedited.to_string(),
                least: least.to_string(),
            });
        }
        if !gov.proposal_cancel_dest.is_empty() {
            parse_address(codec, "gov.proposal_cancel_dest", &gov.proposal_cancel_dest)?;
        }
        for voter in &gov.voters {
            parse_address(codec, "gov.voters", &voter.address)?;
            assert_range("gov.voters.weight", voter.weight, 1, u64::from(u32::MAX))?;
        }
        Ok(())
    }
}

/// A member of the council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisVoter {
    /// Bech32 address.
    pub address: String,
    /// Voting weight, at least 1.
    pub weight: u64,
}

impl Default for GenesisGov {
    fn default() -> Self {
        Self {
            voters: Vec::new(),
            voting_period_seconds: 1,
            timelock_seconds: 0,
            expedited_voting_period_seconds: 1,
            expedited_timelock_seconds: 0,
            quorum_bps: 3_340,
            threshold_bps: 5_000,
            expedited_threshold_bps: 6_670,
            veto_threshold_bps: 3_340,
            execution_gas_limit: 1_000_000_000,
            min_deposit: Vec::new(),
            expedited_min_deposit: Vec::new(),
            max_deposit_period_seconds: 172_800,
            min_initial_deposit_bps: 0,
            min_deposit_bps: 100,
            proposal_cancel_bps: 5_000,
            proposal_cancel_dest: String::new(),
            burn_vote_quorum: false,
            burn_proposal_deposit_prevote: false,
            burn_vote_veto: true,
        }
    }
}

/// Who may do something with contract code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenesisAccess {
    /// Governance only.
    #[default]
    Nobody,
    /// Anyone.
    Everybody,
    /// Governance and these addresses.
    Addresses(Vec<String>),
}

/// Who may upload and instantiate contracts, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GenesisWasm {
    /// Who may upload code.
    pub upload_access: GenesisAccess,
    /// Who may instantiate a code whose uploader said nothing; `addresses` is not possible here.
    pub instantiate_default: GenesisAccess,
    /// What modules may look like.
    pub code_rules: CodeRules,
    /// Most bytes of a code, packed and unpacked, from anybody.
    pub max_code_bytes: u64,
    /// The same from governance.
    pub max_gov_code_bytes: u64,
    /// gRPC methods that contracts may query, such as `/cosmos.bank.v1beta1.Query/Balance`.
    pub query_allow_list: Vec<String>,
    /// Whether replies tell the gas that their submessage used; wasmd's say 0.
    pub reply_gas_used: bool,
    /// Codes and contracts of another chain, from [`crate::Querier::export_wasm`]. Its `params` replace the two first
    /// fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<WasmGenesis>,
}

impl Default for GenesisWasm {
    fn default() -> Self {
        Self {
            upload_access: GenesisAccess::Nobody,
            instantiate_default: GenesisAccess::Everybody,
            code_rules: CodeRules::default(),
            max_code_bytes: DEFAULT_MAX_CODE_BYTES,
            max_gov_code_bytes: DEFAULT_MAX_GOV_CODE_BYTES,
            query_allow_list: Vec::new(),
            reply_gas_used: true,
            state: None,
        }
    }
}

impl GenesisWasm {
    pub(crate) fn host_params(&self) -> HostParams {
        HostParams {
            max_code_bytes: self.max_code_bytes,
            max_gov_code_bytes: self.max_gov_code_bytes,
            query_allow_list: self.query_allow_list.clone(),
            reply_gas_used: self.reply_gas_used,
        }
    }
}

/// Fees and gas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GenesisFees {
    /// Least price of one gas, per denom that may pay; none: transactions are free.
    pub min_gas_prices: Vec<GenesisCoin>,
    /// Most gas one transaction may ask for.
    pub max_tx_gas: u64,
    /// Lets the least prices follow the load of blocks; none: they stand still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market: Option<GenesisFeeMarket>,
}

/// How the least prices follow the load of blocks, as in `supercloud.fees.v1.FeeMarket`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisFeeMarket {
    /// Gas of a block at which they stand still, at least 1,000,000.
    pub target_block_gas: u64,
    /// Most that they move per block, in thousandths: 1 to 500.
    pub max_change_permille: u64,
    /// Highest that they may be, in thousandths of `min_gas_prices`: 1,001 to 1,000,000.
    pub max_multiplier_permille: u64,
    /// Where they stand, in millionths of `min_gas_prices`.
    #[serde(default = "one_million")]
    pub multiplier_millionths: u64,
}

fn one_million() -> u64 {
    fees::market::ONE
}

impl GenesisFeeMarket {
    pub(crate) fn to_proto(&self) -> FeeMarket {
        FeeMarket {
            target_block_gas: self.target_block_gas,
            max_change_permille: self.max_change_permille,
            max_multiplier_permille: self.max_multiplier_permille,
        }
    }

    fn assert_valid(&self) -> Result<(), GenesisError> {
        let invalid = |reason: String| GenesisError::FeeMarket { reason };
        fees::market::assert_valid(&self.to_proto()).map_err(|error| invalid(error.to_string()))?;
        let (got, least) = (self.multiplier_millionths, fees::market::ONE);
        let most = self.max_multiplier_permille * 1_000;
        if (least..=most).contains(&got) {
            Ok(())
        } else {
            Err(invalid(format!(
                "multiplier_millionths: {got} is not between {least} and {most}"
            )))
        }
    }
}

impl GenesisFees {
    pub(crate) fn to_proto(&self) -> FeeParams {
        let price = |price: &GenesisCoin| GasPrice {
            denom: price.denom.clone(),
            amount: price.amount.clone(),
        };
        FeeParams {
            min_gas_prices: self.min_gas_prices.iter().map(price).collect(),
            max_tx_gas: self.max_tx_gas,
            market: self.market.as_ref().map(GenesisFeeMarket::to_proto),
        }
    }
}

impl Default for GenesisFees {
    fn default() -> Self {
        Self {
            min_gas_prices: Vec::new(),
            max_tx_gas: 150_000_000,
            market: None,
        }
    }
}

/// Why a genesis is refused.
#[derive(Debug, Error)]
pub enum GenesisError {
    /// Empty, too long, or with characters that header and URLs do not take.
    #[error("chain_id {chain_id:?} must have 1 to {MAX_CHAIN_ID_LEN} characters out of a-z A-Z 0-9 - _ .")]
    ChainId {
        /// What was given.
        chain_id: String,
    },
    /// Not RFC 3339, or before 1970.
    #[error("genesis_time {time:?} is not an RFC 3339 time between 1970 and 2262")]
    Time {
        /// What was given.
        time: String,
    },
    /// A bad address or prefix.
    #[error("{place}: address {text:?}: {source}")]
    Address {
        /// Where it stands.
        place: &'static str,
        /// What was given.
        text: String,
        /// What is wrong.
        source: AddressError,
    },
    /// A bad coin.
    #[error("{place}: {source}")]
    Coin {
        /// Where it stands.
        place: &'static str,
        /// What is wrong.
        source: CoinError,
    },
    /// Something named twice.
    #[error("{place}: {item} is listed twice")]
    Duplicate {
        /// Where it stands.
        place: &'static str,
        /// What is listed twice.
        item: String,
    },
    /// A number out of range.
    #[error("{place}: {got} is not between {least} and {most}")]
    OutOfRange {
        /// Where it stands.
        place: &'static str,
        /// What was given.
        got: u64,
        /// Least allowed.
        least: u64,
        /// Most allowed.
        most: u64,
    },
    /// A fee market that would not move or go too far.
    #[error("fees.market: {reason}")]
    FeeMarket {
        /// What is wrong with it.
        reason: String,
    },
    /// Not a decimal with at most 18 digits behind the point.
    #[error("fees.min_gas_prices: {amount:?} of {denom} is not a decimal such as 0.025")]
    GasPrice {
        /// Of which denom.
        denom: String,
        /// What was given.
        amount: String,
    },
    /// Expedited proposals must not be cheaper than others.
    #[error("gov.expedited_min_deposit: {expedited} must be at least gov.min_deposit, {least}")]
    ExpeditedDeposit {
        /// What was given.
        expedited: String,
        /// What others pay.
        least: String,
    },
    /// A default permission with a list of addresses.
    #[error("wasm.instantiate_default must be nobody or everybody, not a list of addresses")]
    InstantiateDefault,
    /// Limits of modules that no engine promises to serve.
    #[error("wasm.{0}")]
    CodeRules(#[from] RulesError),
    /// A parameter of the host out of its range.
    #[error("wasm: {0}")]
    HostParams(WasmError),
    /// A part of an exported wasm module that cannot be.
    #[error("wasm.state: {place}: {reason}")]
    Wasm {
        /// Which part.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A part of an exported state that cannot be.
    #[error("{place}: {reason}")]
    State {
        /// Which part.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// The engine does not take a code that the state says is pinned.
    #[error("pinned codes: {reason}")]
    Pin {
        /// Which code and why.
        reason: String,
    },
    /// The store already holds a chain.
    #[error("the store already holds a chain at height {height}")]
    NotEmpty {
        /// Its height.
        height: u64,
    },
    /// The store holds no chain, or not one of this version.
    #[error("the store holds no chain of this version: {reason}")]
    NotAChain {
        /// What is missing.
        reason: String,
    },
    /// The first state could not be built.
    #[error("building the first state: {0}")]
    Apply(String),
    /// The first commit failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn default_initial_height() -> u64 {
    1
}

fn default_prefix() -> String {
    "akash".to_owned()
}

impl Genesis {
    /// A genesis with default rules and no accounts.
    pub fn new(chain_id: impl Into<String>, genesis_time: impl Into<String>) -> Self {
        Self {
            chain_id: chain_id.into(),
            genesis_time: genesis_time.into(),
            initial_height: default_initial_height(),
            bech32_prefix: default_prefix(),
            balances: Vec::new(),
            denoms: Vec::new(),
            send_restrictions: Vec::new(),
            tokenfactory: Vec::new(),
            gov: GenesisGov::default(),
            wasm: GenesisWasm::default(),
            fees: GenesisFees::default(),
            state: None,
        }
    }

    /// The genesis as JSON that people read. The same genesis gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("a genesis has only text keys");
        json.push('\n');
        json
    }

    /// Genesis time in nanoseconds since 1970.
    pub fn time_nanos(&self) -> Result<u64, GenesisError> {
        let refused = || GenesisError::Time {
            time: self.genesis_time.clone(),
        };
        let time = OffsetDateTime::parse(&self.genesis_time, &Rfc3339).map_err(|_| refused())?;
        // Leaves room for the signed 64-bit nanoseconds that clients compute with.
        i64::try_from(time.unix_timestamp_nanos())
            .ok()
            .and_then(|nanos| u64::try_from(nanos).ok())
            .ok_or_else(refused)
    }

    /// Refuses a genesis that no chain could start from.
    pub fn assert_valid(&self) -> Result<(), GenesisError> {
        let id_char = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if self.chain_id.is_empty() || self.chain_id.len() > MAX_CHAIN_ID_LEN || !self.chain_id.bytes().all(id_char) {
            return Err(GenesisError::ChainId {
                chain_id: self.chain_id.clone(),
            });
        }
        self.time_nanos()?;
        assert_range("initial_height", self.initial_height, 1, i64::MAX as u64)?;
        let codec = self.codec()?;
        self.gov.assert_valid(&codec)?;
        for price in &self.fees.min_gas_prices {
            if crate::coin::assert_denom(&price.denom).is_err() || parse_price(&price.amount).is_none() {
                return Err(GenesisError::GasPrice {
                    denom: price.denom.clone(),
                    amount: price.amount.clone(),
                });
            }
        }
        if let Some(market) = &self.fees.market {
            market.assert_valid()?;
        }
        assert_range("fees.max_tx_gas", self.fees.max_tx_gas, 100_000, i64::MAX as u64)?;
        if matches!(self.wasm.instantiate_default, GenesisAccess::Addresses(_)) {
            return Err(GenesisError::InstantiateDefault);
        }
        self.wasm.code_rules.assert_valid()?;
        host_params::assert_valid(&self.wasm.host_params()).map_err(GenesisError::HostParams)
    }

    pub(crate) fn codec(&self) -> Result<AddressCodec, GenesisError> {
        AddressCodec::new(&self.bech32_prefix).map_err(|source| GenesisError::Address {
            place: "bech32_prefix",
            text: self.bech32_prefix.clone(),
            source,
        })
    }
}

fn assert_range(place: &'static str, got: u64, least: u64, most: u64) -> Result<(), GenesisError> {
    if (least..=most).contains(&got) {
        Ok(())
    } else {
        Err(GenesisError::OutOfRange {
            place,
            got,
            least,
            most,
        })
    }
}

fn parse_address(codec: &AddressCodec, place: &'static str, text: &str) -> Result<Address, GenesisError> {
    codec.parse(text).map_err(|source| GenesisError::Address {
        place,
        text: text.to_owned(),
        source,
    })
}

fn parse_coins(place: &'static str, coins: &[GenesisCoin]) -> Result<Coins, GenesisError> {
    let parsed = coins
        .iter()
        .map(|coin| Coin::parse(&coin.denom, &coin.amount))
        .collect::<Result<Vec<_>, _>>();
    parsed
        .and_then(Coins::normalized)
        .map_err(|source| GenesisError::Coin { place, source })
}
