//! The gRPC server: every query method of the descriptors, unary, over one generic handler; reflection; gRPC-web.
//!
//! Requests and responses pass through as bytes: the dispatcher decodes them. A height is asked for by the metadata
//! `x-cosmos-block-height` and told back under the same name.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::middleware::map_request;
use supercloud_proto::FILE_DESCRIPTOR_SET;
use supercloud_proto::prost::bytes::{Buf, BufMut, Bytes};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataValue;
use tonic::server::Grpc;
use tonic_web::GrpcWebLayer;
use tower_http::cors::{Any, CorsLayer, ExposeHeaders};
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::backend::Backend;
use crate::blocking::Ended;
use crate::metrics::Transport;
use crate::server::{BODY_TIMEOUT, MAX_BODY_BYTES, with_deadline};
use crate::status::{Code, Status};

/// Metadata by which clients ask for a height.
pub(crate) const HEIGHT_HEADER: &str = "x-cosmos-block-height";

/// The routes of the gRPC port.
pub(crate) fn router(backend: Arc<Backend>) -> Router {
    // Not for reflection: its streams stay open between questions.
    let methods = Router::new()
        .fallback(unary)
        .layer(map_request(with_deadline))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .with_state(backend);
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(Any)
        .expose_headers(ExposeHeaders::any());
    with_reflection(methods).layer(GrpcWebLayer::new()).layer(cors)
}

fn with_reflection(router: Router) -> Router {
    let builder =
        || tonic_reflection::server::Builder::configure().register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET);
    match (builder().build_v1(), builder().build_v1alpha()) {
        (Ok(v1), Ok(v1alpha)) => router
            .route_service("/grpc.reflection.v1.ServerReflection/{*method}", v1)
            .route_service("/grpc.reflection.v1alpha.ServerReflection/{*method}", v1alpha),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "gRPC reflection is off: the descriptors do not fit");
            router
        }
    }
}

async fn unary(State(backend): State<Arc<Backend>>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let service = Unary { backend, path };
    Grpc::new(PassThrough)
        .apply_max_message_size_config(Some(MAX_BODY_BYTES), None)
        .unary(service, request)
        .await
        .map(Body::new)
}

struct Unary {
    backend: Arc<Backend>,
    path: String,
}

type Answered = Result<tonic::Response<Bytes>, tonic::Status>;

impl tonic::server::UnaryService<Bytes> for Unary {
    type Response = Bytes;
    type Future = std::pin::Pin<Box<dyn Future<Output = Answered> + Send>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let (backend, path) = (self.backend.clone(), self.path.clone());
        Box::pin(answer(backend, path, request))
    }
}

async fn answer(backend: Arc<Backend>, path: String, request: tonic::Request<Bytes>) -> Answered {
    let started = Instant::now();
    let height = request.metadata().get(HEIGHT_HEADER).map(|value| value.to_str());
    let height = match height {
        None => None,
        Some(text) => parse_height(text.unwrap_or("?")).map_err(to_tonic)?,
    };
    let data = request.into_inner();
    let asked = backend.clone();
    let name = path.clone();
    let answer = backend
        .threads
        .run(backend.dispatcher.kind(&name, height), move || {
            asked.dispatcher.query(&path, &data, height)
        })
        .await
        .map_err(|Ended| to_tonic(Status::new(Code::Internal, "the call ended abnormally")))?;
    let known = !matches!(&answer, Err(status) if status.code == Code::Unimplemented);
    let method = if known { name.as_str() } else { "unknown" };
    backend
        .metrics
        .call(Transport::Grpc, method, answer.is_ok(), started.elapsed());
    let answer = answer.map_err(to_tonic)?;
    let mut response = tonic::Response::new(Bytes::from(answer.value));
    response
        .metadata_mut()
        .insert(HEIGHT_HEADER, MetadataValue::from(answer.height));
    Ok(response)
}

/// `None` is the latest, as is 0.
pub(crate) fn parse_height(text: &str) -> Result<Option<u64>, Status> {
    text.parse::<u64>()
        .map(|height| (height > 0).then_some(height))
        .map_err(|_| Status::invalid(format!("invalid height header {text:?}: a whole number is expected")))
}

fn to_tonic(status: Status) -> tonic::Status {
    tonic::Status::new(tonic::Code::from(status.code as i32), status.message)
}

/// Leaves messages encoded.
#[derive(Clone, Copy, Debug, Default)]
struct PassThrough;

impl Codec for PassThrough {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for PassThrough {
    type Item = Bytes;
    type Error = tonic::Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), tonic::Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for PassThrough {
    type Item = Bytes;
    type Error = tonic::Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, tonic::Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
