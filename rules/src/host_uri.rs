//! Syntax of a provider's gateway address: `https://host[:port]`, nothing else (market.md 6.1).

use std::net::{Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// Longest address in bytes: a full domain name with scheme and port fits.
pub const MAX_HOST_URI_BYTES: usize = 270;

const SCHEME: &str = "https://";

/// What is wrong with a gateway address.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum HostUriError {
    /// Too long.
    #[error("host uri has {length} bytes, at most {limit} are allowed")]
    TooLong {
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// Not an absolute `https` URL.
    #[error("host uri {uri:?} does not start with https://")]
    NotHttps {
        /// The text.
        uri: String,
    },
    /// Something follows the host and port: a path (a lone slash too), a query, a fragment; or a user precedes it.
    #[error("host uri {uri:?} has more than a host and a port")]
    NotBare {
        /// The text.
        uri: String,
    },
    /// The host is neither a domain name nor an address.
    #[error("host uri {uri:?} has no valid host")]
    InvalidHost {
        /// The text.
        uri: String,
    },
    /// The port is not a number from 1 to 65535.
    #[error("host uri {uri:?} has no valid port")]
    InvalidPort {
        /// The text.
        uri: String,
    },
}

/// Refuses anything but `https://host[:port]`.
pub fn assert_host_uri(uri: &str) -> Result<(), HostUriError> {
    if uri.len() > MAX_HOST_URI_BYTES {
        return Err(HostUriError::TooLong {
            length: uri.len(),
            limit: MAX_HOST_URI_BYTES,
        });
    }
    let owned = || uri.to_string();
    let Some(rest) = uri.strip_prefix(SCHEME) else {
        return Err(HostUriError::NotHttps { uri: owned() });
    };
    if rest.contains(['/', '?', '#', '@', '\\']) {
        return Err(HostUriError::NotBare { uri: owned() });
    }
    let (host, port) = split_port(rest);
    if !is_host(host) {
        return Err(HostUriError::InvalidHost { uri: owned() });
    }
    match port {
        Some(port) if !is_port(port) => Err(HostUriError::InvalidPort { uri: owned() }),
        _ => Ok(()),
    }
}

/// Cuts at the last colon, unless that belongs to an IPv6 address in brackets.
fn split_port(rest: &str) -> (&str, Option<&str>) {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    }
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let numeric = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if numeric {
        host.parse::<Ipv4Addr>().is_ok()
    } else {
        host.len() <= 253 && host.split('.').all(is_label)
    }
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_with_or_without_port_is_accepted() {
        for uri in [
            "https://provider.example.com",
            "https://provider.example.com:8443",
            "https://localhost:65535",
            "https://10.0.0.1:1",
            "https://[2001:db8::1]",
            "https://[2001:db8::1]:8443",
            "https://a-b.C9",
        ] {
            assert_eq!(assert_host_uri(uri), Ok(()), "{uri}");
        }
    }

    #[test]
    fn everything_else_is_refused_for_its_reason() {
        let owned = |uri: &str| uri.to_string();
        for uri in [
            "",
            "provider.example.com",
            "http://a.example",
            "HTTPS://a.example",
            "//a.example",
        ] {
            assert_eq!(assert_host_uri(uri), Err(HostUriError::NotHttps { uri: owned(uri) }));
        }
        for uri in [
            "https://a.example/",
            "https://a.example/x",
            "https://a?b",
            "https://a#b",
            "https://u@a",
            "https://a\\b",
        ] {
            assert_eq!(assert_host_uri(uri), Err(HostUriError::NotBare { uri: owned(uri) }));
        }
        for uri in [
            "https://",
            "https://:80",
            "https://a..b",
            "https://-a",
            "https://a-",
            "https://a_b",
            "https://a b",
            "https://1.2.3",
            "https://256.1.1.1",
            "https://[::g]",
            "https://[::1",
            "https://b\u{fc}cher.example",
        ] {
            assert_eq!(assert_host_uri(uri), Err(HostUriError::InvalidHost { uri: owned(uri) }));
        }
        for uri in [
            "https://a:",
            "https://a:0",
            "https://a:65536",
            "https://a:+1",
            "https://a:x",
        ] {
            assert_eq!(assert_host_uri(uri), Err(HostUriError::InvalidPort { uri: owned(uri) }));
        }
    }

    #[test]
    fn length_is_limited_on_both_sides() {
        let label = "a".repeat(63);
        let domain = format!("{label}.{label}.{label}.{}", "b".repeat(61));
        let longest = format!("https://{domain}:65535");
        assert_eq!((domain.len(), assert_host_uri(&longest)), (253, Ok(())));
        let too_long = format!("https://{}", "a".repeat(263));
        assert_eq!(
            assert_host_uri(&too_long),
            Err(HostUriError::TooLong {
                length: 271,
                limit: 270
            })
        );
    }
}
