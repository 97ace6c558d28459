//! Accounts: who may sign, with which key, and how often they have.

use supercloud_proto::cosmos::auth::v1beta1::{BaseAccount, ModuleAccount};
use supercloud_proto::prost::{Message, Name};
use supercloud_proto::prost_types::Any;
use supercloud_proto::{pack, type_url};

use crate::address::Address;
use crate::error::{SdkError, TxError};
use crate::gov::DEPOSIT_MODULE;
use crate::machine::{GOV_MODULE, Machine, read_u64};
use crate::state_key;

pub(crate) mod key;
pub(crate) mod query;

/// Names of the accounts that belong to the chain.
pub(crate) const MODULES: [&str; 2] = [GOV_MODULE, DEPOSIT_MODULE];
/// Longest memo, in bytes.
pub(crate) const MAX_MEMO_LEN: usize = 256;
/// Most signatures of one transaction.
pub(crate) const MAX_SIGNATURES: usize = 7;
/// SDK gas per byte of a transaction.
pub(crate) const TX_SIZE_COST_PER_BYTE: u64 = 10;
/// SDK gas of one secp256k1 signature.
pub(crate) const SECP256K1_VERIFY_COST: u64 = 1_000;

/// Any account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Account {
    Base(BaseAccount),
    Module(ModuleAccount),
}

impl Account {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, TxError> {
        let any = Any::decode(bytes).map_err(|error| SdkError::corrupt("account", &error))?;
        let decoded = if any.type_url == type_url::<ModuleAccount>() {
            ModuleAccount::decode(&*any.value).map(Self::Module)
        } else {
            BaseAccount::decode(&*any.value).map(Self::Base)
        };
        Ok(decoded.map_err(|error| SdkError::corrupt("account", &error))?)
    }

    pub(crate) fn to_any(&self) -> Any {
        match self {
            Self::Base(account) => pack(account),
            Self::Module(account) => pack(account),
        }
    }

    pub(crate) fn base(&self) -> BaseAccount {
        match self {
            Self::Base(account) => account.clone(),
            Self::Module(account) => account.base_account.clone().unwrap_or_default(),
        }
    }
}

pub(crate) fn load(machine: &mut Machine<'_>, address: &Address) -> Result<Option<Account>, TxError> {
    machine
        .read(&state_key::auth::account(address))?
        .map(|bytes| Account::decode(&bytes))
        .transpose()
}

pub(crate) fn apply(machine: &mut Machine<'_>, address: &Address, account: &Account) -> Result<(), TxError> {
    Ok(machine.write(state_key::auth::account(address), account.to_any().encode_to_vec())?)
}

/// The account, made with the next number when there was none: receiving coins creates one.
pub(crate) fn load_or_create(machine: &mut Machine<'_>, address: &Address) -> Result<Account, TxError> {
    if let Some(account) = load(machine, address)? {
        return Ok(account);
    }
    let account = Account::Base(new_base_account(machine, address)?);
    apply(machine, address, &account)?;
    Ok(account)
}

pub(crate) fn apply_module_account(machine: &mut Machine<'_>, address: &Address, name: &str) -> Result<(), TxError> {
    let base = new_base_account(machine, address)?;
    apply_as_module(machine, address, name, base)
}

/// Turns what is known of an account into a module's.
pub(crate) fn apply_as_module(
    machine: &mut Machine<'_>,
    address: &Address,
    name: &str,
    base: BaseAccount,
) -> Result<(), TxError> {
    let account = ModuleAccount {
        base_account: Some(base),
        name: name.to_owned(),
        permissions: Vec::new(),
    };
    apply(machine, address, &Account::Module(account))
}

/// Writes an account of another chain; new ones get numbers above its.
pub(crate) fn import(machine: &mut Machine<'_>, address: &Address, account: &Account) -> Result<(), TxError> {
    let number = account.base().account_number;
    let next = match machine.read(state_key::auth::NEXT_NUMBER)? {
        Some(bytes) => read_u64(&bytes)?,
        None => 0,
    };
    let after = number.checked_add(1);
    let after = after.ok_or_else(|| SdkError::Logic(format!("account number {number} is the last")))?;
    let next = next.max(after).to_be_bytes().to_vec();
    machine.write(state_key::auth::NEXT_NUMBER.to_vec(), next)?;
    machine
        .state
        .set(state_key::auth::by_number(number), address.as_bytes().to_vec());
    apply(machine, address, account)
}

fn new_base_account(machine: &mut Machine<'_>, address: &Address) -> Result<BaseAccount, TxError> {
    let account_number = machine.take_number(state_key::auth::NEXT_NUMBER, 0)?;
    // An index that nobody pays for: what an account costs is a fact of other chains.
    machine
        .state
        .set(state_key::auth::by_number(account_number), address.as_bytes().to_vec());
    Ok(BaseAccount {
        address: machine.text(address),
        pub_key: None,
        account_number,
        sequence: 0,
    })
}

/// Whether `any` holds a message of type `M`, by its slash-prefixed URL.
pub(crate) fn holds<M: Name>(any: &Any) -> bool {
    any.type_url == type_url::<M>()
}
