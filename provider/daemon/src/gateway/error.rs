//! Refusals as tenants see them.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use supercloud_sdl::ManifestError;

use crate::chain::ChainError;
use crate::jwt::JwtError;

/// A status with a code for programs and a message for people.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(super) fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    pub(super) fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code, "message": self.message } });
        (self.status, Json(body)).into_response()
    }
}

impl From<JwtError> for ApiError {
    fn from(error: JwtError) -> Self {
        let (status, code) = match &error {
            JwtError::Malformed(_) => (StatusCode::BAD_REQUEST, "token_malformed"),
            JwtError::Algorithm(_) => (StatusCode::BAD_REQUEST, "token_algorithm"),
            JwtError::Claims(_) => (StatusCode::BAD_REQUEST, "token_claims"),
            JwtError::Signature { .. } => (StatusCode::UNAUTHORIZED, "token_signature"),
            JwtError::Expired { .. } => (StatusCode::UNAUTHORIZED, "token_expired"),
            JwtError::NotYetValid { .. } => (StatusCode::UNAUTHORIZED, "token_not_yet_valid"),
            JwtError::TooLong { .. } => (StatusCode::UNAUTHORIZED, "token_too_long"),
            JwtError::Audience { .. } => (StatusCode::UNAUTHORIZED, "token_audience"),
            JwtError::Forbidden { .. } => (StatusCode::FORBIDDEN, "forbidden"),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<ChainError> for ApiError {
    fn from(error: ChainError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "chain_unreachable", error.to_string())
    }
}

impl From<ManifestError> for ApiError {
    fn from(error: ManifestError) -> Self {
        let code = match &error {
            ManifestError::GroupsDiffer { .. } | ManifestError::Mismatch { .. } | ManifestError::UnderUsed { .. } => {
                "manifest_does_not_fit"
            }
            _ => "manifest_invalid",
        };
        Self::refused(code, error.to_string())
    }
}
