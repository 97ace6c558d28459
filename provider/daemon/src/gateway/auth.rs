//! Who is asking: the bearer token, read against this host's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};

use super::Gateway;
use super::error::ApiError;
use crate::jwt::{Request, ServiceFilter, Verifier, verify};

/// A request that may go on.
#[derive(Debug)]
pub(super) struct Permit {
    /// The token's issuer, and so the owner of every lease that can be named.
    pub(super) owner: String,
    pub(super) services: ServiceFilter,
}

impl Gateway {
    /// Reads the token and asks it whether the request is allowed.
    pub(super) fn permit(&self, headers: &HeaderMap, request: &Request) -> Result<Permit, ApiError> {
        let token = bearer(headers)?;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let verifier = Verifier {
            provider: &self.provider,
            hrp: &self.hrp,
            now,
        };
        let claims = verify(token, &verifier)?;
        let services = claims.authorize(&verifier, request)?;
        Ok(Permit {
            owner: claims.iss,
            services,
        })
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            "token_missing",
            "this route needs a bearer token",
        ));
    };
    let text = value.to_str().ok();
    let token = text.and_then(|text| text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("bearer ")));
    token
        .map(str::trim)
        .ok_or_else(|| ApiError::bad_request("the authorization header is not a bearer token"))
}
