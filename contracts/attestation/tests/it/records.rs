use cosmwasm_std::{HexBinary, Uint64};
use supercloud_attestation::AttestationError;
use supercloud_schema::attestation::{Device, EvidenceKind, ExecuteMsg, QueryMsg, RecordsResponse, event};
use supercloud_schema::time::Seconds;
use supercloud_test_kit::{assert_fails, data, events};

use crate::world::*;

#[test]
fn record_is_stored_and_valid_until_it_expires() {
    let mut w = World::new();
    let verifier = w.verifier.clone();
    let response = w.submit(&verifier, "GPU-1", "p").unwrap();
    assert_eq!(data::<Uint64>(&response), Uint64::one());
    let submitted = &events(&response, event::RECORD_SUBMITTED)[0];
    assert_eq!(
        (submitted["record_id"].as_str(), submitted["device"].as_str()),
        ("1", "GPU-1")
    );
    assert_eq!(
        (&submitted["verifier"], &submitted["provider"]),
        (&verifier.to_string(), &w.app.addr("p").to_string())
    );
    let stored = w.record(1);
    assert!(stored.valid && !stored.record.revoked);
    assert_eq!(
        (stored.record.device, stored.record.submitted_at),
        (device("GPU-1"), w.app.now())
    );
    w.app.advance(DAY - 1);
    assert!(w.record(1).valid);
    w.app.advance(1);
    assert!(!w.record(1).valid);
}

#[test]
fn only_listed_verifiers_submit() {
    let mut w = World::new();
    let stranger = w.app.addr("stranger");
    let refused = AttestationError::NotVerifier {
        sender: stranger.to_string(),
    };
    assert_fails(w.submit(&stranger, "GPU-1", "p"), refused);
}

#[test]
fn device_belongs_to_one_provider_at_a_time_whoever_vouches() {
    let mut w = World::new();
    let (verifier, second) = (w.verifier.clone(), w.second.clone());
    w.submit_ok(&verifier, "GPU-1", "p");
    let taken = |device: &str, w: &World| AttestationError::DeviceTaken {
        device: device.to_string(),
        provider: w.app.addr("p").to_string(),
        record: 1,
    };
    let expected = taken("gpu-1", &w);
    assert_fails(w.submit(&second, "gpu-1", "q"), expected);
    let expected = taken("GPU-1", &w);
    assert_fails(w.submit(&verifier, "GPU-1", "q"), expected);
    w.submit_ok(&second, "GPU-1", "p");
    w.submit_ok(&second, "GPU-2", "q");
}

#[test]
fn device_is_free_again_after_expiry_and_after_revocation() {
    let mut w = World::new();
    let (verifier, second) = (w.verifier.clone(), w.second.clone());
    w.submit_ok(&verifier, "GPU-1", "p");
    w.app.advance(DAY);
    let record = w.submit_ok(&second, "GPU-1", "q");
    w.revoke(&second, record).unwrap();
    w.submit_ok(&verifier, "GPU-1", "r");
}

#[test]
fn newer_record_of_the_same_kind_replaces_the_older() {
    let mut w = World::new();
    let (verifier, second) = (w.verifier.clone(), w.second.clone());
    w.submit_ok(&verifier, "GPU-1", "p");
    w.app.advance(10);
    let response = w.submit(&verifier, "GPU-1", "p").unwrap();
    assert_eq!(events(&response, event::RECORD_REVOKED)[0]["record_id"], "1");
    assert!(w.record(1).record.revoked && w.record(2).valid);
    w.revoke(&verifier, 2).unwrap();
    w.submit_ok(&second, "GPU-1", "q");
}

