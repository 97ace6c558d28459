//! Tokens: what is accepted, and every way in which one is not.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use supercloud_provider::jwt::{
    Access, Audience, Claims, DeploymentPermission, JwtError, Leases, Permission, Request, Scope, ServiceFilter,
    Verifier, full_access, sign, verify,
};

use crate::world::{HRP, address, key};

const NOW: u64 = 1_700_000_000;

fn verifier(provider: &str) -> Verifier<'_> {
    Verifier {
        provider,
        hrp: HRP,
        now: NOW,
    }
}

fn claims() -> Claims {
    Claims::new(address(2), address(1), Leases::full(), NOW, Duration::from_secs(900))
}

fn check(claims: &Claims) -> Result<Claims, JwtError> {
    verify(&sign(claims, &key(2)).unwrap(), &verifier(&address(1)))
}

/// A token from any JSON, signed by the tenant.
fn raw(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key(2).sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn es256k() -> Value {
    json!({"alg": "ES256K", "typ": "JWT"})
}

#[test]
fn a_fresh_token_of_the_tenant_is_accepted() {
    let token = full_access(&key(2), HRP, &address(1), NOW, Duration::from_secs(60)).unwrap();
    let found = verify(&token, &verifier(&address(1))).unwrap();
    assert_eq!((found.iss, found.exp), (address(2), NOW + 60));
}

#[test]
fn time_is_checked_with_sixty_seconds_of_skew_on_both_sides() {
    let at = |iat: u64, exp: u64| {
        check(&Claims {
            iat,
            nbf: iat,
            exp,
            ..claims()
        })
    };
    assert!(at(NOW - 200, NOW - 59).is_ok());
    assert_eq!(
        at(NOW - 200, NOW - 60),
        Err(JwtError::Expired {
            exp: NOW - 60,
            now: NOW
        })
    );
    assert!(at(NOW + 60, NOW + 100).is_ok());
    assert_eq!(
        at(NOW + 61, NOW + 100),
        Err(JwtError::NotYetValid {
            from: NOW + 61,
            now: NOW
        })
    );
    assert_eq!(at(NOW - 1, NOW + 900), Err(JwtError::TooLong { life: 901, max: 900 }));
    // A late nbf does not make a long life short.
    let late = Claims {
        iat: NOW - 100,
        nbf: NOW,
        exp: NOW + 900,
        ..claims()
    };
    assert_eq!(check(&late), Err(JwtError::TooLong { life: 1000, max: 900 }));
    assert_eq!(
        at(NOW, NOW),
        Err(JwtError::Claims("exp is not after nbf and iat".into()))
    );
}

#[test]
fn a_token_for_another_provider_is_refused() {
    let wrong = Err(JwtError::Audience { provider: address(1) });
    assert_eq!(
        check(&Claims {
            aud: Some(Audience::One(address(9))),
            ..claims()
        }),
        wrong
    );
    assert_eq!(
        check(&Claims {
            aud: Some(Audience::Many(vec![])),
            ..claims()
        }),
        wrong
    );
    assert!(
        check(&Claims {
            aud: Some(Audience::Many(vec![address(9), address(1)])),
            ..claims()
        })
        .is_ok()
    );
}

#[test]
fn without_an_audience_only_a_granular_permission_for_us_will_do() {
    let without = |leases| {
        check(&Claims {
            aud: None,
            leases,
            ..claims()
        })
    };
    let wrong = Err(JwtError::Audience { provider: address(1) });
    let permission = |seed| Permission {
        provider: address(seed),
        access: Access::Full,
        scope: None,
        deployments: None,
    };
    assert_eq!(without(Leases::full()), wrong);
    assert_eq!(without(Leases::scoped(vec![Scope::Status])), wrong);
    assert_eq!(without(Leases::granular(vec![permission(9)])), wrong);
    assert!(without(Leases::granular(vec![permission(9), permission(1)])).is_ok());
}

#[test]
fn only_the_issuers_key_signs_for_the_issuer() {
    let token = sign(&claims(), &key(3)).unwrap();
    assert_eq!(
        verify(&token, &verifier(&address(1))),
        Err(JwtError::Signature { iss: address(2) })
    );
    // One changed claim.
    let good = sign(&claims(), &key(2)).unwrap();
    let parts: Vec<&str> = good.split('.').collect();
    let other = URL_SAFE_NO_PAD.encode(
        serde_json::to_vec(&Claims {
            exp: NOW + 899,
            ..claims()
        })
        .unwrap(),
    );
    let forged = format!("{}.{other}.{}", parts[0], parts[2]);
    assert_eq!(
        verify(&forged, &verifier(&address(1))),
        Err(JwtError::Signature { iss: address(2) })
    );
}

#[test]
fn browser_wallets_sign_the_adr36_document() {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "ES256KADR36", "typ": "JWT"});
    let signed = format!("{}.{}", part(&header), part(&serde_json::to_value(claims()).unwrap()));
    let document = format!(
        "{{\"account_number\":\"0\",\"chain_id\":\"\",\"fee\":{{\"amount\":[],\"gas\":\"0\"}},\"memo\":\"\",\"msgs\":\
         [{{\"type\":\"sign/MsgSignData\",\"value\":{{\"data\":\"{}\",\"signer\":\"{}\"}}}}],\"sequence\":\"0\"}}",
        STANDARD.encode(&signed),
        address(2)
    );
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key(2).sign(document.as_bytes())));
    assert!(verify(&token, &verifier(&address(1))).is_ok());
    // The same algorithm name over a plain signature is not accepted.
    let plain = raw(&header, &serde_json::to_value(claims()).unwrap());
    assert_eq!(
        verify(&plain, &verifier(&address(1))),
        Err(JwtError::Signature { iss: address(2) })
    );
}

