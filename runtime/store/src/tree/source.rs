//! Where pages come from that are not in memory.

use std::sync::Arc;

use crate::hash::{EMPTY, Hash};
use crate::tree::TreeError;
use crate::tree::page::Page;
use crate::tree::path::Path;

/// Reads pages of one version of the tree. A page is asked for by place and root; a source returns no other page.
pub(crate) trait PageSource: Send + Sync {
    fn load(&self, path: &Path, root: &Hash) -> Result<Arc<Page>, TreeError>;
}

/// The source of trees that are in memory as a whole.
pub(crate) struct NoPages;

impl PageSource for NoPages {
    fn load(&self, path: &Path, root: &Hash) -> Result<Arc<Page>, TreeError> {
        if *root == EMPTY {
            return Ok(Arc::new(Page::empty()));
        }
        Err(TreeError::new(path, "the page is neither in memory nor on disk"))
    }
}

pub(crate) fn load_child(
    source: &dyn PageSource,
    resident: Option<&Arc<Page>>,
    path: &Path,
    root: &Hash,
) -> Result<Arc<Page>, TreeError> {
    resident.map_or_else(|| source.load(path, root), |page| Ok(page.clone()))
}
