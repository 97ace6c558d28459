//! Wraps a contract's entry functions for cw-multi-test without turning its errors into text.

use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, MessageInfo, MigrateInfo, Reply, Response, StdError, StdResult, from_json,
};
use cw_multi_test::Contract;
use serde::de::DeserializeOwned;

use crate::raised::raised;

type CallFn = Box<dyn Fn(DepsMut<'_>, Env, MessageInfo, Vec<u8>) -> StdResult<Response>>;
type QueryFn = Box<dyn Fn(Deps<'_>, Env, Vec<u8>) -> StdResult<Binary>>;
type ReplyFn = Box<dyn Fn(DepsMut<'_>, Env, Reply) -> StdResult<Response>>;
type PrivilegedFn = Box<dyn Fn(DepsMut<'_>, Env, Vec<u8>) -> StdResult<Response>>;

/// A contract made of its entry functions. Unlike the wrapper of cw-multi-test it keeps the type of every error.
pub struct TypedContract {
    instantiate: CallFn,
    execute: CallFn,
    query: QueryFn,
    reply: Option<ReplyFn>,
    sudo: Option<PrivilegedFn>,
    migrate: Option<PrivilegedFn>,
}

impl TypedContract {
    /// A contract with the three entry functions that each has.
    pub fn new<I, X, Q, EI, EX, EQ>(
        instantiate: fn(DepsMut<'_>, Env, MessageInfo, I) -> Result<Response, EI>,
        execute: fn(DepsMut<'_>, Env, MessageInfo, X) -> Result<Response, EX>,
        query: fn(Deps<'_>, Env, Q) -> Result<Binary, EQ>,
    ) -> Self
    where
        I: DeserializeOwned + 'static,
        X: DeserializeOwned + 'static,
        Q: DeserializeOwned + 'static,
        EI: Into<StdError> + 'static,
        EX: Into<StdError> + 'static,
        EQ: Into<StdError> + 'static,
    {
        Self {
            instantiate: Box::new(move |deps, env, info, msg| raised(instantiate(deps, env, info, from_json(msg)?))),
            execute: Box::new(move |deps, env, info, msg| raised(execute(deps, env, info, from_json(msg)?))),
            query: Box::new(move |deps, env, msg| raised(query(deps, env, from_json(msg)?))),
            reply: None,
            sudo: None,
            migrate: None,
        }
    }

    /// Adds `reply`.
    pub fn with_reply<E: Into<StdError> + 'static>(
        mut self,
        reply: fn(DepsMut<'_>, Env, Reply) -> Result<Response, E>,
    ) -> Self {
        self.reply = Some(Box::new(move |deps, env, msg| raised(reply(deps, env, msg))));
        self
    }

    /// Adds `sudo`.
    pub fn with_sudo<M: DeserializeOwned + 'static, E: Into<StdError> + 'static>(
        mut self,
        sudo: fn(DepsMut<'_>, Env, M) -> Result<Response, E>,
    ) -> Self {
        self.sudo = Some(Box::new(move |deps, env, msg| raised(sudo(deps, env, from_json(msg)?))));
        self
    }

    /// Adds `migrate`.
    pub fn with_migrate<M: DeserializeOwned + 'static, E: Into<StdError> + 'static>(
        mut self,
        migrate: fn(DepsMut<'_>, Env, M) -> Result<Response, E>,
    ) -> Self {
        self.migrate = Some(Box::new(move |deps, env, msg| {
            raised(migrate(deps, env, from_json(msg)?))
        }));
        self
    }
}

fn missing(entry: &str) -> StdError {
    StdError::msg(format!("contract has no {entry}"))
}

impl Contract<cosmwasm_std::Empty> for TypedContract {
    fn instantiate(&self, deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: Vec<u8>) -> StdResult<Response> {
        (self.instantiate)(deps, env, info, msg)
    }

    fn execute(&self, deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: Vec<u8>) -> StdResult<Response> {
        (self.execute)(deps, env, info, msg)
    }

    fn query(&self, deps: Deps<'_>, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        (self.query)(deps, env, msg)
    }

    fn reply(&self, deps: DepsMut<'_>, env: Env, msg: Reply) -> StdResult<Response> {
        self.reply.as_ref().ok_or_else(|| missing("reply"))?(deps, env, msg)
    }

    fn sudo(&self, deps: DepsMut<'_>, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        self.sudo.as_ref().ok_or_else(|| missing("sudo"))?(deps, env, msg)
    }

    fn migrate(&self, deps: DepsMut<'_>, env: Env, msg: Vec<u8>, _info: MigrateInfo) -> StdResult<Response> {
        self.migrate.as_ref().ok_or_else(|| missing("migrate"))?(deps, env, msg)
    }
}
