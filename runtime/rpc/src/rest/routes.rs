//! Which path reaches which query method: grpc-gateway's templates, as the Cosmos SDK and wasmd annotate them.
//!
//! A line whose service is not among the descriptors is left out, so that a path starts to exist together with its
//! service. A query method without a line is served at `/<package>/<method_name>`, but for those of [`GRPC_ONLY`].

mod table;

use std::sync::LazyLock;

use prost_reflect::MethodDescriptor;

use self::table::TABLE;
use crate::descriptors;

/// Services without paths, as in the SDK.
const GRPC_ONLY: &[&str] = &["cosmos.reflection.v1.ReflectionService"];

/// HTTP verb of a route; `POST` takes the request as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    Get,
    Post,
}
use Verb::Get;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Literal(String),
    /// One segment, into a field.
    Field(String),
    /// One segment or more, into a field.
    Rest(String),
}

/// A path that is served.
pub(super) struct Route {
    pub(super) verb: Verb,
    pub(super) segments: Vec<Segment>,
    /// gRPC path of the method.
    pub(super) path: &'static str,
    pub(super) method: &'static MethodDescriptor,
}

/// All routes, the most literal first.
pub(super) static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let mut routes: Vec<Route> = Vec::new();
    for (service, lines) in TABLE {
        for (verb, template, method) in *lines {
            routes.extend(route(*verb, template, &format!("/{service}/{method}")));
        }
    }
    for (path, method) in descriptors::methods() {
        let service = method.parent_service();
        if !GRPC_ONLY.contains(&service.full_name()) && !routes.iter().any(|route| route.path == path) {
            let package = service.package_name().replace('.', "/");
            let template = format!("/{package}/{}", snake_case(method.name()));
            routes.extend(route(Get, &template, path));
        }
    }
    routes.sort_by_key(|route| {
        let kinds = route.segments.iter().map(|segment| match segment {
            Segment::Literal(_) => 0,
            Segment::Field(_) => 1,
            Segment::Rest(_) => 2,
        });
        kinds.collect::<Vec<u8>>()
    });
    routes
});

fn route(verb: Verb, template: &str, path: &str) -> Option<Route> {
    let (path, method) = descriptors::methods().find(|(known, _)| *known == path)?;
    Some(Route {
        verb,
        segments: parse(template),
        path,
        method,
    })
}

fn parse(template: &str) -> Vec<Segment> {
    let segments = template.trim_start_matches('/').split('/');
    segments
        .map(
            |segment| match segment.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
                None => Segment::Literal(segment.to_owned()),
                Some(field) => match field.strip_suffix("=**") {
                    Some(field) => Segment::Rest(field.to_owned()),
                    None => Segment::Field(field.to_owned()),
                },
            },
        )
        .collect()
}

