//! A Region is how guest and host name bytes to each other: a pointer to 12 little-endian bytes in guest memory,
//! `offset`, `capacity`, `length`. The guest writes them, so they are lies until checked: [`UncheckedRegion`] is what
//! was read, [`Region`] is what may be used. A `Region` still has to be held against the size of the memory.

use supercloud_chain::vm::VmError;

/// Size of a Region in guest memory.
pub(crate) const REGION_BYTES: usize = 12;

/// Three numbers that a guest claims to be a Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UncheckedRegion {
    offset: u32,
    capacity: u32,
    length: u32,
}

impl UncheckedRegion {
    /// Reads the fields.
    pub(crate) fn from_bytes(bytes: [u8; REGION_BYTES]) -> Self {
        let [o0, o1, o2, o3, c0, c1, c2, c3, l0, l1, l2, l3] = bytes;
        Self {
            offset: u32::from_le_bytes([o0, o1, o2, o3]),
            capacity: u32::from_le_bytes([c0, c1, c2, c3]),
            length: u32::from_le_bytes([l0, l1, l2, l3]),
        }
    }

    /// Refuses a zero offset, a length beyond the capacity and a range beyond the 32-bit address space.
    pub(crate) fn check(self) -> Result<Region, VmError> {
        let Self {
            offset,
            capacity,
            length,
        } = self;
        let refuse = |reason: String| Err(VmError::Communication(format!("invalid region: {reason}")));
        if offset == 0 {
            return refuse("offset is zero".into());
        }
        if length > capacity {
            return refuse(format!("length {length} exceeds capacity {capacity}"));
        }
        if capacity > u32::MAX - offset {
            return refuse(format!(
                "offset {offset} and capacity {capacity} exceed the address space"
            ));
        }
        Ok(Region {
            offset,
            capacity,
            length,
        })
    }
}

/// A Region whose numbers make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    offset: u32,
    capacity: u32,
    length: u32,
}

impl Region {
    /// Bytes in use.
    pub(crate) fn length(&self) -> usize {
        self.length as usize
    }

    /// Bytes that may be written.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity as usize
    }

    /// First byte in guest memory.
    pub(crate) fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The same Region with another length; the caller has compared it with the capacity.
    pub(crate) fn with_length(self, length: u32) -> Self {
        Self { length, ..self }
    }

    /// The 12 bytes in guest memory.
    pub(crate) fn to_bytes(self) -> [u8; REGION_BYTES] {
        let mut bytes = [0; REGION_BYTES];
        for (field, value) in bytes.chunks_exact_mut(4).zip([self.offset, self.capacity, self.length]) {
            field.copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(offset: u32, capacity: u32, length: u32) -> Result<Region, VmError> {
        let mut bytes = [0; REGION_BYTES];
        bytes[0..4].copy_from_slice(&offset.to_le_bytes());
        bytes[4..8].copy_from_slice(&capacity.to_le_bytes());
        bytes[8..12].copy_from_slice(&length.to_le_bytes());
        let region = UncheckedRegion::from_bytes(bytes).check()?;
        assert_eq!(region.to_bytes(), bytes);
        Ok(region)
    }

    fn refused(reason: &str) -> Result<Region, VmError> {
        Err(VmError::Communication(format!("invalid region: {reason}")))
    }

    #[test]
    fn sensible_regions_pass() {
        for (offset, capacity, length) in [(1, 0, 0), (23, 500, 500), (u32::MAX, 0, 0), (1, u32::MAX - 1, 7)] {
            let region = checked(offset, capacity, length).unwrap();
            assert_eq!(
                region,
                Region {
                    offset,
                    capacity,
                    length
                }
            );
        }
    }

    #[test]
    fn each_lie_has_its_own_text() {
        for ((offset, capacity, length), reason) in [
            ((0, 1, 1), "offset is zero"),
            ((1, 4, 5), "length 5 exceeds capacity 4"),
            (
                (2, u32::MAX - 1, 0),
                "offset 2 and capacity 4294967294 exceed the address space",
            ),
        ] {
            assert_eq!(checked(offset, capacity, length), refused(reason));
        }
    }
}
