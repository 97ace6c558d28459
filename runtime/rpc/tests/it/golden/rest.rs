//! REST: every path of the OpenAPI document.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::assert_golden;
use super::chain::Golden;

/// The body of a `POST`.
fn body(golden: &Golden, path: &str) -> Value {
    let raw = STANDARD.encode(&golden.raw);
    match path {
        "/cosmos/tx/v1beta1/txs" => json!({ "tx_bytes": STANDARD.encode("bad"), "mode": "BROADCAST_MODE_SYNC" }),
        "/cosmos/tx/v1beta1/encode" => json!({ "tx": { "body": { "memo": "m" }, "auth_info": {}, "signatures": [] } }),
        "/cosmos/tx/v1beta1/encode/amino" => json!({ "amino_json": "{}" }),
        "/cosmos/tx/v1beta1/decode/amino" => json!({ "amino_binary": raw }),
        "/cosmos/tx/v1beta1/simulate" => json!({ "tx_bytes": STANDARD.encode(&golden.next) }),
        _ => json!({ "tx_bytes": raw }),
    }
}

/// Path and query string with values for the parameters that have one.
fn fill(golden: &Golden, template: &str, operation: &Value) -> String {
    let service = operation["summary"].as_str().unwrap();
    let mut path = template.to_owned();
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().unwrap() {
        let name = parameter["name"].as_str().unwrap();
        let Some(value) = golden.value(service, name) else {
            assert_ne!(parameter["in"], "path", "{template}: no value for {name}");
            continue;
        };
        let encoded = value.replace('=', "%3D").replace(' ', "%20").replace('>', "%3E");
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &encoded),
            "query" => query.push(format!("{name}={encoded}")),
            _ => {}
        }
    }
    if query.is_empty() {
        path
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

async fn ask(golden: &Golden, verb: &str, path: &str) -> Value {
    let url = format!("http://{}{path}", golden.served.rest);
    let http = &golden.served.http;
    let (request, sent) = if verb == "post" {
        let body = body(golden, path);
        (http.post(url).body(body.to_string()), body)
    } else {
        (http.get(url), Value::Null)
    };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let height = answer.headers().get("grpc-metadata-x-cosmos-block-height");
    let height = height.map(|height| height.to_str().unwrap().to_owned());
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    json!({ "request": format!("{} {path}", verb.to_uppercase()), "sent": sent, "status": status, "height": height,
        "answer": body })
}

#[tokio::test]
async fn every_rest_route_answers_as_its_file_says() {
    let golden = Golden::start().await;
    let url = format!("http://{}/openapi.json", golden.served.rest);
    let document = golden.served.http.get(url).send().await.unwrap().text().await.unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let mut answers = BTreeMap::new();
    for (template, verbs) in document["paths"].as_object().unwrap() {
        for (verb, operation) in verbs.as_object().unwrap() {
            let path = fill(&golden, template, operation);
            let name = template
                .trim_start_matches('/')
                .replace('/', ".")
                .replace(['{', '}'], "_");
            answers.insert(format!("{verb}.{name}"), ask(&golden, verb, &path).await);
        }
    }
    let good = answers.values().filter(|answer| answer["status"] == 200).count();
    assert!(
        good * 10 > answers.len() * 8,
        "only {good} of {} succeed",
        answers.len()
    );
    assert_golden("rest", &answers);
}
