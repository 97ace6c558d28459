//! Prices: the rate of a group, from the prices of its units.
