//! Conversion between AKT and ACT: spreads, collateral ratio, vault sides.
