//! The SDK's own reflection services, answered from the descriptors: `cosmos.reflection.v1` for command lines that make
//! themselves from a chain, `cosmos.base.reflection` for what may be signed and asked.

use supercloud_proto::FILE_DESCRIPTOR_SET;
use supercloud_proto::cosmos::auth::v1beta1::{Bech32PrefixRequest, Bech32PrefixResponse};
use supercloud_proto::cosmos::base::reflection::{v1beta1 as old, v2alpha1 as pb};
use supercloud_proto::cosmos::tx::signing::v1beta1::SignMode;
use supercloud_proto::cosmos::tx::v1beta1::Tx;
use supercloud_proto::prost::Name;

use super::{Answered, Call, run};
use crate::descriptors::{self, POOL};
use crate::status::Status;

/// Where messages stand in an `Any`.
const MESSAGES: &str = "cosmos.base.v1beta1.Msg";
/// The other places, with what may stand there.
const INTERFACES: &[(&str, &[&str])] = &[
    (
        "cosmos.auth.v1beta1.AccountI",
        &["cosmos.auth.v1beta1.BaseAccount", "cosmos.auth.v1beta1.ModuleAccount"],
    ),
    (
        "cosmos.authz.v1beta1.Authorization",
        &[
            "cosmos.authz.v1beta1.GenericAuthorization",
            "cosmos.bank.v1beta1.SendAuthorization",
            "cosmwasm.wasm.v1.ContractExecutionAuthorization",
            "cosmwasm.wasm.v1.ContractMigrationAuthorization",
            "cosmwasm.wasm.v1.StoreCodeAuthorization",
        ],
    ),
    (
        "cosmos.crypto.PubKey",
        &[
            "cosmos.crypto.ed25519.PubKey",
            "cosmos.crypto.multisig.LegacyAminoPubKey",
            "cosmos.crypto.secp256k1.PubKey",
        ],
    ),
    (
        "cosmos.feegrant.v1beta1.FeeAllowanceI",
        &[
            "cosmos.feegrant.v1beta1.AllowedMsgAllowance",
            "cosmos.feegrant.v1beta1.BasicAllowance",
            "cosmos.feegrant.v1beta1.PeriodicAllowance",
        ],
    ),
    ("cosmos.gov.v1beta1.Content", &["cosmos.gov.v1beta1.TextProposal"]),
    (
        "cosmwasm.wasm.v1.ContractAuthzFilterX",
        &[
            "cosmwasm.wasm.v1.AcceptedMessageKeysFilter",
            "cosmwasm.wasm.v1.AcceptedMessagesFilter",
            "cosmwasm.wasm.v1.AllowAllMessagesFilter",
        ],
    ),
    (
        "cosmwasm.wasm.v1.ContractAuthzLimitX",
        &[
            "cosmwasm.wasm.v1.CombinedLimit",
            "cosmwasm.wasm.v1.MaxCallsLimit",
            "cosmwasm.wasm.v1.MaxFundsLimit",
        ],
    ),
];

/// `cosmos.reflection.v1.ReflectionService`.
pub(super) fn answer_files(method: &str) -> Answered {
    match method {
        // The files of a descriptor set have the number that the files of the response have.
        "FileDescriptors" => Some(Ok(FILE_DESCRIPTOR_SET.to_vec())),
        _ => None,
    }
}

/// `cosmos.base.reflection.v1beta1.ReflectionService`.
pub(super) fn answer_old(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "ListAllInterfaces" => run(call, data, |_, _: old::ListAllInterfacesRequest| {
            let interface_names = interfaces().map(|(name, _)| name.to_owned()).collect();
            Ok(old::ListAllInterfacesResponse { interface_names })
        }),
        "ListImplementations" => run(call, data, |_, request: old::ListImplementationsRequest| {
            if request.interface_name.is_empty() {
                return Err(Status::invalid("invalid interface name"));
            }
            let found = interfaces().find(|(name, _)| *name == request.interface_name);
            let names = found.map(|(_, names)| names).unwrap_or_default();
            Ok(old::ListImplementationsResponse {
                implementation_message_names: names.iter().map(|name| format!("/{name}")).collect(),
            })
        }),
        _ => None,
    }
}

