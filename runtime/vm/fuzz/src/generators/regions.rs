//! Guest memories with Regions that are nearly right.

use arbitrary::{Arbitrary, Result, Unstructured};

/// Where a guest puts its image.
pub const IMAGE_AT: u32 = 65_536;
/// Most bytes of an image.
pub const MAX_IMAGE: usize = 4_096;
/// Bytes of the guest's memory.
const MEMORY: u32 = 17 * 65_536;
/// Pointers at the start of an image.
const POINTERS: usize = 8;
/// Bytes of a Region.
const REGION: usize = 12;

/// What a guest does with Regions.
#[derive(Debug)]
pub struct RegionCase {
    /// The guest's memory from [`IMAGE_AT`]. Its first four bytes are where the guest says that `message` belongs, the
    /// next four where it says that its result lies.
    pub image: Vec<u8>,
    /// What the host writes.
    pub message: Vec<u8>,
}

impl<'a> Arbitrary<'a> for RegionCase {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let image_len = u.int_in_range(POINTERS..=MAX_IMAGE)?;
        let mut image = vec![0; image_len];
        for pointer_at in [0, 4] {
            let pointer = number(u, image_len)?;
            put(&mut image, pointer_at, pointer);
            let region = pointer.wrapping_sub(IMAGE_AT) as usize;
            if u.ratio(7, 8)? && region + REGION <= image_len {
                for field in 0..3 {
                    let value = if field == 0 { number(u, image_len)? } else { length(u)? };
                    put(&mut image, region + 4 * field, value);
                }
            }
        }
        for _ in 0..u.int_in_range(0..=16)? {
            let at = u.choose_index(image_len)?;
            image[at] = u.arbitrary()?;
        }
        let message_len = u.int_in_range(0..=300)?;
        let message = u.bytes(message_len.min(u.len()))?.to_vec();
        Ok(Self { image, message })
    }
}

fn put(image: &mut [u8], at: usize, value: u32) {
    image[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// An address: mostly in the image, else where arithmetic could go wrong.
fn number(u: &mut Unstructured<'_>, image_len: usize) -> Result<u32> {
    let edge = u.int_in_range(-16..=16)?;
    Ok(match u.int_in_range(0..=9)? {
        0 => u.arbitrary()?,
        1 => MEMORY.wrapping_add_signed(edge),
        2 => u32::MAX.wrapping_add_signed(edge),
        3 => IMAGE_AT.wrapping_add(image_len as u32).wrapping_add_signed(edge),
        4 => 0,
        _ => IMAGE_AT + u.int_in_range(0..=image_len as u32)?,
    })
}

fn length(u: &mut Unstructured<'_>) -> Result<u32> {
    Ok(match u.int_in_range(0..=7)? {
        0 => u.arbitrary()?,
        1 => u32::MAX - u.int_in_range(0..=IMAGE_AT + 16)?,
        2 => MEMORY - u.int_in_range(0..=IMAGE_AT + 16)?,
        _ => u.int_in_range(0..=400)?,
    })
}
