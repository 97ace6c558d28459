//! Lists of the market contract, page by page within the node's query gas.
//!
//! An order's spec may be some 100 KB, so a page of few entries may take more gas than one of a hundred others. A page
//! that runs out is asked for again from the same cursor at half its size; each page that comes doubles the next.

use serde::Serialize;
use serde::de::DeserializeOwned;
use supercloud_schema::market::QueryMsg;

use super::Market;
use crate::error::ClientError;

/// Entries of the largest page, the contract's limit.
const PAGE: u32 = 100;

/// How one list is asked for and gone on with. Its query must honour any limit from 1 to [`PAGE`].
pub(super) struct List<Q, S, C> {
    /// Name of its query.
    pub(super) name: &'static str,
    /// The query of a page after a cursor with this many entries.
    pub(super) query: Q,
    /// Takes the entries out of an answer.
    pub(super) entries: S,
    /// The cursor behind an entry.
    pub(super) cursor: C,
}

impl Market {
    /// Reads a list from `start` to its end. An entry that takes too much gas even on a page of its own is
    /// [`ClientError::Unlistable`]: nothing is stepped past.
    pub(super) async fn read<R, T, K>(
        &self,
        list: List<impl Fn(Option<K>, u32) -> QueryMsg, impl Fn(R) -> Vec<T>, impl Fn(&T) -> K>,
        start: Option<K>,
    ) -> Result<Vec<T>, ClientError>
    where
        R: DeserializeOwned,
        K: Copy + Serialize,
    {
        let mut all: Vec<T> = Vec::new();
        let mut limit = PAGE;
        loop {
            let after = all.last().map(&list.cursor).or(start);
            let page = match self.ask::<R>(&(list.query)(after, limit)).await {
                Ok(answer) => (list.entries)(answer),
                Err(error) if error.is_out_of_query_gas() && limit > 1 => {
                    limit /= 2;
                    continue;
                }
                Err(error) if error.is_out_of_query_gas() => return Err(unlistable(list.name, after, error)),
                Err(error) => return Err(error),
            };
            let full = page.len() == limit as usize;
            all.extend(page);
            if !full {
                return Ok(all);
            }
            limit = (limit * 2).min(PAGE);
        }
    }
}

fn unlistable<K: Serialize>(list: &'static str, after: Option<K>, source: ClientError) -> ClientError {
    match serde_json::to_string(&after) {
        Ok(after) => ClientError::Unlistable {
            list,
            after,
            source: Box::new(source),
        },
        Err(error) => ClientError::Encode {
            reason: error.to_string(),
        },
    }
}
