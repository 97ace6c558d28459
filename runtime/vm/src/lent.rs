//! Codes that live as long as somebody holds them: those of simulations. No file and no memory stays behind.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use supercloud_chain::vm::CodeKey;

use crate::code::Code;

/// The codes that are held now, and some that were.
#[derive(Default)]
pub(crate) struct LentCodes(Mutex<BTreeMap<CodeKey, Weak<Code>>>);

impl LentCodes {
    pub(crate) fn find(&self, key: &CodeKey) -> Option<Arc<Code>> {
        let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.get(key)?.upgrade()
    }

    pub(crate) fn add(&self, key: CodeKey, code: &Arc<Code>) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, code| code.strong_count() > 0);
        codes.insert(key, Arc::downgrade(code));
    }
}
