//! Protobuf messages in a genesis, in protobuf's own JSON: names as in the `.proto` files, 64-bit numbers in text, bytes
//! base64, packed messages with their `@type`. Fields that are empty are left out.

use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use supercloud_proto::prost::{Message, Name};
use supercloud_proto::prost_types::Any;

use crate::descriptor::pool;

/// The one form in which a packed message is stored, however it was sent: as it comes out of a genesis again, so that an
/// imported state has the root of the exported one.
///
/// # Errors
///
/// A message that no genesis could show, such as one with a time beyond the year 9999.
pub(crate) fn repack(any: &Any) -> Result<Any, String> {
    let json = serde_json::to_vec(&ProtoJson(any.clone())).map_err(|error| error.to_string())?;
    let ProtoJson(repacked) = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    Ok(repacked)
}

/// A message that is written as JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProtoJson<M>(pub M);

// No message of this chain holds a float.
impl<M: PartialEq> Eq for ProtoJson<M> {}

fn descriptor<M: Name>() -> Result<MessageDescriptor, String> {
    let name = M::full_name();
    pool()
        .get_message_by_name(&name)
        .ok_or_else(|| format!("{name} is not a known message"))
}

impl<M: Message + Name> Serialize for ProtoJson<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut message = DynamicMessage::new(descriptor::<M>().map_err(S::Error::custom)?);
        message.transcode_from(&self.0).map_err(S::Error::custom)?;
        let options = SerializeOptions::new().use_proto_field_name(true);
        message.serialize_with_options(serializer, &options)
    }
}

impl<'de, M: Message + Name + Default> Deserialize<'de> for ProtoJson<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let descriptor = descriptor::<M>().map_err(D::Error::custom)?;
        let message = DynamicMessage::deserialize(descriptor, deserializer)?;
        message.transcode_to().map(Self).map_err(D::Error::custom)
    }
}
