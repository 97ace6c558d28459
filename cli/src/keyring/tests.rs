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
    assert_eq!(keyring.list().unwrap().0, [info]);
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

#[test]
fn a_file_that_is_no_key_hides_no_other_and_can_be_deleted() {
    let home = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(home.path(), Backend::Test);
    let alice = keyring.add("alice", &key(), "").unwrap();
    let folder = home.path().join("keyring-test");
    // What a full disk or a kill left of a file, and what a file manager makes.
    fs::write(folder.join("torn.json"), "{\"version\": 1, \"na").unwrap();
    fs::copy(folder.join("alice.json"), folder.join("my copy.json")).unwrap();
    let (infos, errors) = keyring.list().unwrap();
    assert_eq!(infos, [alice]);
    assert!(
        matches!(&errors[..], [KeyringError::Name { name }, KeyringError::Damaged { .. }] if name == "my copy"),
        "{errors:?}"
    );
    assert!(matches!(
        keyring.add("torn", &key(), ""),
        Err(KeyringError::Exists { .. })
    ));
    keyring.delete("torn").unwrap();
    assert!(matches!(keyring.delete("torn"), Err(KeyringError::NotFound { .. })));
    keyring.add("torn", &key(), "").unwrap();
}

#[test]
fn a_key_that_cannot_be_written_leaves_no_file() {
    let home = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(home.path(), Backend::Test);
    // A folder that is a file: the write fails before the name is taken.
    fs::write(home.path().join("keyring-test"), "").unwrap();
    assert!(matches!(keyring.add("alice", &key(), ""), Err(KeyringError::Io { .. })));
    fs::remove_file(home.path().join("keyring-test")).unwrap();
    keyring.add("alice", &key(), "").unwrap();
    let folder = fs::read_dir(home.path().join("keyring-test")).unwrap();
    let names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["alice.json"]);
}
