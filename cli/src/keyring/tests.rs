use super::*;

const PASSPHRASE: &str = "correct horse";

fn key() -> Key {
    Key::from_secret(&[7; 32]).unwrap()
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_only_and_shows_no_secret() {
    let home = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(home.path(), Backend::File);
    let info = keyring.add("alice", &key(), PASSPHRASE).unwrap();
    assert_eq!(keyring.list().unwrap(), [info]);
    assert_eq!(
        keyring.open("alice", PASSPHRASE).unwrap().public_key(),
        key().public_key()
    );
    assert!(matches!(
        keyring.open("alice", "wrong horse"),
        Err(KeyringError::Passphrase { .. })
    ));
    let text = fs::read_to_string(home.path().join("keyring-file/alice.json")).unwrap();
    assert!(!text.contains(&hex::encode([7; 32])), "{text}");
}

#[test]
fn files_and_folders_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(home.path(), Backend::Test);
    keyring.add("alice", &key(), "").unwrap();
    let mode = |path: &str| fs::metadata(home.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("keyring-test"), 0o700);
    assert_eq!(mode("keyring-test/alice.json"), 0o600);
}

#[test]
fn a_renamed_or_mixed_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(home.path(), Backend::File);
    keyring.add("alice", &key(), PASSPHRASE).unwrap();
    let path = |name: &str| home.path().join(format!("keyring-file/{name}.json"));
    let text = fs::read_to_string(path("alice")).unwrap();
    fs::write(path("bob"), &text).unwrap();
    assert!(matches!(keyring.info("bob"), Err(KeyringError::Damaged { .. })));
    fs::write(path("bob"), text.replace("\"alice\"", "\"bob\"")).unwrap();
    assert!(matches!(
        keyring.open("bob", PASSPHRASE),
        Err(KeyringError::Passphrase { .. })
    ));
}

#[test]
fn names_that_leave_the_folder_and_second_keys_of_a_name_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(home.path(), Backend::Test);
    for name in ["", "../x", "a/b", ".hidden", "ä", &"a".repeat(65)] {
        assert!(
            matches!(keyring.add(name, &key(), ""), Err(KeyringError::Name { .. })),
            "{name}"
        );
    }
    keyring.add(&"a".repeat(64), &key(), "").unwrap();
    keyring.add("alice", &key(), "").unwrap();
    assert!(matches!(
        keyring.add("alice", &key(), ""),
        Err(KeyringError::Exists { .. })
    ));
    keyring.delete("alice").unwrap();
    assert!(matches!(keyring.open("alice", ""), Err(KeyringError::NotFound { .. })));
}

#[test]
fn passphrases_have_eight_characters_at_least() {
    let home = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(home.path(), Backend::File);
    assert!(matches!(
        keyring.add("a", &key(), "1234567"),
        Err(KeyringError::ShortPassphrase { got: 7 })
    ));
    keyring.add("a", &key(), "12345678").unwrap();
}
