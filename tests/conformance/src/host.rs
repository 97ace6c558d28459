//! Host functions as they are. The standard library declares them too, but gives out only what it makes of them.
//!
//! Invariant: memory that the host writes to is owned by an [`Out`], memory that it has allocated is taken over once.

#![allow(
    unsafe_code,
    reason = "calling the host, and taking over memory that it has allocated in here"
)]

/// Declares host functions, and what they are outside of a host: the crate must compile everywhere.
macro_rules! host_functions {
    ($($name:ident($($arg:ident),*) -> $result:ty;)*) => {
        #[cfg(target_arch = "wasm32")]
        mod declared {
            unsafe extern "C" { $(pub(super) fn $name($($arg: u32),*) -> $result;)* }
        }

        $(pub(crate) fn $name($($arg: u32),*) -> $result {
            // SAFETY: the host follows no pointer that it has not checked, and writes only into the Region given for
            // that, which is an `Out`, or into memory from `allocate`. Nothing else is touched.
            #[cfg(target_arch = "wasm32")]
            unsafe { declared::$name($($arg),*) }
            #[cfg(not(target_arch = "wasm32"))]
            unreachable!("{} with {:?} outside of a host", stringify!($name), ($($arg,)*))
        })*
    };
}

host_functions! {
    db_read(key) -> u32;
    db_write(key, value) -> ();
    db_remove(key) -> ();
    db_scan(start, end, order) -> u32;
    db_next(iterator) -> u32;
    db_next_key(iterator) -> u32;
    db_next_value(iterator) -> u32;
    addr_validate(human) -> u32;
    addr_canonicalize(human, canonical) -> u32;
    addr_humanize(canonical, human) -> u32;
    query_chain(request) -> u32;
    secp256k1_verify(hash, signature, key) -> u32;
    secp256k1_recover_pubkey(hash, signature, parity) -> u64;
    secp256r1_verify(hash, signature, key) -> u32;
    secp256r1_recover_pubkey(hash, signature, parity) -> u64;
    ed25519_verify(message, signature, key) -> u32;
    ed25519_batch_verify(messages, signatures, keys) -> u32;
    bls12_381_aggregate_g1(points, out) -> u32;
    bls12_381_aggregate_g2(points, out) -> u32;
    bls12_381_pairing_equality(ps, qs, r, s) -> u32;
    bls12_381_hash_to_g1(function, message, dst, out) -> u32;
    bls12_381_hash_to_g2(function, message, dst, out) -> u32;
    debug(line) -> ();
    abort(message) -> ();
}

/// What host and guest name bytes by.
#[repr(C)]
pub(crate) struct Region {
    pub(crate) offset: u32,
    pub(crate) capacity: u32,
    pub(crate) length: u32,
}

impl Region {
    /// Names bytes that the host may read. They must outlive the call.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let length = bytes.len() as u32;
        Self {
            offset: bytes.as_ptr() as usize as u32,
            capacity: length,
            length,
        }
    }

    /// What the host is given.
    pub(crate) fn pointer(&self) -> u32 {
        std::ptr::from_ref(self) as usize as u32
    }
}

/// Memory for an answer.
pub(crate) struct Out {
    bytes: Vec<u8>,
    region: Box<Region>,
}

impl Out {
    /// Room for `capacity` bytes.
    pub(crate) fn new(capacity: u32) -> Self {
        let mut bytes = vec![0; capacity as usize];
        let offset = bytes.as_mut_ptr() as usize as u32;
        Self {
            bytes,
            region: Box::new(Region {
                offset,
                capacity,
                length: 0,
            }),
        }
    }

    /// What the host is given.
    pub(crate) fn pointer(&mut self) -> u32 {
        &raw mut *self.region as usize as u32
    }

    /// What the host has written.
    pub(crate) fn take(self) -> Vec<u8> {
        // SAFETY: the box is alive. The read is volatile because the host, not this program, has changed the field.
        let length = unsafe { (&raw const self.region.length).read_volatile() };
        // The bytes likewise are the host's: copied out one by one before anything is concluded from them.
        let count = self.bytes.len().min(length as usize);
        // SAFETY: `index` is below the vector's length.
        (0..count)
            .map(|index| unsafe { self.bytes.as_ptr().add(index).read_volatile() })
            .collect()
    }
}

/// Takes over bytes that the host has allocated; `None` for pointer 0.
pub(crate) fn take(pointer: u32) -> Option<Vec<u8>> {
    if pointer == 0 {
        return None;
    }
    // SAFETY: the host got the pointer from the standard library's `allocate`, which boxes three u32 and a vector of
    // `capacity` bytes, and hands it over once.
    unsafe {
        let region = Box::from_raw(pointer as usize as *mut Region);
        let (offset, length, capacity) = (region.offset, region.length, region.capacity);
        Some(Vec::from_raw_parts(
            offset as usize as *mut u8,
            length as usize,
            capacity as usize,
        ))
    }
}

/// As [`take`], for texts.
pub(crate) fn take_text(pointer: u32) -> Option<String> {
    take(pointer).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
