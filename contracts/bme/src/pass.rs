//! One pass over the queues: the older head of the two goes next, until the limit is reached or both queues stop.
//!
//! A queue stops for this pass at the first request that cannot run: nobody overtakes within a kind. A request runs only
//! at a price published after it was made. Whatever stops a queue is an answer and not an error, so that neither a cron
//! nor the other queue is held up.
//!
//! Redeems draw on the credits there were when the pass began: what a mint of the same pass brings is not spent before
//! its ACT exists, and taking that mint back if the chain refuses it cannot leave the books short.

use cosmwasm_std::{Deps, DepsMut, Env, Event, Response, Storage, SubMsg, Uint128};
use supercloud_rules::conversion::{compute_collateral_ratio, compute_mint, compute_redeem, compute_status};
use supercloud_schema::bme::{CancelReason, RequestKind, Status};
use supercloud_schema::money::{Uact, Uakt};
use supercloud_schema::oracle::{PriceResponse, UseCase};
use supercloud_schema::time::{Seconds, block_seconds};

use crate::error::BmeError;
use crate::ledger::{load_head, load_request};
use crate::minting::mint_message;
use crate::price::query_price;
use crate::query::{query_supply, query_vault};
use crate::reply::MINT_AKT_REPLY;
use crate::settlement::{Terms, apply_cancel, apply_mint, apply_redeem};
use crate::state::{BOOKS, Books, CONFIG, Config, IN_FLIGHT, InFlight, StoredRequest};

/// Why a queue goes no further in this pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Nothing is pending.
    Empty,
    /// The limit was reached with requests left.
    Limit,
    /// The oracle gives no price for this use.
    NoPrice,
    /// The price is not newer than the request.
    PriceNotNewer,
    /// The collateral ratio is too low to mint.
    HaltRatio,
    /// Credits are short and this contract may not mint AKT.
    NoFunds,
    /// AKT is being minted for the head; one redeem of a pass may do that, the last.
    Minting,
}

impl Stop {
    fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Limit => "limit",
            Self::NoPrice => "no_price",
            Self::PriceNotNewer => "price_not_newer",
            Self::HaltRatio => "halt_ratio",
            Self::NoFunds => "no_funds",
            Self::Minting => "minting",
        }
    }
}

pub(crate) struct Pass {
    env: Env,
    now: Seconds,
    config: Config,
    books: Books,
    mint_price: Option<PriceResponse>,
    refund_price: Option<PriceResponse>,
    /// Credits that redeems of this pass may still draw.
    credits: Uakt,
    /// Vault and supply as they will be after what was settled so far.
    vault: Uakt,
    supply: Uact,
    processed: u32,
    response: Response,
}

impl Pass {
    pub(crate) fn begin(deps: Deps<'_>, env: Env) -> Result<Self, BmeError> {
        let config = CONFIG.load(deps.storage)?;
        let books = BOOKS.load(deps.storage)?;
        let vault = query_vault(deps.querier, &env, &config, &books)?;
        Ok(Self {
            now: block_seconds(&env.block),
            mint_price: query_price(deps.querier, &config, UseCase::Mint {}),
            refund_price: query_price(deps.querier, &config, UseCase::Refund {}),
            credits: books.remint_credits,
            vault,
            supply: query_supply(deps.querier, &config)?,
            processed: 0,
            response: Response::new(),
            env,
            config,
            books,
        })
    }

    /// Settles at most `limit` requests.
    pub(crate) fn run(mut self, deps: DepsMut<'_>, limit: u32) -> Result<Response, BmeError> {
        let limit = limit.min(self.config.params.max_per_process);
        let (mut mints, mut redeems) = (None, None);
        while self.processed < limit {
            let mint = head_of(deps.storage, RequestKind::Mint {}, &mut mints)?;
            let redeem = head_of(deps.storage, RequestKind::Redeem {}, &mut redeems)?;
            match (mint, redeem) {
                (Some(mint), redeem) if redeem.is_none_or(|redeem| mint < redeem) => {
                    mints = self.settle_mint(deps.storage, mint)?;
                }
                (_, Some(redeem)) => redeems = self.settle_redeem(deps.storage, redeem)?,
                _ => break,
            }
        }
        head_of(deps.storage, RequestKind::Mint {}, &mut mints)?;
        head_of(deps.storage, RequestKind::Redeem {}, &mut redeems)?;
        BOOKS.save(deps.storage, &self.books)?;
        Ok(self
            .response
            .add_attribute("processed", self.processed.to_string())
            .add_attribute("mint_queue", mints.unwrap_or(Stop::Limit).as_str())
            .add_attribute("redeem_queue", redeems.unwrap_or(Stop::Limit).as_str()))
    }

