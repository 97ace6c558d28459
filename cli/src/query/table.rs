//! The queries of the state as a table, and the commands made of it.

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand};
use serde_json::{Map, Value};

use super::request::{self, Form};
use crate::codec;

/// One query.
struct Entry {
    /// Words after the group's.
    name: &'static str,
    method: &'static str,
    about: &'static str,
    /// Argument's name, field of the request, form.
    arguments: &'static [(&'static str, &'static str, Form)],
}

struct Group {
    name: &'static str,
    about: &'static str,
    entries: &'static [Entry],
    /// Groups in the group.
    groups: &'static [Group],
}

const fn entry(
    name: &'static str,
    method: &'static str,
    about: &'static str,
    arguments: &'static [(&'static str, &'static str, Form)],
) -> Entry {
    Entry {
        name,
        method,
        about,
        arguments,
    }
}

const fn group(name: &'static str, about: &'static str, entries: &'static [Entry]) -> Group {
    Group {
        name,
        about,
        entries,
        groups: &[],
    }
}

use Form::{Hex, Json, Number, Text};

#[rustfmt::skip]
const GROUPS: &[Group] = &[
    group("auth", "Accounts", &[
        entry("account", "/cosmos.auth.v1beta1.Query/Account", "An account", &[("address", "address", Text)]),
        entry("accounts", "/cosmos.auth.v1beta1.Query/Accounts", "All accounts", &[]),
        entry("module-account", "/cosmos.auth.v1beta1.Query/ModuleAccountByName", "The account of a module", &[("name", "name", Text)]),
        entry("module-accounts", "/cosmos.auth.v1beta1.Query/ModuleAccounts", "Accounts of all modules", &[]),
        entry("params", "/cosmos.auth.v1beta1.Query/Params", "Parameters", &[]),
    ]),
    group("authz", "Authorizations", &[
        entry("grants", "/cosmos.authz.v1beta1.Query/Grants", "What one granted another", &[("granter", "granter", Text), ("grantee", "grantee", Text)]),
        entry("grants-by-granter", "/cosmos.authz.v1beta1.Query/GranterGrants", "What an account granted", &[("granter", "granter", Text)]),
        entry("grants-by-grantee", "/cosmos.authz.v1beta1.Query/GranteeGrants", "What was granted to an account", &[("grantee", "grantee", Text)]),
    ]),
    group("bank", "Coins", &[
        entry("balances", "/cosmos.bank.v1beta1.Query/AllBalances", "All coins of an account", &[("address", "address", Text)]),
        entry("balance", "/cosmos.bank.v1beta1.Query/Balance", "One coin of an account", &[("address", "address", Text), ("denom", "denom", Text)]),
        entry("spendable-balances", "/cosmos.bank.v1beta1.Query/SpendableBalances", "Coins that an account may spend", &[("address", "address", Text)]),
        entry("spendable-balance", "/cosmos.bank.v1beta1.Query/SpendableBalanceByDenom", "One coin that an account may spend", &[("address", "address", Text), ("denom", "denom", Text)]),
        entry("total-supply", "/cosmos.bank.v1beta1.Query/TotalSupply", "Supply of all denoms", &[]),
        entry("total-supply-of", "/cosmos.bank.v1beta1.Query/SupplyOf", "Supply of a denom", &[("denom", "denom", Text)]),
        entry("denom-metadata", "/cosmos.bank.v1beta1.Query/DenomMetadata", "What wallets show for a denom", &[("denom", "denom", Text)]),
        entry("denoms-metadata", "/cosmos.bank.v1beta1.Query/DenomsMetadata", "What wallets show for all denoms", &[]),
        entry("denom-owners", "/cosmos.bank.v1beta1.Query/DenomOwners", "Who holds a denom", &[("denom", "denom", Text)]),
        entry("send-enabled", "/cosmos.bank.v1beta1.Query/SendEnabled", "Denoms with a rule about sending", &[]),
        entry("send-restriction", "/supercloud.bank.v1.Query/SendRestriction", "Who may send and receive a denom", &[("denom", "denom", Text)]),
        entry("params", "/cosmos.bank.v1beta1.Query/Params", "Parameters", &[]),
    ]),
    group("feegrant", "Fee allowances", &[
        entry("grant", "/cosmos.feegrant.v1beta1.Query/Allowance", "The allowance of one to another", &[("granter", "granter", Text), ("grantee", "grantee", Text)]),
        entry("grants-by-grantee", "/cosmos.feegrant.v1beta1.Query/Allowances", "Allowances that an account has", &[("grantee", "grantee", Text)]),
        entry("grants-by-granter", "/cosmos.feegrant.v1beta1.Query/AllowancesByGranter", "Allowances that an account gave", &[("granter", "granter", Text)]),
    ]),
    group("gov", "Governance", &[
        entry("proposals", "/cosmos.gov.v1.Query/Proposals", "All proposals", &[]),
        entry("proposal", "/cosmos.gov.v1.Query/Proposal", "A proposal", &[("id", "proposal_id", Number)]),
        entry("votes", "/cosmos.gov.v1.Query/Votes", "Votes on a proposal", &[("id", "proposal_id", Number)]),
        entry("vote", "/cosmos.gov.v1.Query/Vote", "One vote", &[("id", "proposal_id", Number), ("voter", "voter", Text)]),
        entry("tally", "/cosmos.gov.v1.Query/TallyResult", "How a vote stands", &[("id", "proposal_id", Number)]),
        entry("deposits", "/cosmos.gov.v1.Query/Deposits", "Deposits on a proposal", &[("id", "proposal_id", Number)]),
        entry("deposit", "/cosmos.gov.v1.Query/Deposit", "One deposit", &[("id", "proposal_id", Number), ("depositor", "depositor", Text)]),
        entry("council", "/supercloud.gov.v1.Query/Council", "Who votes, with which weight", &[]),
        entry("params", "/cosmos.gov.v1.Query/Params", "Parameters", &[]),
    ]),
    group("node", "Settings of the node", &[
        entry("config", "/cosmos.base.node.v1beta1.Service/Config", "Least gas price and what is kept", &[]),
        entry("info", "/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo", "Version and chain", &[]),
    ]),
    group("tokenfactory", "Denoms that somebody mints", &[
        entry("denom-authority-metadata", "/osmosis.tokenfactory.v1beta1.Query/DenomAuthorityMetadata", "Who mints a denom", &[("denom", "denom", Text)]),
        entry("denoms-from-creator", "/osmosis.tokenfactory.v1beta1.Query/DenomsFromCreator", "Denoms of an account", &[("creator", "creator", Text)]),
        entry("mint-cap", "/supercloud.tokenfactory.v1.Query/MintCap", "How much may be minted per day", &[("denom", "denom", Text)]),
    ]),
    Group {
        name: "wasm",
        about: "Codes and contracts",
        entries: &[
            entry("list-code", "/cosmwasm.wasm.v1.Query/Codes", "All codes", &[]),
            entry("code-info", "/cosmwasm.wasm.v1.Query/CodeInfo", "A code without its bytes", &[("code-id", "code_id", Number)]),
            entry("code", "/cosmwasm.wasm.v1.Query/Code", "A code with its bytes", &[("code-id", "code_id", Number)]),
            entry("contract", "/cosmwasm.wasm.v1.Query/ContractInfo", "A contract", &[("address", "address", Text)]),
            entry("contract-history", "/cosmwasm.wasm.v1.Query/ContractHistory", "Codes that a contract had", &[("address", "address", Text)]),
            entry("list-contract-by-code", "/cosmwasm.wasm.v1.Query/ContractsByCode", "Contracts of a code", &[("code-id", "code_id", Number)]),
            entry("list-contracts-by-creator", "/cosmwasm.wasm.v1.Query/ContractsByCreator", "Contracts of an account", &[("creator", "creator_address", Text)]),
            entry("build-address", "/cosmwasm.wasm.v1.Query/BuildAddress", "Where instantiate2 puts a contract", &[("code-hash", "code_hash", Text), ("creator", "creator_address", Text), ("salt-hex", "salt", Text)]),
            entry("pinned", "/cosmwasm.wasm.v1.Query/PinnedCodes", "Codes kept in memory", &[]),
            entry("params", "/cosmwasm.wasm.v1.Query/Params", "Parameters", &[]),
        ],
        groups: &[group("contract-state", "What a contract holds", &[
            entry("smart", "/cosmwasm.wasm.v1.Query/SmartContractState", "Ask a contract", &[("address", "address", Text), ("query", "query_data", Json)]),
            entry("raw", "/cosmwasm.wasm.v1.Query/RawContractState", "The value under a key", &[("address", "address", Text), ("key-hex", "query_data", Hex)]),
            entry("all", "/cosmwasm.wasm.v1.Query/AllContractState", "All keys and values", &[("address", "address", Text)]),
        ])],
    },
];

