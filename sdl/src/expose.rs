//! Ports of a service: from the file's `expose` to the manifest's, and to the endpoints that are leased for them.

use std::collections::BTreeMap;

use crate::document::{self, Nullable, strings};
use crate::error::SdlError;
use crate::manifest::{Endpoint, Expose, HttpOptions};

const MIB: u32 = 1 << 20;
/// Bytes.
const BODY_DEFAULT: u32 = MIB;
/// Bytes.
const BODY_MAX: u32 = 100 * MIB;
/// Bytes. There is no default: a non-zero one would change every hash.
const PROXY_BUFFER_MAX: u32 = MIB;
/// Milliseconds, default and maximum.
const TIMEOUT: u32 = 60_000;
const TRIES_DEFAULT: u32 = 3;
const NEXT_CASES: [&str; 10] = [
    "error", "timeout", "500", "502", "503", "504", "403", "404", "429", "off",
];

/// Numbers of the leased addresses by name.
pub(crate) type SequenceNumbers = BTreeMap<String, u32>;

/// Order of exposed ports: target service, port, protocol, global first.
pub(crate) fn sort_key(expose: &Expose) -> (&str, u32, &str, bool) {
    (&expose.service, expose.port, &expose.proto, !expose.global)
}

/// Numbers the leased addresses.
///
/// Every internal connection counts as a nameless address, and a name that is used twice keeps its last number. Neither
/// was meant when this was first written, but numbers are part of the hash.
pub(crate) fn sequence_numbers<'a>(services: impl Iterator<Item = &'a document::Service>) -> SequenceNumbers {
    let mut names: Vec<&str> = services
        .flat_map(|service| service.expose.iter())
        .flat_map(|expose| expose.to.iter())
        .filter(|to| !*to.global || !to.ip.is_empty())
        .map(|to| to.ip.as_str())
        .collect();
    names.sort_unstable();
    names
        .into_iter()
        .zip(1..)
        .map(|(name, number)| (name.to_owned(), number))
        .collect()
}

/// The manifest's ports of one service.
pub(crate) fn read(
    path: &str,
    list: &[Nullable<document::Expose>],
    numbers: &SequenceNumbers,
) -> Result<Vec<Expose>, SdlError> {
    let mut exposes = Vec::new();
    for expose in list {
        let path = format!("{path}.expose.{}", *expose.port);
        let base = Expose {
            port: *expose.port,
            external_port: *expose.external,
            proto: protocol(&path, &expose.proto)?,
            hosts: strings(&expose.accept),
            http_options: http_options(&path, &expose.http_options)?,
            ..Expose::default()
        };
        if expose.to.is_empty() {
            exposes.push(base);
            continue;
        }
        exposes.extend(expose.to.iter().map(|to| Expose {
            service: to.service.0.clone(),
            global: *to.global,
            ip: to.ip.0.clone(),
            // The nameless number of internal connections is nobody's address.
            endpoint_sequence_number: if *to.global && !to.ip.is_empty() {
                numbers.get(&*to.ip).copied().unwrap_or(0)
            } else {
                0
            },
            ..base.clone()
        }));
    }
    exposes.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    Ok(exposes)
}

/// The endpoints that a list of ports needs, in the list's order.
pub(crate) fn endpoints(exposes: &[Expose]) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for expose in exposes.iter().filter(|expose| expose.global) {
        let kind = if expose.is_ingress() {
            Endpoint::SHARED_HTTP
        } else {
            Endpoint::RANDOM_PORT
        };
        endpoints.push(Endpoint {
            kind,
            sequence_number: 0,
        });
        if !expose.ip.is_empty() {
            let sequence_number = expose.endpoint_sequence_number;
            endpoints.push(Endpoint {
                kind: Endpoint::LEASED_IP,
                sequence_number,
            });
        }
    }
    endpoints
}

fn protocol(path: &str, text: &str) -> Result<String, SdlError> {
    match text.to_ascii_uppercase().as_str() {
        "" | "TCP" => Ok("TCP".to_owned()),
        "UDP" => Ok("UDP".to_owned()),
        _ => Err(SdlError::NotAllowed {
            path: format!("{path}.proto"),
            text: text.to_owned(),
            allowed: "tcp, udp",
        }),
    }
}

fn http_options(path: &str, written: &document::HttpOptions) -> Result<HttpOptions, SdlError> {
    let path = format!("{path}.http_options");
    let bounded = |name: &'static str, value: u32, default: u32, max: u32| match value {
        0 => Ok(default),
        _ if value <= max => Ok(value),
        _ => Err(SdlError::Limit {
            path: path.clone(),
            what: name,
            found: value.into(),
            min: 0,
            max: max.into(),
        }),
    };
    Ok(HttpOptions {
        max_body_size: bounded("max_body_size", *written.max_body_size, BODY_DEFAULT, BODY_MAX)?,
        read_timeout: bounded("read_timeout", *written.read_timeout, TIMEOUT, TIMEOUT)?,
        send_timeout: bounded("send_timeout", *written.send_timeout, TIMEOUT, TIMEOUT)?,
        next_tries: if *written.next_tries == 0 {
            TRIES_DEFAULT
        } else {
            *written.next_tries
        },
        next_timeout: *written.next_timeout,
        next_cases: next_cases(&path, &written.next_cases)?,
        proxy_buffer_size: bounded("proxy_buffer_size", *written.proxy_buffer_size, 0, PROXY_BUFFER_MAX)?,
    })
}

fn next_cases(path: &str, written: &[document::Text]) -> Result<Vec<String>, SdlError> {
    if written.is_empty() {
        return Ok(vec!["error".to_owned(), "timeout".to_owned()]);
    }
    for case in written {
        let alone = case.as_str() != "off" || written.len() == 1;
        if !alone || !NEXT_CASES.contains(&case.as_str()) {
            return Err(SdlError::NotAllowed {
                path: format!("{path}.next_cases"),
                text: case.0.clone(),
                allowed: "error, timeout, 500, 502, 503, 504, 403, 404, 429, or off alone",
            });
        }
    }
    Ok(written.iter().map(|case| case.0.clone()).collect())
}
