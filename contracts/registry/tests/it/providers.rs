//! Registering, updating and listing providers.

use cosmwasm_std::{HexBinary, coin};
use supercloud_registry::error::RegistryError;
use supercloud_rules::attributes::AttributeError;
use supercloud_rules::host_uri::HostUriError;
use supercloud_schema::registry::{ExecuteMsg, Provider, ProviderProfile, ProvidersResponse, QueryMsg, event};
use supercloud_test_kit::{DEFAULT_GENESIS_SECONDS, assert_fails, events};

use crate::bench::{Bench, attribute, profile};

#[test]
fn provider_registers_once_and_is_found() {
    let mut bench = Bench::new();
    let owner = bench.app.addr("provider").into_string();
    let response = bench.register("provider", profile()).unwrap();
    assert_eq!(events(&response, event::PROVIDER_REGISTERED)[0]["provider"], owner);
    let now = DEFAULT_GENESIS_SECONDS;
    let expected = Provider {
        owner: owner.clone(),
        profile: profile(),
        registered_at: now,
        updated_at: now,
    };
    assert_eq!(bench.provider("provider").provider, Some(expected));
    assert_fails(
        bench.register("provider", profile()),
        RegistryError::ProviderExists { owner },
    );
    assert_eq!(bench.provider("nobody").provider, None);
}

#[test]
fn update_replaces_the_profile_and_keeps_the_registration_time() {
    let mut bench = Bench::new();
    let owner = bench.app.addr("provider").into_string();
    let profile = ProviderProfile {
        attributes: vec![],
        ..profile()
    };
    let update = ExecuteMsg::UpdateProvider {
        profile: profile.clone(),
    };
    assert_fails(
        bench.execute("provider", &update),
        RegistryError::ProviderNotFound { owner },
    );

    bench.register("provider", crate::bench::profile()).unwrap();
    bench.app.advance(60);
    let response = bench.execute("provider", &update).unwrap();
    assert_eq!(events(&response, event::PROVIDER_UPDATED).len(), 1);
    let stored = bench.provider("provider").provider.unwrap();
    let times = (DEFAULT_GENESIS_SECONDS, DEFAULT_GENESIS_SECONDS + 60);
    assert_eq!(
        (stored.registered_at, stored.updated_at, stored.profile),
        (times.0, times.1, profile)
    );
}

#[test]
fn profile_is_checked_in_every_part() {
    let mut bench = Bench::new();
    let mut refuse = |change: &dyn Fn(&mut ProviderProfile), error: RegistryError| {
        let mut bad = profile();
        change(&mut bad);
        assert_fails(bench.register("provider", bad), error);
    };
    let uri = "https://a.example/path".to_string();
    refuse(
        &|profile| profile.host_uri = "https://a.example/path".to_string(),
        RegistryError::HostUri(HostUriError::NotBare { uri }),
    );
    for length in [31, 33] {
        refuse(
            &|profile| profile.tls_key_sha256 = HexBinary::from(vec![1; length]),
            RegistryError::InvalidKeyPin { length, expected: 32 },
        );
    }
    let key = "1key".to_string();
    refuse(
        &|profile| profile.attributes.push(attribute("1key", "")),
        RegistryError::Attributes(AttributeError::MalformedKey { key }),
    );
    for website in [
        "ftp://example.com",
        "example.com",
        "https://",
        "https:///x",
        "https://a b",
    ] {
        refuse(
            &|profile| profile.info.website = website.to_string(),
            RegistryError::InvalidWebsite {
                website: website.to_string(),
            },
        );
    }
    refuse(
        &|profile| profile.info.email = "a".repeat(257),
        RegistryError::InvalidInfo {
            field: "email",
            limit: 256,
        },
    );
    refuse(
        &|profile| profile.info.website = "https://a.example\n".to_string(),
        RegistryError::InvalidInfo {
            field: "website",
            limit: 256,
        },
    );
    let mut longest = profile();
    longest.info.email = "a".repeat(256);
    longest.info.website.clear();
    bench.register("provider", longest).unwrap();
}

#[test]
fn providers_are_listed_by_address_in_pages() {
    let mut bench = Bench::new();
    let names = ["a", "b", "c", "d", "e"];
    names
        .iter()
        .for_each(|name| drop(bench.register(name, profile()).unwrap()));
    let mut expected: Vec<String> = names.iter().map(|name| bench.app.addr(name).into_string()).collect();
    expected.sort();
    let page = |start_after: Option<String>, limit| -> Vec<String> {
        let msg = QueryMsg::Providers { start_after, limit };
        let response: ProvidersResponse = bench.app.query(&bench.registry, &msg).unwrap();
        response.providers.into_iter().map(|provider| provider.owner).collect()
    };
    assert_eq!(page(None, None), expected);
    assert_eq!(page(None, Some(2)), expected[..2]);
    assert_eq!(page(Some(expected[1].clone()), Some(2)), expected[2..4]);
    assert_eq!(page(Some(expected[4].clone()), None), Vec::<String>::new());
}

#[test]
fn no_message_takes_coins() {
    let mut bench = Bench::new();
    let provider = bench.app.funded("provider", 5, "uakt");
    let registry = bench.registry.clone();
    let msg = ExecuteMsg::RegisterProvider { profile: profile() };
    let outcome = bench.app.execute(&provider, &registry, &msg, &[coin(5, "uakt")]);
    assert_fails(
        outcome,
        RegistryError::UnexpectedFunds {
            denom: "uakt".to_string(),
            amount: 5u128.into(),
        },
    );
}