/// Other names of entries, as other versions of the same tools have them.
const ALIASES: &[(&str, &str)] = &[
    ("total-supply", "total"),
    ("total-supply-of", "supply-of"),
    ("list-code", "list-codes"),
    ("list-contract-by-code", "list-contracts-by-code"),
];

/// Arguments of queries with pages: name, the same in newer tools, field of the page, help.
const PAGE_ARGUMENTS: [(&str, &str, &str, &str); 3] = [
    ("limit", "page-limit", "limit", "Most entries of the answer"),
    ("page-key", "key", "key", "next_key of the page before, in base64"),
    (
        "offset",
        "page-offset",
        "offset",
        "Entries that are passed over; not with --page-key",
    ),
];
/// Likewise, without a value.
const PAGE_FLAGS: [(&str, &str, &str, &str); 2] = [
    ("reverse", "page-reverse", "reverse", "The last entries first"),
    ("count-total", "page-count-total", "count_total", "Count all entries"),
];

/// A chosen query.
pub(super) struct TableCommand {
    pub(super) method: &'static str,
    arguments: Vec<(&'static str, Form, String)>,
    page: Option<Value>,
}

impl TableCommand {
    /// The request as JSON.
    pub(super) fn request(&self) -> Result<Value> {
        let mut request = Map::new();
        for (field, form, text) in &self.arguments {
            request.insert((*field).to_owned(), request::read(*form, text)?);
        }
        if let Some(page) = &self.page {
            request.insert("pagination".into(), page.clone());
        }
        Ok(Value::Object(request))
    }
}

fn is_paged(method: &str) -> bool {
    codec::method_at(method).is_ok_and(|method| method.input().get_field_by_name("pagination").is_some())
}

fn command_of_entry(entry: &Entry) -> Command {
    let mut command = Command::new(entry.name).about(entry.about);
    for (name, _, _) in entry.arguments {
        command = command.arg(Arg::new(*name).required(true));
    }
    if is_paged(entry.method) {
        for (name, alias, _, help) in PAGE_ARGUMENTS {
            command = command.arg(Arg::new(name).long(name).alias(alias).help(help));
        }
        for (name, alias, _, help) in PAGE_FLAGS {
            let flag = Arg::new(name).long(name).alias(alias).help(help);
            command = command.arg(flag.action(ArgAction::SetTrue));
        }
    }
    let aliases = ALIASES.iter().filter(|(name, _)| *name == entry.name);
    command.visible_aliases(aliases.map(|(_, alias)| *alias))
}

fn command_of_group(group: &Group) -> Command {
    Command::new(group.name)
        .about(group.about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(group.entries.iter().map(command_of_entry))
        .subcommands(group.groups.iter().map(command_of_group))
}

fn read_entry(entry: &'static Entry, matches: &ArgMatches) -> TableCommand {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let arguments = entry
        .arguments
        .iter()
        .filter_map(|(name, field, form)| Some((*field, *form, text(name)?)))
        .collect();
    let page = is_paged(entry.method).then(|| {
        let mut page = Map::new();
        for (name, _, field, _) in PAGE_FLAGS {
            page.insert(field.to_owned(), matches.get_flag(name).into());
        }
        for (name, _, field, _) in PAGE_ARGUMENTS {
            if let Some(text) = text(name) {
                page.insert(field.to_owned(), text.into());
            }
        }
        Value::Object(page)
    });
    TableCommand {
        method: entry.method,
        arguments,
        page,
    }
}

fn read_group(group: &'static Group, matches: &ArgMatches) -> Option<TableCommand> {
    let (name, inner) = matches.subcommand()?;
    let entry = group.entries.iter().find(|entry| entry.name == name);
    match entry {
        Some(entry) => Some(read_entry(entry, inner)),
        None => read_group(group.groups.iter().find(|group| group.name == name)?, inner),
    }
}

impl FromArgMatches for TableCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let chosen = matches
            .subcommand()
            .and_then(|(name, inner)| read_group(GROUPS.iter().find(|group| group.name == name)?, inner));
        chosen.ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for TableCommand {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(GROUPS.iter().map(command_of_group))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        GROUPS.iter().any(|group| group.name == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn assert_group(group: &Group) {
        for entry in group.entries {
            // Modules that this chain does not have yet are in the table already.
            let Ok(method) = codec::method_at(entry.method) else {
                assert!(
                    ["authz", "feegrant", "tokenfactory", "gov"].contains(&group.name),
                    "{}",
                    entry.method
                );
                continue;
            };
            for (_, field, _) in entry.arguments {
                assert!(
                    method.input().get_field_by_name(field).is_some(),
                    "{} has no {field}",
                    entry.method
                );
            }
        }
        group.groups.iter().for_each(assert_group);
    }

    #[test]
    fn every_argument_is_a_field_of_its_request() {
        GROUPS.iter().for_each(assert_group);
    }

    #[test]
    fn arguments_become_a_request_with_a_page() {
        let command = TableCommand::augment_subcommands(Command::new("query"));
        let request = |words: &[&str]| {
            let matches = command.clone().try_get_matches_from(words).unwrap();
            let chosen = TableCommand::from_arg_matches(&matches).unwrap();
            (chosen.method, chosen.request().unwrap())
        };
        let page = json!({ "reverse": false, "count_total": false, "limit": "5" });
        assert_eq!(
            request(&["query", "bank", "balances", "a", "--limit", "5"]),
            (
                "/cosmos.bank.v1beta1.Query/AllBalances",
                json!({ "address": "a", "pagination": page })
            )
        );
        let page = json!({ "reverse": true, "count_total": true, "offset": "2" });
        let words = [
            "query",
            "bank",
            "total",
            "--page-reverse",
            "--count-total",
            "--page-offset",
            "2",
        ];
        assert_eq!(
            request(&words),
            ("/cosmos.bank.v1beta1.Query/TotalSupply", json!({ "pagination": page }))
        );
    }
}
