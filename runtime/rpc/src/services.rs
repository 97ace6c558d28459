//! Services that the node answers itself: transactions, blocks, its own name and descriptors, and the modules that wallets
//! ask every chain about although this one does not have them.

mod absent;
mod blocks;
mod consensus;
pub(crate) mod discovery;
mod feemarket;
mod node;
mod reflection;
mod txs;

use supercloud_proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};
use supercloud_proto::prost::Message;

use crate::dispatch::Dispatcher;
use crate::status::{Code, Status};

/// What a method gets.
pub(crate) struct Call<'a> {
    pub(crate) dispatcher: &'a Dispatcher,
}

impl Call<'_> {
    /// Asks the dispatcher in turn, about the latest state.
    fn ask<R: Message + Default>(&self, path: &str, request: &impl Message) -> Result<R, Status> {
        let answer = self.dispatcher.query(path, &request.encode_to_vec(), None)?;
        R::decode(&*answer.value).map_err(|error| Status::new(Code::Internal, error.to_string()))
    }
}

type Answered = Option<Result<Vec<u8>, Status>>;

/// What only the node knows; `None` when the path is the chain's business.
pub(crate) fn answer(dispatcher: &Dispatcher, path: &str, data: &[u8]) -> Answered {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let call = Call { dispatcher };
    match service {
        "cosmos.tx.v1beta1.Service" => txs::answer(&call, method, data),
        "cosmos.base.tendermint.v1beta1.Service" => blocks::answer(&call, method, data),
        "cosmos.base.node.v1beta1.Service" => node::answer(&call, method, data),
        "cosmos.base.reflection.v1beta1.ReflectionService" => reflection::answer_old(&call, method, data),
        "cosmos.base.reflection.v2alpha1.ReflectionService" => reflection::answer(&call, method, data),
        "cosmos.reflection.v1.ReflectionService" => reflection::answer_files(method),
        "akash.discovery.v1.Discovery" => discovery::answer(&call, method, data),
        _ => None,
    }
}

/// What every client asks of every chain, for a chain that does not answer it itself.
pub(crate) fn stand_in(dispatcher: &Dispatcher, path: &str, data: &[u8]) -> Answered {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let call = Call { dispatcher };
    match service {
        "cosmos.consensus.v1.Query" => consensus::answer(&call, method, data),
        "feemarket.feemarket.v1.Query" => feemarket::answer(&call, method, data),
        _ => absent::answer(&call, service, method, data),
    }
}

/// Decodes a request, answers it, encodes the response.
fn run<Q: Message + Default, R: Message>(
    call: &Call<'_>,
    data: &[u8],
    answer: impl FnOnce(&Call<'_>, Q) -> Result<R, Status>,
) -> Answered {
    Some(
        Q::decode(data)
            .map_err(|error| Status::invalid(error.to_string()))
            .and_then(|request| answer(call, request))
            .map(|response| response.encode_to_vec()),
    )
}

/// The entries of `all` that a `PageRequest` asks for, by offset; `None` asks for the first 100.
fn page<T: Clone>(all: &[T], request: Option<&PageRequest>) -> Result<(Vec<T>, PageResponse), Status> {
    const DEFAULT_LIMIT: u64 = 100;
    let (offset, limit, reverse) = request.map_or((0, DEFAULT_LIMIT, false), |page| {
        let limit = if page.limit == 0 { DEFAULT_LIMIT } else { page.limit };
        (page.offset, limit, page.reverse)
    });
    if request.is_some_and(|page| !page.key.is_empty()) {
        return Err(Status::invalid("pagination by key is not supported here; use offset"));
    }
    let ordered: Vec<T> = if reverse {
        all.iter().rev().cloned().collect()
    } else {
        all.to_vec()
    };
    let (offset, limit) = (
        usize::try_from(offset).unwrap_or(usize::MAX),
        usize::try_from(limit).unwrap_or(usize::MAX),
    );
    let response = PageResponse {
        next_key: Vec::new(),
        total: u64::try_from(all.len()).unwrap_or(u64::MAX),
    };
    Ok((ordered.into_iter().skip(offset).take(limit).collect(), response))
}
