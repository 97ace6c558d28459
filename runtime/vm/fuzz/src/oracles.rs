//! What must hold. Each oracle panics when it does not.

pub mod messages;
pub mod metering;
pub mod regions;
pub mod run;
pub mod sections;