#[test]
fn other_algorithms_are_refused() {
    for alg in ["none", "HS256", "ES256", ""] {
        let token = raw(
            &json!({"alg": alg, "typ": "JWT"}),
            &serde_json::to_value(claims()).unwrap(),
        );
        assert_eq!(
            verify(&token, &verifier(&address(1))),
            Err(JwtError::Algorithm(alg.into()))
        );
    }
}

#[test]
fn text_that_is_no_token_is_malformed() {
    for token in [
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        &"x".repeat(20_000),
        &raw(&es256k(), &json!({"iss": "x"})),
    ] {
        assert!(
            matches!(verify(token, &verifier(&address(1))), Err(JwtError::Malformed(_))),
            "{token}"
        );
    }
}

#[test]
fn claims_that_contradict_the_format_are_refused() {
    let with = |pointer: &str, value: Value| {
        let mut all = serde_json::to_value(claims()).unwrap();
        match value {
            Value::Null => {
                all.as_object_mut().unwrap().remove(pointer);
            }
            value => all[pointer] = value,
        }
        verify(&raw(&es256k(), &all), &verifier(&address(1)))
    };
    let invalid = |found: Result<Claims, JwtError>| match found.unwrap_err() {
        JwtError::Claims(what) | JwtError::Malformed(what) => what,
        other => panic!("{other}"),
    };
    let service = |entry: Value| {
        json!({"access": "granular", "permissions": [
            {"provider": address(1), "access": "granular", "deployments": [entry]}]})
    };
    for (pointer, value, says) in [
        ("iat", Value::Null, "missing field `iat`"),
        ("nbf", Value::Null, "missing field `nbf`"),
        ("exp", json!("soon"), "expected u64"),
        ("version", json!("v2"), "version"),
        ("iss", json!("cosmos1x"), "is no address"),
        ("leases", json!({"access": "some"}), "unknown variant `some`"),
        ("leases", json!({"access": "full", "scope": ["logs"]}), "full access"),
        ("leases", json!({"access": "scoped"}), "scope is empty"),
        (
            "leases",
            json!({"access": "scoped", "scope": ["logs", "logs"]}),
            "repeated",
        ),
        (
            "leases",
            json!({"access": "scoped", "scope": ["root"]}),
            "unknown variant `root`",
        ),
        (
            "leases",
            json!({"access": "scoped", "scope": ["logs"], "permissions": []}),
            "no permissions",
        ),
        ("leases", json!({"access": "granular"}), "needs permissions"),
        (
            "leases",
            json!({"access": "granular", "permissions": [
                {"provider": address(1), "access": "full"}, {"provider": address(1), "access": "full"}]}),
            "repeated",
        ),
        (
            "leases",
            service(json!({"scope": ["logs"], "dseq": 0, "services": ["web"]})),
            "dseq is 0",
        ),
        (
            "leases",
            service(json!({"scope": ["logs"], "dseq": 1, "oseq": 1, "services": ["web"]})),
            "oseq without gseq",
        ),
        (
            "leases",
            service(json!({"scope": ["logs"], "dseq": 1, "services": []})),
            "services are empty",
        ),
        (
            "leases",
            service(json!({"scope": ["logs"], "dseq": 1, "services": ["a", "a"]})),
            "repeated",
        ),
        (
            "leases",
            service(json!({"scope": [], "dseq": 1, "services": ["a"]})),
            "scope is empty",
        ),
    ] {
        let found = invalid(with(pointer, value.clone()));
        assert!(found.contains(says), "{pointer}={value}: {found}");
    }
}

