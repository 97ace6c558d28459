//! The OpenAPI 3.0 document of the route table.

mod schemas;

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use self::schemas::{Schemas, Usage, parameter};
use super::routes::{ROUTES, Route, Segment, Verb};

/// How deep query parameters reach into messages: `pagination.limit` is 2.
const MAX_PARAMETER_DEPTH: usize = 2;

/// What a failed query can answer, by grpc-gateway's table of gRPC codes.
const FAILURES: [(&str, &str); 8] = [
    (
        "400",
        "The request is wrong whatever the state, or the state does not fit it (codes 3, 9, 11).",
    ),
    ("401", "Not authenticated (code 16)."),
    ("403", "Not allowed (code 7)."),
    ("404", "No such thing (code 5)."),
    ("429", "A limit is reached (code 8)."),
    (
        "500",
        "An error of a module, such as a contract's (code 2), or a fault of the node (code 13).",
    ),
    ("501", "No such method (code 12)."),
    ("503", "The node cannot answer now (code 14)."),
];

/// The document.
pub(super) fn document() -> Value {
    let mut schemas = Schemas::default();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for route in ROUTES.iter() {
        let verb = match route.verb {
            Verb::Get => "get",
            Verb::Post => "post",
        };
        let operation = operation(route, &mut schemas, &mut ids);
        paths
            .entry(template(route))
            .or_default()
            .entry(verb)
            .or_insert(operation);
    }
    schemas.close();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Supercloud REST",
            "description": "Queries of the chain by HTTP. The same methods are served by gRPC and by CometBFT's abci_query.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": { "schemas": schemas.done },
    })
}

fn template(route: &Route) -> String {
    let segments = route.segments.iter().map(|segment| match segment {
        Segment::Literal(literal) => literal.clone(),
        Segment::Field(field) | Segment::Rest(field) => format!("{{{field}}}"),
    });
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

fn operation(route: &Route, schemas: &mut Schemas, ids: &mut BTreeSet<String>) -> Value {
    let method = route.method;
    let package = method.parent_service().package_name().to_owned();
    let mut id = format!("{package}.{}", method.name());
    while !ids.insert(id.clone()) {
        id.push('_');
    }
    let in_path: Vec<&str> = route
        .segments
        .iter()
        .filter_map(|segment| match segment {
            Segment::Field(name) | Segment::Rest(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
        .collect();
    let mut parameters: Vec<Value> = in_path
        .iter()
        .filter_map(|name| method.input().get_field_by_name(name))
        .map(|field| json!({ "name": field.name(), "in": "path", "required": true, "schema": parameter(&field) }))
        .collect();
    parameters.push(json!({
        "name": "x-cosmos-block-height", "in": "header", "required": false,
        "description": "Height of the state to read; the latest when absent or 0.",
        "schema": { "type": "string", "pattern": "^[0-9]{1,18}$" },
    }));
    let mut operation = json!({
        "operationId": id,
        "tags": [package],
        "summary": format!("{}/{}", method.parent_service().full_name(), method.name()),
        "responses": {
            "200": {
                "description": "The answer.",
                "headers": { "Grpc-Metadata-X-Cosmos-Block-Height": {
                    "description": "Height of the state that was read.", "schema": { "type": "string" } } },
                "content": { "application/json": { "schema": schemas.of(&method.output(), Usage::Response) } },
            },
        },
    });
    for (status, why) in FAILURES {
        operation["responses"][status] = json!({
            "description": why,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
        });
    }
    if route.verb == Verb::Post {
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schemas.of(&method.input(), Usage::Request) } } });
    } else {
        query_parameters(&method.input(), "", 1, &in_path, &mut parameters);
    }
    operation["parameters"] = parameters.into();
    operation
}

fn query_parameters(message: &MessageDescriptor, prefix: &str, depth: usize, taken: &[&str], out: &mut Vec<Value>) {
    for field in message.fields() {
        let name = format!("{prefix}{}", field.name());
        if taken.contains(&name.as_str()) {
            continue;
        }
        match field.kind() {
            Kind::Message(inner) if depth < MAX_PARAMETER_DEPTH && !field.is_list() => {
                query_parameters(&inner, &format!("{name}."), depth + 1, taken, out);
            }
            Kind::Message(_) => {}
            _ => {
                let mut schema = parameter(&field);
                if field.is_list() {
                    schema = json!({ "type": "array", "items": schema });
                }
                out.push(json!({ "name": name, "in": "query", "required": false, "schema": schema }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All `$ref`s in a document.
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    found.insert(reference.clone());
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.len() > 100, "{}", found.len());
        for reference in found {
            let name = reference.strip_prefix("#/components/schemas/").unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }

    #[test]
    fn paths_name_their_parameters() {
        let document = document();
        let get = &document["paths"]["/cosmos/bank/v1beta1/balances/{address}"]["get"];
        let named = |place: &str| -> Vec<&str> {
            let parameters = get["parameters"].as_array().unwrap().iter();
            parameters
                .filter(|parameter| parameter["in"] == place)
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect()
        };
        assert_eq!(named("path"), ["address"]);
        assert_eq!(
            named("query"),
            [
                "pagination.key",
                "pagination.offset",
                "pagination.limit",
                "pagination.count_total",
                "pagination.reverse",
                "resolve_denom"
            ]
        );
        let post = &document["paths"]["/cosmos/tx/v1beta1/txs"]["post"];
        assert_eq!(
            post["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/cosmos.tx.v1beta1.BroadcastTxRequest.Request"
        );
    }
}
