//! gRPC status codes: what REST and gRPC say when a query has no answer, and how that relates to ABCI codes.

use axum::http::StatusCode;
use supercloud_chain::QueryResult;
use thiserror::Error;

use crate::api::SearchError;

/// The canonical gRPC codes that a query can end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Code {
    /// The caller went away.
    Canceled = 1,
    /// An error of a module.
    Unknown = 2,
    /// The request is wrong whatever the state.
    InvalidArgument = 3,
    /// Too late.
    DeadlineExceeded = 4,
    /// No such thing.
    NotFound = 5,
    /// There is one already.
    AlreadyExists = 6,
    /// Not allowed.
    PermissionDenied = 7,
    /// A limit is reached.
    ResourceExhausted = 8,
    /// Not in this state.
    FailedPrecondition = 9,
    /// A conflict.
    Aborted = 10,
    /// Past the end.
    OutOfRange = 11,
    /// No such method.
    Unimplemented = 12,
    /// A fault of the node.
    Internal = 13,
    /// Not now.
    Unavailable = 14,
    /// Something is lost.
    DataLoss = 15,
    /// Who are you?
    Unauthenticated = 16,
}

const NAMES: [(Code, &str); 16] = [
    (Code::Canceled, "Canceled"),
    (Code::Unknown, "Unknown"),
    (Code::InvalidArgument, "InvalidArgument"),
    (Code::DeadlineExceeded, "DeadlineExceeded"),
    (Code::NotFound, "NotFound"),
    (Code::AlreadyExists, "AlreadyExists"),
    (Code::PermissionDenied, "PermissionDenied"),
    (Code::ResourceExhausted, "ResourceExhausted"),
    (Code::FailedPrecondition, "FailedPrecondition"),
    (Code::Aborted, "Aborted"),
    (Code::OutOfRange, "OutOfRange"),
    (Code::Unimplemented, "Unimplemented"),
    (Code::Internal, "Internal"),
    (Code::Unavailable, "Unavailable"),
    (Code::DataLoss, "DataLoss"),
    (Code::Unauthenticated, "Unauthenticated"),
];

impl Code {
    /// The name that Go's gRPC prints.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(code, _)| *code == self)
            .map_or("Unknown", |(_, name)| name)
    }

    fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(code, _)| *code)
    }

    /// HTTP status by grpc-gateway's table.
    pub fn http(self) -> StatusCode {
        match self {
            Self::Canceled => StatusCode::REQUEST_TIMEOUT,
            Self::InvalidArgument | Self::FailedPrecondition | Self::OutOfRange => StatusCode::BAD_REQUEST,
            Self::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::AlreadyExists | Self::Aborted => StatusCode::CONFLICT,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Self::Unimplemented => StatusCode::NOT_IMPLEMENTED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unknown | Self::Internal | Self::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The SDK error code under which `abci_query` reports it, with that error's name.
    fn abci(self) -> (u32, &'static str) {
        match self {
            Self::NotFound => (22, "key not found"),
            Self::InvalidArgument | Self::FailedPrecondition => (18, "invalid request"),
            Self::Unauthenticated => (4, "unauthorized"),
            _ => (6, "unknown request"),
        }
    }
}

/// Why a query has no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("rpc error: code = {} desc = {message}", .code.name())]
pub struct Status {
    /// Which kind.
    pub code: Code,
    /// For people; clients match on parts of some texts.
    pub message: String,
}

impl From<SearchError> for Status {
    fn from(error: SearchError) -> Self {
        Self::new(Code::ResourceExhausted, error.to_string())
    }
}

impl Status {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// The same as an answer of `abci_query`.
    pub(crate) fn to_query_result(&self, height: u64) -> QueryResult {
        let (code, name) = self.code.abci();
        QueryResult {
            code,
            codespace: "sdk".into(),
            log: format!("{self}: {name}"),
            info: String::new(),
            value: Vec::new(),
            height,
        }
    }

    /// Reads the log of a query that the chain refused: `rpc error: code = NotFound desc = …: key not found`.
    pub(crate) fn of_refused(result: &QueryResult) -> Self {
        let grammar = result
            .log
            .strip_prefix("rpc error: code = ")
            .and_then(|rest| rest.split_once(" desc = "));
        if let Some((code, text)) = grammar.and_then(|(name, text)| Some((Code::from_name(name)?, text))) {
            let (_, suffix) = code.abci();
            let message = text
                .strip_suffix(suffix)
                .and_then(|text| text.strip_suffix(": "))
                .unwrap_or(text);
            return Self::new(code, message);
        }
        let code = match (result.codespace.as_str(), result.code) {
            ("sdk", 6) if result.log.starts_with("unknown query path") => Code::Unimplemented,
            ("sdk", 22 | 38) => Code::NotFound,
            ("sdk", 18) => Code::InvalidArgument,
            ("sdk", 4) => Code::Unauthenticated,
            _ => Code::Unknown,
        };
        Self::new(code, &*result.log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u32, log: &str) -> QueryResult {
        QueryResult {
            code,
            codespace: "sdk".into(),
            log: log.into(),
            info: String::new(),
            value: Vec::new(),
            height: 1,
        }
    }

    #[test]
    fn a_status_survives_the_way_through_abci() {
        for (code, _) in NAMES {
            let status = Status::new(code, "account x: not here");
            assert_eq!(Status::of_refused(&status.to_query_result(1)), status);
        }
        assert_eq!(
            Status::not_found("account x not found").to_query_result(3).log,
            "rpc error: code = NotFound desc = account x not found: key not found"
        );
    }

    #[test]
    fn logs_outside_the_grammar_keep_their_text() {
        assert_eq!(
            Status::of_refused(&refused(6, "unknown query path /x: unknown request")),
            Status::new(Code::Unimplemented, "unknown query path /x: unknown request")
        );
        assert_eq!(Status::of_refused(&refused(22, "gone")), Status::not_found("gone"));
        assert_eq!(
            Status::of_refused(&refused(6, "rpc error: code = Nonsense desc = x")),
            Status::new(Code::Unknown, "rpc error: code = Nonsense desc = x")
        );
    }
}
