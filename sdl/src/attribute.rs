//! Attributes of resources: keys of the network's form, each once.

use supercloud_rules::attributes::is_resource_key;

use crate::error::SdlError;
use crate::manifest::ManifestAttribute;

/// Refuses keys of another form and repeated keys.
pub(crate) fn assert_attributes(path: &str, attributes: &[ManifestAttribute]) -> Result<(), SdlError> {
    for (index, attribute) in attributes.iter().enumerate() {
        let repeated = attributes[..index].iter().any(|earlier| earlier.key == attribute.key);
        if repeated || !is_resource_key(&attribute.key) {
            return Err(SdlError::UnsupportedKey {
                path: path.to_owned(),
                key: attribute.key.clone(),
            });
        }
    }
    Ok(())
}
