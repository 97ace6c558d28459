//! Requests to the JSON-RPC, REST and gRPC ports, and the query language. The first byte chooses the port.

#![no_main]

use axum::http::Method;
use libfuzzer_sys::{Corpus, fuzz_target};
use supercloud_fuzz::oracles::requests::{
    assert_grpc_answers, assert_json_rpc_answers, assert_query_parses, assert_rest_answers, assert_uri_call_answers,
};

/// The first line, and what follows it.
fn cut_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((kind, rest)) = input.split_first() else {
        return Corpus::Reject;
    };
    let (line, body) = cut_line(rest);
    let text = String::from_utf8_lossy(line);
    match kind {
        b'p' => assert_json_rpc_answers(rest),
        b'u' => assert_uri_call_answers(&text),
        b'q' => assert_query_parses(&String::from_utf8_lossy(rest)),
        b'g' => assert_rest_answers(Method::GET, &text, (!body.is_empty()).then_some(body), &[]),
        b'o' => assert_rest_answers(Method::POST, &text, None, body),
        b'd' => assert_rest_answers(Method::DELETE, &text, None, body),
        b'f' => assert_grpc_answers(&text, "application/grpc", body),
        b'w' => assert_grpc_answers(&text, "application/grpc-web", body),
        b't' => assert_grpc_answers(&text, "application/grpc-web-text", body),
        _ => return Corpus::Reject,
    }
    Corpus::Keep
});
