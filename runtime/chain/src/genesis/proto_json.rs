//! Protobuf messages in a genesis, in protobuf's own JSON: names as in the `.proto` files, 64-bit numbers in text, bytes
//! base64, packed messages with their `@type`. Fields that are empty are left out.

use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use supercloud_proto::prost::{Message, Name};

use crate::descriptor::pool;

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