/// `TxsByEvent` is `txs_by_event`, `ABCIQuery` is `abci_query`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let starts_word = letter.is_ascii_uppercase()
            && at > 0
            && (!letters[at - 1].is_ascii_uppercase() || letters.get(at + 1).is_some_and(char::is_ascii_lowercase));
        if starts_word {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// A route with what the path put into fields.
pub(super) struct Found {
    pub(super) verb: Verb,
    pub(super) path: &'static str,
    pub(super) method: &'static MethodDescriptor,
    /// Field and its text, decoded.
    pub(super) fields: Vec<(&'static str, String)>,
}

/// Finds the route of a path that is still percent-encoded. A slash at the end is an empty field where a route has one
/// there, and does not matter elsewhere.
pub(super) fn find(verb: Verb, path: &str) -> Option<Found> {
    let path = path.strip_prefix('/')?;
    let stripped = path.strip_suffix('/').filter(|path| !path.ends_with('/'));
    find_segments(verb, path).or_else(|| find_segments(verb, stripped?))
}

fn find_segments(verb: Verb, path: &str) -> Option<Found> {
    let segments: Vec<&str> = path.split('/').collect();
    ROUTES.iter().filter(|route| route.verb == verb).find_map(|route| {
        let mut fields = Vec::new();
        matches(&route.segments, &segments, &mut fields)?;
        let decoded = fields
            .into_iter()
            .map(|(field, text)| Some((field, percent_decode(&text)?)));
        Some(Found {
            verb,
            path: route.path,
            method: route.method,
            fields: decoded.collect::<Option<_>>()?,
        })
    })
}

fn matches<'r>(template: &'r [Segment], path: &[&str], fields: &mut Vec<(&'r str, String)>) -> Option<()> {
    let Some((first, later)) = template.split_first() else {
        return path.is_empty().then_some(());
    };
    match first {
        Segment::Literal(literal) => {
            let (segment, rest) = path.split_first()?;
            (segment == literal).then_some(())?;
            matches(later, rest, fields)
        }
        Segment::Field(field) => {
            let (segment, rest) = path.split_first()?;
            (!segment.is_empty() || rest.is_empty()).then_some(())?;
            fields.push((field, (*segment).to_owned()));
            matches(later, rest, fields)
        }
        Segment::Rest(field) => {
            // No template has two of these, so the number of segments it takes follows from the length.
            let taken = path.len().checked_sub(later.len()).filter(|taken| *taken > 0)?;
            let (segments, rest) = path.split_at(taken);
            let text = segments.join("/");
            (!text.is_empty()).then_some(())?;
            fields.push((field, text));
            matches(later, rest, fields)
        }
    }
}

/// `None` when the result is no UTF-8; a stray `%` stays what it is.
fn percent_decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::Verb::Post;
    use super::*;

    fn path_of(verb: Verb, path: &str) -> Option<(&'static str, Vec<(&'static str, String)>)> {
        find(verb, path).map(|found| (found.path, found.fields))
    }

    #[test]
    fn every_field_of_a_template_is_a_field_of_the_request() {
        for route in ROUTES.iter() {
            for segment in &route.segments {
                if let Segment::Field(name) | Segment::Rest(name) = segment {
                    let input = route.method.input();
                    assert!(input.get_field_by_name(name).is_some(), "{}: {name}", route.path);
                }
            }
        }
    }

    #[test]
    fn every_query_method_has_a_route_but_for_those_of_grpc_alone() {
        for (path, method) in descriptors::methods() {
            let served = ROUTES.iter().any(|route| route.path == path);
            let grpc_only = GRPC_ONLY.contains(&method.parent_service().full_name());
            assert_ne!(served, grpc_only, "{path}");
        }
    }

    #[test]
    fn literals_win_over_fields() {
        assert_eq!(
            path_of(Get, "/cosmos/base/tendermint/v1beta1/blocks/latest").unwrap().0,
            "/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock"
        );
        assert_eq!(
            path_of(Get, "/cosmos/bank/v1beta1/supply/by_denom").unwrap(),
            ("/cosmos.bank.v1beta1.Query/SupplyOf", vec![])
        );
        assert_eq!(
            path_of(Get, "/cosmwasm/wasm/v1/contract/build_address").unwrap().0,
            "/cosmwasm.wasm.v1.Query/BuildAddress"
        );
    }

    #[test]
    fn denoms_with_slashes_are_taken_whole_raw_or_encoded() {
        for path in ["factory/akash1a/gold", "factory%2Fakash1a%2fgold"] {
            assert_eq!(
                path_of(Get, &format!("/cosmos/bank/v1beta1/supply/{path}")).unwrap().1,
                [("denom", "factory/akash1a/gold".to_owned())]
            );
            assert_eq!(
                path_of(
                    Get,
                    &format!("/osmosis/tokenfactory/v1beta1/denoms/{path}/authority_metadata")
                )
                .unwrap()
                .1,
                [("denom", "factory/akash1a/gold".to_owned())]
            );
        }
    }

    #[test]
    fn a_slash_at_the_end_is_an_empty_field_or_nothing() {
        let empty = |name| vec![(name, String::new())];
        for (path, method, fields) in [
            (
                "bank/v1beta1/balances/",
                "bank.v1beta1.Query/AllBalances",
                empty("address"),
            ),
            ("bank/v1beta1/params/", "bank.v1beta1.Query/Params", vec![]),
        ] {
            let (found, named) = path_of(Get, &format!("/cosmos/{path}")).unwrap();
            assert_eq!((found, named), (&*format!("/cosmos.{method}"), fields), "{path}");
        }
    }

    #[test]
    fn unknown_paths_and_empty_fields_inside_match_nothing() {
        for path in [
            "",
            "/",
            "/cosmos",
            "/cosmos/bank/v1beta1/balances//by_denom",
            "/cosmos/auth/v1beta1/accounts//",
            "/%ff",
        ] {
            assert_eq!(path_of(Get, path), None, "{path}");
        }
        assert_eq!(path_of(Get, "/cosmos/auth/v1beta1/accounts/%ff"), None);
        assert_eq!(path_of(Post, "/cosmos/bank/v1beta1/supply"), None);
    }

    #[test]
    fn methods_without_a_line_are_found_under_their_package() {
        assert_eq!(
            path_of(Get, "/supercloud/gov/v1/council").unwrap().0,
            "/supercloud.gov.v1.Query/Council"
        );
        assert_eq!(snake_case("ABCIQuery"), "abci_query");
        assert_eq!(snake_case("TxsByEvent"), "txs_by_event");
    }
}
