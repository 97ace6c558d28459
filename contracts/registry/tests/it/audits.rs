//! Signing, withdrawing and rejecting audited attributes.

use supercloud_registry::error::RegistryError;
use supercloud_rules::attributes::AttributeError;
use supercloud_schema::registry::{ExecuteMsg, ProviderResponse, QueryMsg, event};
use supercloud_test_kit::{assert_fails, events};

use crate::bench::{Bench, attribute};

#[test]
fn signing_adds_new_keys_replaces_known_ones_and_sorts() {
    let mut bench = Bench::new();
    bench
        .sign(
            "auditor",
            "provider",
            vec![attribute("tier", "1"), attribute("region", "eu")],
        )
        .unwrap();
    let response = bench
        .sign(
            "auditor",
            "provider",
            vec![attribute("tier", "2"), attribute("host", "x")],
        )
        .unwrap();
    assert_eq!(
        events(&response, event::ATTRIBUTES_SIGNED)[0]["auditor"],
        bench.app.addr("auditor").as_str()
    );
    let expected = vec![
        attribute("host", "x"),
        attribute("region", "eu"),
        attribute("tier", "2"),
    ];
    let answer = bench.provider("provider");
    assert_eq!(
        (answer.provider, answer.audited),
        (None, vec![bench.record("provider", "auditor", expected)])
    );
}

#[test]
fn signing_nothing_or_malformed_keys_is_refused() {
    let mut bench = Bench::new();
    assert_fails(bench.sign("auditor", "provider", vec![]), RegistryError::NothingToSign);
    let error = AttributeError::MalformedKey { key: "*".to_string() };
    assert_fails(
        bench.sign("auditor", "provider", vec![attribute("*", "")]),
        RegistryError::Attributes(error),
    );
}

#[test]
fn a_record_holds_64_attributes_over_all_signatures() {
    let mut bench = Bench::new();
    let keys = |from: usize, to: usize| (from..to).map(|i| attribute(&format!("k{i}"), "")).collect::<Vec<_>>();
    bench.sign("auditor", "provider", keys(0, 63)).unwrap();
    bench.sign("auditor", "provider", keys(63, 64)).unwrap();
    let error = AttributeError::TooMany { count: 65, limit: 64 };
    assert_fails(
        bench.sign("auditor", "provider", keys(64, 65)),
        RegistryError::Attributes(error),
    );
    bench.sign("auditor", "provider", keys(0, 64)).unwrap();
}

#[test]
fn a_provider_has_at_most_32_auditors_and_may_reject_one() {
    let mut bench = Bench::new();
    let signature = || vec![attribute("tier", "1")];
    for i in 0..32 {
        bench.sign(&format!("auditor-{i}"), "provider", signature()).unwrap();
    }
    let provider = bench.app.addr("provider").into_string();
    let full = RegistryError::TooManyAuditors {
        provider: provider.clone(),
        limit: 32,
    };
    assert_fails(bench.sign("late", "provider", signature()), full);
    bench.sign("auditor-3", "provider", signature()).unwrap();
    bench.sign("late", "other", signature()).unwrap();

    let auditor = bench.app.addr("auditor-3").into_string();
    let reject = ExecuteMsg::RejectAuditor {
        auditor: auditor.clone(),
    };
    let not_found = |provider: String| RegistryError::RecordNotFound {
        provider,
        auditor: auditor.clone(),
    };
    assert_fails(
        bench.execute("stranger", &reject),
        not_found(bench.app.addr("stranger").into_string()),
    );
    bench.execute("provider", &reject).unwrap();
    assert_fails(bench.execute("provider", &reject), not_found(provider));
    bench.sign("late", "provider", signature()).unwrap();
    assert_eq!(bench.provider("provider").audited.len(), 32);
}

#[test]
fn deleting_keys_follows_the_list() {
    let mut bench = Bench::new();
    let (provider, auditor) = (
        bench.app.addr("provider").into_string(),
        bench.app.addr("auditor").into_string(),
    );
    let not_found = || RegistryError::RecordNotFound {
        provider: provider.clone(),
        auditor: auditor.clone(),
    };
    assert_fails(bench.delete("auditor", "provider", &[]), not_found());

    bench
        .sign(
            "auditor",
            "provider",
            vec![attribute("aa", "1"), attribute("bb", "2"), attribute("cc", "3")],
        )
        .unwrap();
    let unknown = || RegistryError::AttributeNotFound { key: "zz".to_string() };
    assert_fails(bench.delete("auditor", "provider", &["aa", "zz"]), unknown());
    bench.delete("auditor", "provider", &["bb"]).unwrap();
    let rest = vec![attribute("aa", "1"), attribute("cc", "3")];
    assert_eq!(
        bench.provider("provider").audited,
        vec![bench.record("provider", "auditor", rest)]
    );

    bench.delete("auditor", "provider", &["aa", "cc"]).unwrap();
    assert_fails(bench.delete("auditor", "provider", &[]), not_found());
    bench.sign("auditor", "provider", vec![attribute("aa", "1")]).unwrap();
    bench.delete("auditor", "provider", &[]).unwrap();
    assert_eq!(bench.provider("provider").audited, vec![]);
}

#[test]
fn provider_can_be_read_with_chosen_auditors_only() {
    let mut bench = Bench::new();
    for auditor in ["one", "two", "three"] {
        bench.sign(auditor, "provider", vec![attribute("by", auditor)]).unwrap();
    }
    let ask = |auditors: Vec<String>| {
        let owner = bench.app.addr("provider").into_string();
        bench
            .app
            .query::<ProviderResponse>(&bench.registry, &QueryMsg::ProviderForAuditors { owner, auditors })
    };
    let address = |name: &str| bench.app.addr(name).into_string();
    let answer = ask(vec![address("two"), address("absent"), address("two")]).unwrap();
    assert_eq!(
        answer.audited,
        vec![bench.record("provider", "two", vec![attribute("by", "two")])]
    );
    assert_eq!(ask(vec![]).unwrap().audited, vec![]);
    assert!(ask(vec![address("one"); 32]).is_ok());
    assert_fails(
        ask(vec![address("one"); 33]),
        RegistryError::TooManyAuditorsAsked { count: 33, limit: 32 },
    );
}
