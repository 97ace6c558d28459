//! One file per message.

mod delete_attributes;
mod register_provider;
mod reject_auditor;
mod sign_attributes;
mod update_governance;
mod update_provider;

pub(crate) use delete_attributes::delete_attributes;
pub(crate) use register_provider::register_provider;
pub(crate) use reject_auditor::reject_auditor;
pub(crate) use sign_attributes::{MAX_AUDITORS, sign_attributes};
pub(crate) use update_governance::update_governance;
pub(crate) use update_provider::update_provider;

use supercloud_rules::attributes::assert_provider_attributes;
use supercloud_rules::host_uri::assert_host_uri;
use supercloud_schema::registry::{ProviderInfo, ProviderProfile};

use crate::error::RegistryError;

/// Bytes of a SHA-256.
const KEY_PIN_BYTES: usize = 32;
/// Longest contact field in bytes.
const MAX_INFO_BYTES: usize = 256;

/// Refuses a profile that clients could not use or that costs too much to read.
fn assert_profile(profile: &ProviderProfile) -> Result<(), RegistryError> {
    assert_host_uri(&profile.host_uri)?;
    let length = profile.tls_key_sha256.len();
    if length != KEY_PIN_BYTES {
        return Err(RegistryError::InvalidKeyPin {
            length,
            expected: KEY_PIN_BYTES,
        });
    }
    assert_provider_attributes(&profile.attributes)?;
    assert_info(&profile.info)
}

fn assert_info(info: &ProviderInfo) -> Result<(), RegistryError> {
    for (field, text) in [("email", &info.email), ("website", &info.website)] {
        if text.len() > MAX_INFO_BYTES || text.chars().any(char::is_control) {
            return Err(RegistryError::InvalidInfo {
                field,
                limit: MAX_INFO_BYTES,
            });
        }
    }
    let website = &info.website;
    let rest = website
        .strip_prefix("https://")
        .or_else(|| website.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']));
    if website.is_empty() || (has_host && !website.contains(char::is_whitespace)) {
        return Ok(());
    }
    Err(RegistryError::InvalidWebsite {
        website: website.clone(),
    })
}
