//! Tokens by which a tenant speaks to a provider's gateway: JSON Web Tokens signed with the account key (AEP-64).
//!
//! A tenant makes one with [`sign`] (or [`full_access`]); the gateway reads it with [`verify`], which takes the time as an
//! argument and makes no call: the signature yields the public key, and the key must hash to the issuer's address. That
//! is the same proof as comparing with the key that the chain stores for the account, because accounts cannot change
//! their key, and it also works for an account that has never signed a transaction.
//!
//! Accepted: `ES256K` (secp256k1 over SHA-256) and `ES256KADR36` (the same over the document that browser wallets sign).
//! Denied by default: a token must name this provider as its audience, or else, as older clients do, in its own granular
//! permissions. It lives for at most 15 minutes, and host clocks may differ by 60 s.

mod adr36;
mod authorize;
mod claims;
mod signature;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use supercloud_client::{Key, address};
use thiserror::Error;

pub use authorize::{Request, ServiceFilter};
pub use claims::{Access, Audience, Claims, DeploymentPermission, Leases, Permission, Scope};

/// Longest life of a token.
pub const MAX_LIFE: Duration = Duration::from_secs(15 * 60);
/// By how much clocks may differ.
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);
/// Longest token in bytes; stops the gateway from decoding heaps.
const MAX_TOKEN: usize = 16 << 10;

const ES256K: &str = "ES256K";
const ES256K_ADR36: &str = "ES256KADR36";

/// Why a token is not accepted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum JwtError {
    /// Not a token at all.
    #[error("malformed token: {0}")]
    Malformed(String),
    /// Another signature algorithm.
    #[error("algorithm {0:?} is not accepted")]
    Algorithm(String),
    /// Claims that contradict the format.
    #[error("invalid claims: {0}")]
    Claims(String),
    /// The signature is not the issuer's.
    #[error("the signature is not that of {iss}")]
    Signature {
        /// The issuer.
        iss: String,
    },
    /// Its time is over.
    #[error("expired at {exp}, it is {now}")]
    Expired {
        /// Last second.
        exp: u64,
        /// This host's clock.
        now: u64,
    },
    /// Its time has not come.
    #[error("not valid before {from}, it is {now}")]
    NotYetValid {
        /// First second.
        from: u64,
        /// This host's clock.
        now: u64,
    },
    /// It would live too long.
    #[error("life of {life} s, at most {max} s are accepted")]
    TooLong {
        /// Seconds.
        life: u64,
        /// Seconds.
        max: u64,
    },
    /// It is meant for somebody else.
    #[error("the token is not for provider {provider}")]
    Audience {
        /// This provider.
        provider: String,
    },
    /// A good token that does not allow this.
    #[error("the token does not allow {scope} here")]
    Forbidden {
        /// What was tried.
        scope: Scope,
    },
}

/// What the gateway knows when it reads a token.
#[derive(Clone, Copy, Debug)]
pub struct Verifier<'a> {
    /// This provider's address.
    pub provider: &'a str,
    /// Prefix of addresses.
    pub hrp: &'a str,
    /// Host's wall clock in seconds since the Unix epoch.
    pub now: u64,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
}

/// A token with full access to one provider, valid from now for `life` (at most [`MAX_LIFE`]).
pub fn full_access(key: &Key, hrp: &str, provider: &str, now: u64, life: Duration) -> Result<String, JwtError> {
    let iss = key.address(hrp).map_err(|error| JwtError::Claims(error.to_string()))?;
    sign(&Claims::new(iss, provider, Leases::full(), now, life), key)
}

/// Signs claims with `ES256K`.
pub fn sign(claims: &Claims, key: &Key) -> Result<String, JwtError> {
    let encode = |json: Result<Vec<u8>, serde_json::Error>| {
        json.map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
            .map_err(|error| JwtError::Claims(error.to_string()))
    };
    let header = Header {
        alg: ES256K.to_owned(),
        typ: "JWT".to_owned(),
    };
    let signed = format!(
        "{}.{}",
        encode(serde_json::to_vec(&header))?,
        encode(serde_json::to_vec(claims))?
    );
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    Ok(format!("{signed}.{signature}"))
}

/// Reads a token: form, claims, signature, time, audience, in this order.
pub fn verify(token: &str, verifier: &Verifier<'_>) -> Result<Claims, JwtError> {
    let malformed = |what: &str| JwtError::Malformed(what.to_owned());
    if token.len() > MAX_TOKEN {
        return Err(malformed("too long"));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(|| malformed("no signature"))?;
    let (header, claims) = signed.split_once('.').ok_or_else(|| malformed("no claims"))?;
    let header: Header = decode(header, "header")?;
    let claims: Claims = decode(claims, "claims")?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| malformed("signature is not base64url"))?;
    claims.check()?;
    let account = address::decode(verifier.hrp, &claims.iss).map_err(|error| JwtError::Claims(error.to_string()))?;
    let document = match header.alg.as_str() {
        ES256K => signed.as_bytes().to_vec(),
        ES256K_ADR36 => adr36::document(&claims.iss, signed.as_bytes()),
        other => return Err(JwtError::Algorithm(other.to_owned())),
    };
    if !signature::is_by(&account, &document, &signature) {
        return Err(JwtError::Signature { iss: claims.iss });
    }
    assert_time(&claims, verifier.now)?;
    if !claims.is_for(verifier.provider) {
        return Err(JwtError::Audience {
            provider: verifier.provider.to_owned(),
        });
    }
    Ok(claims)
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str, what: &str) -> Result<T, JwtError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| JwtError::Malformed(format!("{what} is not base64url")))?;
    serde_json::from_slice(&bytes).map_err(|error| JwtError::Malformed(format!("{what}: {error}")))
}

fn assert_time(claims: &Claims, now: u64) -> Result<(), JwtError> {
    let skew = CLOCK_SKEW.as_secs();
    if now >= claims.exp.saturating_add(skew) {
        return Err(JwtError::Expired { exp: claims.exp, now });
    }
    let from = claims.iat.max(claims.nbf);
    if from > now.saturating_add(skew) {
        return Err(JwtError::NotYetValid { from, now });
    }
    let life = claims.exp.saturating_sub(claims.iat.min(claims.nbf));
    if life > MAX_LIFE.as_secs() {
        return Err(JwtError::TooLong {
            life,
            max: MAX_LIFE.as_secs(),
        });
    }
    Ok(())
}