    fn settle_mint(&mut self, storage: &mut dyn Storage, id: u64) -> Result<Option<Stop>, BmeError> {
        let mut stored = load_request(storage, id)?;
        let Some(price) = &self.mint_price else {
            return Ok(Some(Stop::NoPrice));
        };
        if price.publish_time <= stored.request.requested_at {
            return Ok(Some(Stop::PriceNotNewer));
        }
        let params = &self.config.params;
        let ratio = compute_collateral_ratio(self.vault, price.mid, self.supply);
        if compute_status(ratio, params.warn_ratio_bps, params.halt_ratio_bps) == (Status::HaltRatio {}) {
            return Ok(Some(Stop::HaltRatio));
        }
        let amount = Uakt(stored.request.amount);
        let quote = compute_mint(amount, price.low, params.mint_spread_bps)?;
        if quote.gross < params.min_mint || quote.paid.is_zero() {
            return self.cancel(storage, stored, CancelReason::TooSmall {});
        }
        if is_below_min_out(&stored, quote.paid.0) {
            return self.cancel(storage, stored, CancelReason::BelowMinOut {});
        }
        let terms = Terms {
            paid: quote.paid.0,
            spread: quote.spread.0,
            from_credits: Uakt::ZERO,
            minted_akt: Uakt::ZERO,
            price: price.low,
            publish_time: price.publish_time,
        };
        let event = apply_mint(storage, &mut self.books, &mut stored, &terms, self.now)?;
        self.vault = self.vault.checked_add(amount)?;
        self.supply = self.supply.checked_add(quote.paid)?;
        let (contract, coin) = (&self.env.contract.address, quote.paid.coin(&self.config.act_denom));
        let mint = mint_message(&self.config.mint_type_url, contract, &coin, &stored.request.owner);
        self.settled(event, [SubMsg::reply_on_error(mint, id)]);
        Ok(None)
    }

    fn settle_redeem(&mut self, storage: &mut dyn Storage, id: u64) -> Result<Option<Stop>, BmeError> {
        let mut stored = load_request(storage, id)?;
        let Some(price) = &self.refund_price else {
            return Ok(Some(Stop::NoPrice));
        };
        if price.publish_time <= stored.request.requested_at {
            return Ok(Some(Stop::PriceNotNewer));
        }
        let amount = Uact(stored.request.amount);
        let quote = compute_redeem(amount, price.high, self.config.params.redeem_spread_bps)?;
        if quote.paid.is_zero() {
            return self.cancel(storage, stored, CancelReason::TooSmall {});
        }
        if is_below_min_out(&stored, quote.paid.0) {
            return self.cancel(storage, stored, CancelReason::BelowMinOut {});
        }
        let from_credits = quote.paid.min(self.credits);
        let minted_akt = quote.paid.checked_sub(from_credits)?;
        let terms = Terms {
            paid: quote.paid.0,
            spread: quote.spread.0,
            from_credits,
            minted_akt,
            price: price.high,
            publish_time: price.publish_time,
        };
        if !minted_akt.is_zero() {
            return self.mint_akt(storage, InFlight { id, terms });
        }
        let settled = (&terms, self.now);
        let (event, messages) = apply_redeem(storage, &self.config, &mut self.books, &mut stored, settled)?;
        self.credits = self.credits.checked_sub(from_credits)?;
        self.vault = self.vault.checked_sub(from_credits)?;
        self.supply = self.supply.checked_sub(amount)?;
        self.settled(event, messages);
        Ok(None)
    }

    /// The redeem stays pending until the chain has minted what credits lack: its reply settles it.
    fn mint_akt(&mut self, storage: &mut dyn Storage, in_flight: InFlight) -> Result<Option<Stop>, BmeError> {
        if !self.config.params.mint_akt {
            return Ok(Some(Stop::NoFunds));
        }
        let (contract, coin) = (
            &self.env.contract.address,
            in_flight.terms.minted_akt.coin(&self.config.akt_denom),
        );
        let mint = mint_message(&self.config.mint_type_url, contract, &coin, contract.as_str());
        IN_FLIGHT.save(storage, &in_flight)?;
        self.add_message(SubMsg::reply_always(mint, MINT_AKT_REPLY));
        Ok(Some(Stop::Minting))
    }

    fn cancel(
        &mut self,
        storage: &mut dyn Storage,
        mut stored: StoredRequest,
        reason: CancelReason,
    ) -> Result<Option<Stop>, BmeError> {
        let cancelled = (reason, self.now);
        let (event, refund) = apply_cancel(storage, &self.config, &mut self.books, &mut stored, cancelled)?;
        self.settled(event, [refund]);
        Ok(None)
    }

    fn settled(&mut self, event: Event, messages: impl IntoIterator<Item = SubMsg>) {
        self.processed += 1;
        self.response.events.push(event);
        self.response.messages.extend(messages);
    }

    fn add_message(&mut self, message: SubMsg) {
        self.response.messages.push(message);
    }
}

/// The head of a queue that has not stopped; an empty queue stops.
fn head_of(storage: &dyn Storage, kind: RequestKind, stop: &mut Option<Stop>) -> Result<Option<u64>, BmeError> {
    if stop.is_some() {
        return Ok(None);
    }
    let head = load_head(storage, kind)?;
    if head.is_none() {
        *stop = Some(Stop::Empty);
    }
    Ok(head)
}

fn is_below_min_out(stored: &StoredRequest, paid: Uint128) -> bool {
    stored.request.min_out.is_some_and(|min_out| paid < min_out)
}
