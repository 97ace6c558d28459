//! Going through many pages: what a checkpoint writes, what memory can let go, every leaf for a check.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::tree::page::{Page, Slot};
use crate::tree::path::Path;
use crate::tree::source::{PageSource, load_child};
use crate::tree::update::Change;
use crate::tree::{Tree, TreeError};

impl Tree {
    /// Pages that were with stamps above `stamp`, in the order of their encoded paths. The top page is always among them.
    pub(crate) fn collect_pages_after(&self, stamp: u64) -> Vec<(Path, Arc<Page>)> {
        let mut pages = vec![(Path::ROOT, self.top.clone())];
        collect(&self.top, Path::ROOT, stamp, &mut pages);
        pages.sort_unstable_by_key(|(path, _)| *path);
        pages
    }

    /// The same version with only those pages in memory that were with stamps above `stamp`; `source` has the others.
    pub(crate) fn release(&self, stamp: u64, source: Arc<dyn PageSource>) -> Self {
        Release::new(stamp, source).tree(self)
    }

    /// Calls `visit` with every leaf whose key hash begins with one of these bytes, in order. Reads and so checks every page
    /// on the way; calls `damaged` for each that cannot be used, and goes on beside it.
    pub(crate) fn for_each_leaf(
        &self,
        first_bytes: &RangeInclusive<u8>,
        visit: &mut dyn FnMut(Change<'_>),
        damaged: &mut dyn FnMut(TreeError),
    ) {
        self.visit_page(&self.top, Path::ROOT, first_bytes, visit, damaged);
    }

    fn visit_page(
        &self,
        page: &Page,
        path: Path,
        first_bytes: &RangeInclusive<u8>,
        visit: &mut dyn FnMut(Change<'_>),
        damaged: &mut dyn FnMut(TreeError),
    ) {
        for (slot, content) in page.slots().into_iter().enumerate() {
            match content {
                Slot::Run(run) => run
                    .iter()
                    .filter(|leaf| first_bytes.contains(&leaf.key_hash[0]))
                    .for_each(&mut *visit),
                Slot::Child(root, resident) => {
                    let path = path.child(slot);
                    if !path.meets(first_bytes) {
                        continue;
                    }
                    match load_child(&*self.source, resident, &path, root) {
                        Ok(child) => self.visit_page(&child, path, first_bytes, visit, damaged),
                        Err(error) => damaged(error),
                    }
                }
            }
        }
    }
}

fn collect(page: &Page, path: Path, stamp: u64, pages: &mut Vec<(Path, Arc<Page>)>) {
    for (slot, content) in page.slots().into_iter().enumerate() {
        if let Slot::Child(_, Some(child)) = content
            && child.born > stamp
        {
            let path = path.child(slot);
            pages.push((path, child.clone()));
            collect(child, path, stamp, pages);
        }
    }
}

/// [`Tree::release`] for several versions: pages that they share stay shared.
pub(crate) struct Release {
    stamp: u64,
    source: Arc<dyn PageSource>,
    /// By the address of the page: that page, which so keeps its address, and what it is without those it lets go.
    done: BTreeMap<usize, [Arc<Page>; 2]>,
}

impl Release {
    pub(crate) fn new(stamp: u64, source: Arc<dyn PageSource>) -> Self {
        Self {
            stamp,
            source,
            done: BTreeMap::new(),
        }
    }

    pub(crate) fn tree(&mut self, tree: &Tree) -> Tree {
        Tree {
            top: self.page(&tree.top),
            source: self.source.clone(),
        }
    }

    fn page(&mut self, page: &Arc<Page>) -> Arc<Page> {
        if !page.has_resident_children() {
            return page.clone();
        }
        let address = Arc::as_ptr(page).addr();
        if let Some([_, released]) = self.done.get(&address) {
            return released.clone();
        }
        let mut released = Page::clone(page);
        for child in released.children_mut() {
            let kept = child.take().filter(|child| child.born > self.stamp);
            *child = kept.map(|child| self.page(&child));
        }
        let released = Arc::new(released);
        self.done.insert(address, [page.clone(), released.clone()]);
        released
    }
}
