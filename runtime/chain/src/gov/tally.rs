//! Counting votes. Pure arithmetic over weights; ratios are basis points, nothing is rounded.

use std::collections::BTreeMap;

use supercloud_proto::cosmos::gov::v1::{Proposal, TallyResult, Vote, VoteOption};
use supercloud_proto::prost::Message;

use crate::address::Address;
use crate::error::{SdkError, TxError};
use crate::genesis::{ALL_BPS, GenesisGov};
use crate::gov;
use crate::gov::weight::{WHOLE, parse_parts};
use crate::machine::Machine;
use crate::state_key;

/// Weight per option in units of 10^-18, as votes may be split. Sums of at most 200 weights below 2^32 stay below 2^100,
/// and their products with basis points below 2^114.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) yes: u128,
    pub(super) abstain: u128,
    pub(super) no: u128,
    pub(super) veto: u128,
    /// Weight of the whole council.
    pub(super) total: u128,
}

/// What a count means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Passed,
    /// With or without loss of the deposits.
    Rejected {
        burn: bool,
    },
}

impl Tally {
    pub(super) fn decide(&self, config: &GenesisGov, proposal: &Proposal) -> Decision {
        let threshold = if proposal.expedited {
            config.expedited_threshold_bps
        } else {
            config.threshold_bps
        };
        let voted = self.yes + self.abstain + self.no + self.veto;
        let decided = voted - self.abstain;
        let bps = |part: u64| u128::from(part);
        let all = bps(ALL_BPS);
        let rejected = |burn: bool| Decision::Rejected { burn };
        if self.total == 0 || voted * all < self.total * bps(config.quorum_bps) {
            rejected(config.burn_vote_quorum)
        } else if decided == 0 {
            rejected(false)
        } else if self.veto * all > voted * bps(config.veto_threshold_bps) {
            rejected(config.burn_vote_veto)
        } else if self.yes * all > decided * bps(threshold) {
            Decision::Passed
        } else {
            rejected(false)
        }
    }

    /// Whole units, rounded down.
    pub(super) fn to_proto(self) -> TallyResult {
        let whole = |weight: u128| (weight / WHOLE).to_string();
        TallyResult {
            yes_count: whole(self.yes),
            abstain_count: whole(self.abstain),
            no_count: whole(self.no),
            no_with_veto_count: whole(self.veto),
        }
    }
}

/// Counts the votes of today's council.
pub(super) fn compute_tally(machine: &mut Machine<'_>, proposal_id: u64) -> Result<Tally, TxError> {
    let council: BTreeMap<Address, u64> = gov::load_council(machine)?.into_iter().collect();
    let mut tally = Tally {
        total: council.values().map(|weight| u128::from(*weight) * WHOLE).sum(),
        ..Tally::default()
    };
    // By key and not by list: former members' votes may be there too, in any number.
    for (voter, weight) in council {
        let Some(bytes) = machine.read(&state_key::gov::vote(proposal_id, &voter))? else {
            continue;
        };
        let vote = Vote::decode(&*bytes).map_err(|error| SdkError::corrupt("vote", &error))?;
        for (option, part) in parse_parts(&vote.options)? {
            let counted = u128::from(weight) * part;
            match option {
                VoteOption::Yes => tally.yes += counted,
                VoteOption::Abstain => tally.abstain += counted,
                VoteOption::No => tally.no += counted,
                VoteOption::NoWithVeto => tally.veto += counted,
                VoteOption::Unspecified => {}
            }
        }
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> GenesisGov {
        GenesisGov {
            burn_vote_quorum: true,
            ..GenesisGov::default()
        }
    }

    fn decide(yes: u128, abstain: u128, no: u128, veto: u128) -> Decision {
        let tally = Tally {
            yes,
            abstain,
            no,
            veto,
            total: 1_000,
        };
        tally.decide(&config(), &Proposal::default())
    }

    fn passes(yes: u128, abstain: u128, no: u128, veto: u128) -> bool {
        decide(yes, abstain, no, veto) == Decision::Passed
    }

    #[test]
    fn quorum_is_reached_at_its_exact_share() {
        assert!(passes(334, 0, 0, 0));
        assert!(!passes(333, 0, 0, 0));
        assert!(!passes(0, 1_000, 0, 0));
    }

    #[test]
    fn half_of_the_votes_is_not_enough_and_one_more_is() {
        assert!(!passes(300, 400, 300, 0));
        assert!(passes(301, 400, 299, 0));
    }

    #[test]
    fn veto_above_its_threshold_rejects() {
        assert!(passes(666, 0, 0, 334));
        assert!(!passes(665, 0, 0, 335));
    }

    #[test]
    fn deposits_are_lost_without_a_quorum_or_by_veto_as_the_rules_say() {
        let rejected = |burn| Decision::Rejected { burn };
        assert_eq!(decide(333, 0, 0, 0), rejected(true));
        assert_eq!(decide(0, 1_000, 0, 0), rejected(false));
        assert_eq!(decide(600, 0, 0, 400), rejected(true));
        assert_eq!(decide(300, 0, 400, 300), rejected(false));
        assert_eq!(Tally::default().decide(&config(), &Proposal::default()), rejected(true));
    }

    #[test]
    fn expedited_proposals_need_their_own_threshold() {
        let expedited = Proposal {
            expedited: true,
            ..Proposal::default()
        };
        let tally = |yes, no| Tally {
            yes,
            no,
            total: 1_000,
            ..Tally::default()
        };
        let rejected = Decision::Rejected { burn: false };
        assert_eq!(tally(667, 333).decide(&config(), &expedited), rejected);
        assert_eq!(tally(668, 332).decide(&config(), &expedited), Decision::Passed);
    }
}