#[test]
fn permissions_are_denied_unless_granted() {
    let provider = address(1);
    let ask = |leases: Leases, scope, dseq, lease| {
        let claims = Claims { leases, ..claims() };
        claims.authorize(&verifier(&provider), &Request { scope, dseq, lease })
    };
    let forbidden = |scope| Err(JwtError::Forbidden { scope });
    assert_eq!(ask(Leases::full(), Scope::Logs, 1, None), Ok(ServiceFilter::All));
    assert_eq!(
        ask(Leases::scoped(vec![Scope::Logs]), Scope::Logs, 1, None),
        Ok(ServiceFilter::All)
    );
    assert_eq!(
        ask(Leases::scoped(vec![Scope::Logs]), Scope::Status, 1, None),
        forbidden(Scope::Status)
    );
    let entry = |gseq, oseq, service: &str| DeploymentPermission {
        scope: vec![Scope::Logs],
        dseq: 1,
        gseq,
        oseq,
        services: vec![service.into()],
    };
    let granular = |seed, deployments| {
        Leases::granular(vec![Permission {
            provider: address(seed),
            access: Access::Granular,
            scope: None,
            deployments: Some(deployments),
        }])
    };
    let only = |names: &[&str]| {
        Ok(ServiceFilter::Only(
            names.iter().map(|name| (*name).to_owned()).collect(),
        ))
    };
    assert_eq!(
        ask(granular(1, vec![entry(0, 0, "web")]), Scope::Logs, 1, Some((3, 4))),
        only(&["web"])
    );
    assert_eq!(
        ask(granular(9, vec![entry(0, 0, "web")]), Scope::Logs, 1, None),
        forbidden(Scope::Logs)
    );
    assert_eq!(
        ask(granular(1, vec![entry(2, 0, "web")]), Scope::Logs, 1, Some((3, 4))),
        forbidden(Scope::Logs)
    );
    assert_eq!(
        ask(granular(1, vec![entry(3, 5, "web")]), Scope::Logs, 1, Some((3, 4))),
        forbidden(Scope::Logs)
    );
    assert_eq!(
        ask(granular(1, vec![entry(0, 0, "web")]), Scope::Logs, 2, None),
        forbidden(Scope::Logs)
    );
    let two = granular(1, vec![entry(3, 4, "web"), entry(0, 0, "db")]);
    assert_eq!(ask(two, Scope::Logs, 1, Some((3, 4))), only(&["db", "web"]));
}

/// Published test tokens of the Akash chain-sdk (Apache-2.0, `testdata/jwt`), made by its Go code and by a browser wallet.
const FOREIGN: [(&str, u64, u64); 2] = [
    (
        "eyJhbGciOiJFUzI1NksiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJha2FzaDFxdWZhM3h6cmYzNHF2d3llamtodm5jNHBzZjQ5ZmZ0YXcwYXNtaCIsImV4cCI6MjA0NjY2NzEwMywibmJmIjoxNzQ2NjY2MTAzLCJpYXQiOjE3NDY2NjYxMDMsInZlcnNpb24iOiJ2MSIsImxlYXNlcyI6eyJhY2Nlc3MiOiJmdWxsIn19.MZr8b9Q-hcnAUAFbdAVcZpetppP0YDFxJwkRncgE8mEM20woFB2yJuFbfv6YMAUZk8DNORoLaP8hUP8q2FnznQ",
        1_746_666_103,
        300_001_000,
    ),
    (
        "eyJhbGciOiJFUzI1NktBRFIzNiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJha2FzaDFxdWZhM3h6cmYzNHF2d3llamtodm5jNHBzZjQ5ZmZ0YXcwYXNtaCIsImV4cCI6MTc2MDQwNjc0MCwibmJmIjoxNzYwNDA0OTQwLCJpYXQiOjE3NjA0MDQ5NDAsInZlcnNpb24iOiJ2MSIsImxlYXNlcyI6eyJhY2Nlc3MiOiJzY29wZWQiLCJzY29wZSI6WyJzdGF0dXMiLCJzaGVsbCIsImV2ZW50cyIsImxvZ3MiXX19.dl8m8L0kExz2CCXvDXY65L0F3G7T21Zk5zfK_Ld78owfZrQbtNQW-FSsLtER2PFBwkEAgXgtrxl3kfImrEGLeg",
        1_760_404_940,
        1800,
    ),
];

#[test]
fn signatures_of_other_clients_are_recognised() {
    let provider = address(1);
    for (token, now, life) in FOREIGN {
        let at = Verifier {
            provider: &provider,
            hrp: HRP,
            now,
        };
        // The signature is good; only the life is longer than we accept.
        assert_eq!(verify(token, &at), Err(JwtError::TooLong { life, max: 900 }));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        bytes[40] ^= 1;
        let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes));
        assert!(matches!(verify(&forged, &at), Err(JwtError::Signature { .. })));
    }
}
