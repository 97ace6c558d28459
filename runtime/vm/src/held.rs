//! Codes that somebody holds: those of simulations, which leave no file and no memory behind, and those that were loaded
//! to be called next, which must not fall to what other threads load meanwhile.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use supercloud_chain::vm::CodeKey;

use crate::code::Code;

/// The codes that are held now, and some that were.
#[derive(Default)]
pub(crate) struct HeldCodes(Mutex<BTreeMap<CodeKey, Weak<Code>>>);

impl HeldCodes {
    pub(crate) fn find(&self, key: &CodeKey) -> Option<Arc<Code>> {
        let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.get(key)?.upgrade()
    }

    /// Finds the code for as long as the answer is held. All who hold a code hold the same form of it, so that it is there
    /// until the last of them lets go.
    pub(crate) fn hold(&self, key: CodeKey, code: Arc<Code>) -> Arc<Code> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = codes.get(&key).and_then(Weak::upgrade) {
            return held;
        }
        codes.retain(|_, code| code.strong_count() > 0);
        codes.insert(key, Arc::downgrade(&code));
        code
    }
}
