//! How many members of a set must sign: a rule that is data, since guardians and routers differ.

/// A quorum rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// `2n/3 + 1`, rounded down before the addition: Wormhole guardians, 13 of 19.
    TwoThirds,
    /// `n/2 + 1`, rounded down before the addition: Pyth routers, 3 of 5.
    Half,
}

impl Quorum {
    /// Signatures that a set of `members` needs.
    pub fn compute_needed(self, members: usize) -> usize {
        match self {
            Self::TwoThirds => members.saturating_mul(2) / 3 + 1,
            Self::Half => members / 2 + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Quorum;

    #[test]
    fn two_thirds_of_a_set_is_what_guardians_use() {
        let needed: Vec<_> = (1..=12).map(|n| Quorum::TwoThirds.compute_needed(n)).collect();
        assert_eq!(needed, [1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9]);
        assert_eq!(Quorum::TwoThirds.compute_needed(19), 13);
        assert_eq!(Quorum::TwoThirds.compute_needed(20), 14);
        assert_eq!(Quorum::TwoThirds.compute_needed(100), 67);
    }

    #[test]
    fn half_of_a_set_is_what_routers_use() {
        assert_eq!(
            [1, 2, 3, 4, 5, 19].map(|n| Quorum::Half.compute_needed(n)),
            [1, 2, 2, 3, 3, 10]
        );
    }
}