#[test]
fn records_of_other_kinds_stand_side_by_side() {
    let mut w = World::new();
    let verifier = w.verifier.clone();
    w.submit_ok(&verifier, "GPU-1", "p");
    let ExecuteMsg::SubmitRecord {
        provider,
        device,
        evidence_sha256,
        expires_at,
        ..
    } = w.submission("GPU-1", "p")
    else {
        panic!("submission is a record");
    };
    let kind = EvidenceKind::Benchmark {};
    w.run(
        &verifier,
        &ExecuteMsg::SubmitRecord {
            provider,
            device,
            kind,
            evidence_sha256,
            expires_at,
        },
    )
    .unwrap();
    assert!(w.record(1).valid && w.record(2).valid);
    w.revoke(&verifier, 1).unwrap();
    let expected = AttestationError::DeviceTaken {
        device: "GPU-1".to_string(),
        provider: w.app.addr("p").to_string(),
        record: 2,
    };
    assert_fails(w.submit(&verifier, "GPU-1", "q"), expected);
}

#[test]
fn maker_and_governance_revoke_once_and_nobody_else() {
    let mut w = World::new();
    let (verifier, second, governance) = (w.verifier.clone(), w.second.clone(), w.governance.clone());
    w.submit_ok(&verifier, "GPU-1", "p");
    w.submit_ok(&verifier, "GPU-2", "p");
    assert_fails(
        w.revoke(&second, 1),
        AttestationError::NotRevoker {
            id: 1,
            sender: second.to_string(),
        },
    );
    w.revoke(&governance, 1).unwrap();
    assert_fails(w.revoke(&verifier, 1), AttestationError::RecordRevoked { id: 1 });
    w.list(&[&second]);
    w.revoke(&verifier, 2).unwrap();
    assert_fails(w.revoke(&verifier, 3), AttestationError::RecordNotFound { id: 3 });
}

#[test]
fn malformed_records_are_refused() {
    let mut w = World::new();
    let verifier = w.verifier.clone();
    let now = w.app.now();
    let mut submit = |device: Device, hash: usize, expires_at: Seconds| {
        let provider = w.app.addr("p").to_string();
        let evidence_sha256 = HexBinary::from(vec![0; hash]);
        let kind = EvidenceKind::Tdx {};
        w.run(
            &verifier,
            &ExecuteMsg::SubmitRecord {
                provider,
                device,
                kind,
                evidence_sha256,
                expires_at,
            },
        )
    };
    let text = |field, found, max| AttestationError::DeviceText { field, found, max };
    assert_fails(submit(device(""), 32, now + 1), text("id", 0, 128));
    assert_fails(submit(device(&"x".repeat(129)), 32, now + 1), text("id", 129, 128));
    assert_fails(
        submit(
            Device {
                vendor: String::new(),
                ..device("x")
            },
            32,
            now + 1,
        ),
        text("vendor", 0, 64),
    );
    assert_fails(
        submit(
            Device {
                model: "m".repeat(65),
                ..device("x")
            },
            32,
            now + 1,
        ),
        text("model", 65, 64),
    );
    assert_fails(
        submit(device("x"), 31, now + 1),
        AttestationError::EvidenceHash { found: 31 },
    );
    let expiry = |expires_at| AttestationError::Expiry {
        expires_at,
        now,
        latest: now + MAX_VALIDITY,
    };
    assert_fails(submit(device("x"), 32, now), expiry(now));
    assert_fails(
        submit(device("x"), 32, now + MAX_VALIDITY + 1),
        expiry(now + MAX_VALIDITY + 1),
    );
    submit(device(&"x".repeat(128)), 32, now + MAX_VALIDITY).unwrap();
}

#[test]
fn records_are_listed_by_provider() {
    let mut w = World::new();
    let verifier = w.verifier.clone();
    for (device, provider) in [("a", "p"), ("b", "q"), ("c", "p"), ("d", "p")] {
        w.submit_ok(&verifier, device, provider);
    }
    let list = |start_after: Option<u64>, limit| {
        let (provider, start_after) = (w.app.addr("p").to_string(), start_after.map(Uint64::new));
        let answer: RecordsResponse = w
            .app
            .query(
                &w.contract,
                &QueryMsg::RecordsByProvider {
                    provider,
                    start_after,
                    limit,
                },
            )
            .unwrap();
        answer
            .records
            .iter()
            .map(|found| found.record.id.u64())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(None, None), [1, 3, 4]);
    assert_eq!(list(Some(1), Some(1)), [3]);
}