/// `cosmos.base.reflection.v2alpha1.ReflectionService`.
pub(super) fn answer(call: &Call<'_>, method: &str, data: &[u8]) -> Answered {
    match method {
        "GetAuthnDescriptor" => run(call, data, |_, _: pb::GetAuthnDescriptorRequest| {
            Ok(pb::GetAuthnDescriptorResponse { authn: Some(authn()) })
        }),
        "GetChainDescriptor" => run(call, data, |call, _: pb::GetChainDescriptorRequest| {
            let id = call.dispatcher.api().identity().chain_id;
            Ok(pb::GetChainDescriptorResponse {
                chain: Some(pb::ChainDescriptor { id }),
            })
        }),
        "GetCodecDescriptor" => run(call, data, |_, _: pb::GetCodecDescriptorRequest| {
            Ok(pb::GetCodecDescriptorResponse { codec: Some(codec()) })
        }),
        "GetConfigurationDescriptor" => run(call, data, |call, _: pb::GetConfigurationDescriptorRequest| {
            let path = "/cosmos.auth.v1beta1.Query/Bech32Prefix";
            let prefix: Bech32PrefixResponse = call.ask(path, &Bech32PrefixRequest {})?;
            let config = pb::ConfigurationDescriptor {
                bech32_account_address_prefix: prefix.bech32_prefix,
            };
            Ok(pb::GetConfigurationDescriptorResponse { config: Some(config) })
        }),
        "GetQueryServicesDescriptor" => run(call, data, |_, _: pb::GetQueryServicesDescriptorRequest| {
            let queries = Some(pb::QueryServicesDescriptor {
                query_services: query_services(),
            });
            Ok(pb::GetQueryServicesDescriptorResponse { queries })
        }),
        "GetTxDescriptor" => run(call, data, |_, _: pb::GetTxDescriptorRequest| {
            let msgs = message_names().into_iter().map(|name| pb::MsgDescriptor {
                msg_type_url: format!("/{name}"),
            });
            let tx = pb::TxDescriptor {
                fullname: Tx::full_name(),
                msgs: msgs.collect(),
            };
            Ok(pb::GetTxDescriptorResponse { tx: Some(tx) })
        }),
        _ => None,
    }
}

/// Names of places and of the messages that may stand there, in the order of the places' names.
fn interfaces() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    let others = INTERFACES.iter().map(|(name, implementations)| {
        let implementations = implementations.iter().map(|&name| name.to_owned());
        (*name, implementations.collect())
    });
    let mut all: Vec<(&'static str, Vec<String>)> = others.chain([(MESSAGES, message_names())]).collect();
    all.sort();
    all.into_iter()
}

/// What a transaction may hold: the requests of all `Msg` services.
fn message_names() -> Vec<String> {
    let services = POOL.services().filter(|service| service.name() == "Msg");
    let mut names: Vec<String> = services
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| method.input().full_name().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn authn() -> pb::AuthnDescriptor {
    let modes = [SignMode::Direct, SignMode::LegacyAminoJson];
    let sign_modes = modes.map(|mode| pb::SigningModeDescriptor {
        name: mode.as_str_name().to_owned(),
        number: mode.into(),
        authn_info_provider_method_fullname: String::new(),
    });
    pb::AuthnDescriptor {
        sign_modes: sign_modes.to_vec(),
    }
}

fn codec() -> pb::CodecDescriptor {
    let interfaces = interfaces().map(|(name, implementations)| pb::InterfaceDescriptor {
        fullname: name.to_owned(),
        interface_accepting_messages: Vec::new(),
        interface_implementers: implementations
            .into_iter()
            .map(|name| pb::InterfaceImplementerDescriptor {
                type_url: format!("/{name}"),
                fullname: name,
            })
            .collect(),
    });
    pb::CodecDescriptor {
        interfaces: interfaces.collect(),
    }
}

fn query_services() -> Vec<pb::QueryServiceDescriptor> {
    let mut services: Vec<pb::QueryServiceDescriptor> = Vec::new();
    for (path, method) in descriptors::methods() {
        let service = method.parent_service();
        let described = pb::QueryMethodDescriptor {
            name: method.name().to_owned(),
            full_query_path: path.to_owned(),
        };
        // Paths come in order, so methods of a service follow each other.
        match services.last_mut().filter(|last| last.fullname == service.full_name()) {
            Some(last) => last.methods.push(described),
            None => services.push(pb::QueryServiceDescriptor {
                fullname: service.full_name().to_owned(),
                is_module: false,
                methods: vec![described],
            }),
        }
    }
    services
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_named_is_among_the_descriptors() {
        let all: Vec<(&str, Vec<String>)> = interfaces().collect();
        assert_eq!(all.len(), INTERFACES.len() + 1);
        for (interface, names) in all {
            assert!(!names.is_empty(), "{interface}");
            for name in names {
                assert!(POOL.get_message_by_name(&name).is_some(), "{interface}: {name}");
            }
        }
    }

    #[test]
    fn every_service_is_described_once_with_all_of_its_methods() {
        let services = query_services();
        let methods: usize = services.iter().map(|service| service.methods.len()).sum();
        assert_eq!(methods, descriptors::methods().count());
        let names: std::collections::BTreeSet<&str> =
            services.iter().map(|service| service.fullname.as_str()).collect();
        assert_eq!(names.len(), services.len());
    }
}
