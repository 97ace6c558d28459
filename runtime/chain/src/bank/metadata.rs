//! What wallets show for a denom: its units and names.

use supercloud_proto::cosmos::bank::v1beta1::Metadata;
use supercloud_proto::prost::Message;

use crate::bank::BankError;
use crate::coin::assert_denom;
use crate::error::TxError;
use crate::machine::Machine;
use crate::state_key;

/// Most units of a denom.
const MAX_UNITS: usize = 32;
/// Longest text of one field in bytes.
const MAX_TEXT_LEN: usize = 2_048;

/// Refuses metadata that wallets could not show: units ascend from the base, and the display unit is one of them.
pub(crate) fn assert_valid(metadata: &Metadata) -> Result<(), TxError> {
    let invalid = |reason: String| TxError::from(BankError::Metadata { reason });
    for (field, text) in [("name", &metadata.name), ("symbol", &metadata.symbol)] {
        if text.trim().is_empty() {
            return Err(invalid(format!("{field} field cannot be blank")));
        }
    }
    for text in [
        &metadata.name,
        &metadata.symbol,
        &metadata.description,
        &metadata.uri,
        &metadata.uri_hash,
    ] {
        if text.len() > MAX_TEXT_LEN {
            return Err(invalid(format!(
                "a text has {} bytes, limit: {MAX_TEXT_LEN}",
                text.len()
            )));
        }
    }
    assert_denom(&metadata.base)?;
    assert_denom(&metadata.display)?;
    let units = &metadata.denom_units;
    if units.len() > MAX_UNITS {
        return Err(invalid(format!("{} units, limit: {MAX_UNITS}", units.len())));
    }
    match units.first() {
        Some(first) if first.denom == metadata.base && first.exponent == 0 => {}
        _ => {
            let text = format!("the first unit must be {} with exponent 0", metadata.base);
            return Err(invalid(text));
        }
    }
    for (index, unit) in units.iter().enumerate() {
        assert_denom(&unit.denom)?;
        if index > 0 && units[index - 1].exponent >= unit.exponent {
            return Err(invalid(format!("exponent of {} does not ascend", unit.denom)));
        }
        if units[..index].iter().any(|other| other.denom == unit.denom) {
            return Err(invalid(format!("unit {} is listed twice", unit.denom)));
        }
    }
    if !units.iter().any(|unit| unit.denom == metadata.display) {
        return Err(invalid(format!(
            "display unit {} is not among the units",
            metadata.display
        )));
    }
    Ok(())
}

/// Writes metadata that were checked; also used by genesis.
pub(crate) fn apply(machine: &mut Machine<'_>, metadata: &Metadata) -> Result<(), TxError> {
    Ok(machine.write(state_key::bank::metadata(&metadata.base), metadata.encode_to_vec())?)
}
