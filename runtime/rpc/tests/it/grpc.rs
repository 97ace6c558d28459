//! gRPC: the dispatcher's answers, heights, status codes, reflection, gRPC-web.

use supercloud_proto::cosmos::auth::v1beta1::{QueryAccountRequest, QueryAccountResponse};
use supercloud_proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use supercloud_proto::cosmos::base::query::v1beta1::PageRequest;
use supercloud_proto::cosmos::base::reflection::v1beta1::{ListImplementationsRequest, ListImplementationsResponse};
use supercloud_proto::cosmos::base::tendermint::v1beta1 as tm;
use supercloud_proto::cosmos::tx::v1beta1 as tx;
use supercloud_proto::prost::{Message, Name};
use supercloud_proto::prost_types::FileDescriptorSet;
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;
use tonic_reflection::pb;

use crate::fake::Served;

async fn channel(served: &Served) -> Channel {
    Channel::from_shared(format!("http://{}", served.grpc))
        .unwrap()
        .connect()
        .await
        .unwrap()
}

async fn unary<Q, R>(served: &Served, path: &'static str, request: Request<Q>) -> Result<Response<R>, Status>
where
    Q: Message + 'static,
    R: Message + Default + 'static,
{
    let mut client = Grpc::new(channel(served).await);
    client.ready().await.unwrap();
    client
        .unary(request, path.parse().unwrap(), ProstCodec::<Q, R>::default())
        .await
}

fn balance() -> QueryBalanceRequest {
    QueryBalanceRequest {
        address: "akash1a".into(),
        denom: "uakt".into(),
    }
}

#[tokio::test]
async fn the_height_is_asked_for_and_told_in_metadata() {
    let served = Served::start().await;
    let path = "/cosmos.bank.v1beta1.Query/Balance";
    let latest: Response<QueryBalanceResponse> = unary(&served, path, Request::new(balance())).await.unwrap();
    assert_eq!(latest.metadata().get("x-cosmos-block-height").unwrap(), "3");
    assert_eq!(latest.into_inner().balance.unwrap().amount, "5");
    let mut request = Request::new(balance());
    request
        .metadata_mut()
        .insert("x-cosmos-block-height", "2".parse().unwrap());
    let past: Response<QueryBalanceResponse> = unary(&served, path, request).await.unwrap();
    assert_eq!(past.metadata().get("x-cosmos-block-height").unwrap(), "2");
    let mut request = Request::new(balance());
    request
        .metadata_mut()
        .insert("x-cosmos-block-height", "two".parse().unwrap());
    let refused = unary::<_, QueryBalanceResponse>(&served, path, request)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn errors_keep_their_status_and_lose_the_grammar_of_abci() {
    let served = Served::start().await;
    let request = QueryAccountRequest { address: "x".into() };
    let missing =
        unary::<_, QueryAccountResponse>(&served, "/cosmos.auth.v1beta1.Query/Account", Request::new(request));
    let missing = missing.await.unwrap_err();
    assert_eq!(
        (missing.code(), missing.message()),
        (Code::NotFound, "account x not found")
    );
    for (path, text) in [
        ("/no.Such/Thing", "unknown service no.Such"),
        (
            "/cosmos.bank.v1beta1.Query/Nope",
            "unknown method Nope for service cosmos.bank.v1beta1.Query",
        ),
        (
            "/cosmos.bank.v1beta1.Msg/Send",
            "unknown method Send for service cosmos.bank.v1beta1.Msg",
        ),
    ] {
        let refused = unary::<_, QueryBalanceResponse>(&served, path, Request::new(balance()))
            .await
            .unwrap_err();
        assert_eq!((refused.code(), refused.message()), (Code::Unimplemented, text));
    }
}

#[tokio::test]
async fn transactions_are_broadcast_found_and_shown() {
    let served = Served::start().await;
    let send = |bytes: &[u8], mode: tx::BroadcastMode| {
        let request = tx::BroadcastTxRequest {
            tx_bytes: bytes.to_vec(),
            mode: mode.into(),
        };
        unary::<_, tx::BroadcastTxResponse>(&served, "/cosmos.tx.v1beta1.Service/BroadcastTx", Request::new(request))
    };
    let sent = send(b"new", tx::BroadcastMode::Sync)
        .await
        .unwrap()
        .into_inner()
        .tx_response
        .unwrap();
    assert_eq!((sent.code, sent.height), (0, 0));
    assert_eq!(sent.txhash, hex::encode_upper(supercloud_rpc::tx_hash(b"new")));
    let seen = send(b"seen", tx::BroadcastMode::Sync)
        .await
        .unwrap()
        .into_inner()
        .tx_response
        .unwrap();
    assert_eq!((seen.code, seen.codespace.as_str()), (19, "sdk"));
    let refused = send(b"bad", tx::BroadcastMode::Sync)
        .await
        .unwrap()
        .into_inner()
        .tx_response
        .unwrap();
    assert_eq!((refused.code, refused.raw_log.as_str()), (4, "unauthorized"));
    assert_eq!(
        send(b"", tx::BroadcastMode::Sync).await.unwrap_err().code(),
        Code::InvalidArgument
    );
    assert_eq!(
        send(b"x", tx::BroadcastMode::Unspecified).await.unwrap_err().code(),
        Code::Unknown
    );

    let get = |hash: String| {
        let request = Request::new(tx::GetTxRequest { hash });
        unary::<_, tx::GetTxResponse>(&served, "/cosmos.tx.v1beta1.Service/GetTx", request)
    };
    let found = get(sent.txhash.to_lowercase())
        .await
        .unwrap()
        .into_inner()
        .tx_response
        .unwrap();
    assert_eq!((found.height, found.txhash), (4, sent.txhash));
    assert_eq!(found.timestamp, "2023-11-14T22:13:23.123Z");
    let missing = get("00".repeat(32)).await.unwrap_err();
    assert_eq!(
        (missing.code(), missing.message()),
        (Code::NotFound, format!("tx not found: {}", "00".repeat(32)).as_str())
    );
    assert_eq!(
        get(String::new()).await.unwrap_err().message(),
        "tx hash cannot be empty"
    );
}

#[tokio::test]
#[allow(deprecated, reason = "old clients fill events")]
async fn searches_take_a_query_or_the_old_events() {
    let served = Served::start().await;
    let search = |request: tx::GetTxsEventRequest| {
        unary::<_, tx::GetTxsEventResponse>(&served, "/cosmos.tx.v1beta1.Service/GetTxsEvent", Request::new(request))
    };
    let by_query = tx::GetTxsEventRequest {
        query: "transfer.recipient='bob'".into(),
        ..Default::default()
    };
    let found = search(by_query.clone()).await.unwrap().into_inner();
    assert_eq!((found.total, found.txs.len(), found.tx_responses.len()), (2, 2, 2));
    let by_events = tx::GetTxsEventRequest {
        events: vec!["transfer.recipient='bob'".into(), "tx.height=2".into()],
        order_by: tx::OrderBy::Desc.into(),
        limit: 1,
        page: 2,
        ..Default::default()
    };
    let found = search(by_events).await.unwrap().into_inner();
    assert_eq!((found.total, found.tx_responses.len()), (2, 1));
    assert_eq!(
        found.tx_responses[0].txhash,
        hex::encode_upper(supercloud_rpc::tx_hash(b"one"))
    );
    let past = search(tx::GetTxsEventRequest { page: 2, ..by_query })
        .await
        .unwrap_err();
    assert_eq!(past.message(), "page should be within [1, 1] range, given 2");
    assert_eq!(
        search(Default::default()).await.unwrap_err().message(),
        "query cannot be empty"
    );
    let far = search(tx::GetTxsEventRequest {
        query: "tx.height > 0".into(),
        pagination: Some(PageRequest {
            offset: u64::MAX,
            limit: 1,
            ..PageRequest::default()
        }),
        ..Default::default()
    });
    assert_eq!(
        far.await.unwrap_err().message(),
        "page should be within [1, 4] range, given 18446744073709551615"
    );
}

#[tokio::test]
async fn the_sdks_reflection_hands_out_every_descriptor_and_names_what_may_be_sent() {
    let served = Served::start().await;
    let path = "/cosmos.reflection.v1.ReflectionService/FileDescriptors";
    let files: FileDescriptorSet = unary(&served, path, Request::new(())).await.unwrap().into_inner();
    let own = FileDescriptorSet::decode(supercloud_proto::FILE_DESCRIPTOR_SET).unwrap();
    assert_eq!(files, own);
    let path = "/cosmos.base.reflection.v1beta1.ReflectionService/ListImplementations";
    let list = |interface_name: &str| {
        let interface_name = interface_name.to_owned();
        let request = Request::new(ListImplementationsRequest { interface_name });
        unary::<_, ListImplementationsResponse>(&served, path, request)
    };
    let messages = list("cosmos.base.v1beta1.Msg").await.unwrap().into_inner();
    let messages = messages.implementation_message_names;
    assert!(messages.contains(&"/cosmwasm.wasm.v1.MsgExecuteContract".to_owned()));
    assert!(!messages.contains(&"/cosmwasm.wasm.v1.MsgExecuteContractResponse".to_owned()));
    let unknown = list("cosmos.base.v1beta1.Nothing").await.unwrap().into_inner();
    assert_eq!(unknown, ListImplementationsResponse::default());
    assert_eq!(list("").await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn blocks_come_in_both_forms() {
    let served = Served::start().await;
    let path = "/cosmos.base.tendermint.v1beta1.Service/GetBlockByHeight";
    let get = |height| {
        unary::<_, tm::GetBlockByHeightResponse>(&served, path, Request::new(tm::GetBlockByHeightRequest { height }))
    };
    let answer = get(2).await.unwrap().into_inner();
    let (block, sdk) = (answer.block.unwrap(), answer.sdk_block.unwrap());
    assert_eq!(block.header.as_ref().unwrap().proposer_address.len(), 20);
    let proposer = sdk.header.unwrap().proposer_address;
    assert!(proposer.starts_with("akashvalcons1"), "{proposer}");
    assert_eq!(block.data, sdk.data);
    assert_eq!(
        get(4).await.unwrap_err().message(),
        "requested block height is bigger then the chain length"
    );
    assert_eq!(get(-1).await.unwrap_err().code(), Code::InvalidArgument);
    let request = tx::GetBlockWithTxsRequest {
        height: 2,
        pagination: None,
    };
    let path = "/cosmos.tx.v1beta1.Service/GetBlockWithTxs";
    let answer: Response<tx::GetBlockWithTxsResponse> = unary(&served, path, Request::new(request)).await.unwrap();
    let answer = answer.into_inner();
    assert_eq!((answer.txs.len(), answer.pagination.unwrap().total), (3, 3));
}

#[tokio::test]
async fn reflection_lists_services_in_both_versions() {
    let served = Served::start().await;
    let channel = channel(&served).await;
    let request = pb::v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(pb::v1::server_reflection_request::MessageRequest::ListServices(
            String::new(),
        )),
    };
    let mut client = pb::v1::server_reflection_client::ServerReflectionClient::new(channel.clone());
    let mut answers = client
        .server_reflection_info(futures_util::stream::iter([request]))
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
    let pb::v1::server_reflection_response::MessageResponse::ListServicesResponse(list) = answer else {
        panic!("another answer");
    };
    assert!(
        list.service
            .iter()
            .any(|service| service.name == "cosmwasm.wasm.v1.Query")
    );
    let request = pb::v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(
            pb::v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
                QueryBalanceRequest::full_name(),
            ),
        ),
    };
    let mut client = pb::v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let mut answers = client
        .server_reflection_info(futures_util::stream::iter([request]))
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
    assert!(matches!(
        answer,
        pb::v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse(_)
    ));
}

#[tokio::test]
async fn browsers_call_by_grpc_web() {
    let served = Served::start().await;
    let message = balance().encode_to_vec();
    let mut body = vec![0, 0, 0, 0, u8::try_from(message.len()).unwrap()];
    body.extend(message);
    let answer = served
        .http
        .post(format!("http://{}/cosmos.bank.v1beta1.Query/Balance", served.grpc))
        .header("content-type", "application/grpc-web+proto")
        .header("origin", "https://wallet.example")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    let bytes = answer.bytes().await.unwrap();
    let length = u32::from_be_bytes(bytes[1..5].try_into().unwrap()) as usize;
    let response = QueryBalanceResponse::decode(&bytes[5..5 + length]).unwrap();
    assert_eq!(response.balance.unwrap().amount, "5");
    let trailers = String::from_utf8_lossy(&bytes[5 + length + 5..]);
    assert!(trailers.contains("grpc-status:0"), "{trailers}");
}

#[tokio::test]
async fn a_message_that_is_no_protobuf_is_the_callers_fault() {
    let served = Served::start().await;
    // A string with the wire type of a varint.
    let request = tx::TxDecodeRequest {
        tx_bytes: vec![0xff; 8],
    };
    let path = "/cosmos.tx.v1beta1.Service/TxDecode";
    let refused = unary::<_, tx::TxDecodeResponse>(&served, path, Request::new(request))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}
