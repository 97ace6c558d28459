//! Changes peers or governance; absent fields stay.

use crate::error::EscrowError;
use crate::session::Session;
use crate::state::CONFIG;

pub(crate) fn update_config(
    session: &mut Session<'_>,
    governance: Option<String>,
    market: Option<String>,
    bme: Option<String>,
) -> Result<(), EscrowError> {
    if let Some(governance) = governance {
        session.config.governance = session.validate(&governance)?;
    }
    if let Some(market) = market {
        session.config.market = session.validate(&market)?;
    }
    if let Some(bme) = bme {
        session.config.bme = session.validate(&bme)?;
    }
    Ok(CONFIG.save(session.deps.storage, &session.config)?)
}
