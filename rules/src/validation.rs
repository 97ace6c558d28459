//! Limits on what tenants may ask for.
