//! How a dev chain ends: by a signal, whatever hangs on it, and by an error that it tells.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{ABANDON, Dev};

/// Longer than any orderly end takes.
const PATIENCE: Duration = Duration::from_secs(30);

fn signal(dev: &Dev, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), &dev.child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

fn end(dev: &mut Dev) -> (ExitStatus, Duration) {
    let started = Instant::now();
    loop {
        if let Some(status) = dev.child.try_wait().unwrap() {
            return (status, started.elapsed());
        }
        assert!(started.elapsed() < PATIENCE, "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A chain whose control server waits for the rest of a request.
fn with_half_a_request(caches: &Path) -> (Dev, TcpStream) {
    let dev = Dev::start(caches, &[]);
    let mut half = TcpStream::connect(dev.text("control_url").trim_start_matches("http://")).unwrap();
    half.write_all(b"POST /blocks HTTP/1.1\r\n").unwrap();
    // So that the server has it before the signal.
    std::thread::sleep(Duration::from_millis(300));
    (dev, half)
}

#[test]
fn half_a_request_does_not_hold_the_end() {
    let caches = tempfile::tempdir().unwrap();
    for name in ["INT", "TERM"] {
        let (mut dev, _half) = with_half_a_request(caches.path());
        signal(&dev, name);
        let (status, took) = end(&mut dev);
        assert!(status.success(), "a signal is no failure: {status}");
        assert!(took < Duration::from_secs(15), "{took:?}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let caches = tempfile::tempdir().unwrap();
    let (mut dev, _half) = with_half_a_request(caches.path());
    // Signals right after the first are taken for the same, so one of these is the second.
    let status = loop {
        signal(&dev, "INT");
        std::thread::sleep(Duration::from_millis(100));
        if let Some(status) = dev.child.try_wait().unwrap() {
            break status;
        }
    };
    assert_eq!(status.code(), Some(130));
}

#[test]
#[cfg(target_os = "linux")]
fn a_chain_that_cannot_write_any_more_says_why_and_fails() {
    let caches = tempfile::tempdir().unwrap();
    let home = caches.path().join("home");
    // The shell only has the system answer a forbidden write with an error in place of a signal.
    let mut program = Command::new("sh");
    program
        .args([
            "-c",
            "trap '' XFSZ; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_supercloud"),
        ])
        .stderr(Stdio::piped());
    let mut dev = Dev::start_by(program, caches.path(), &["--home", home.to_str().unwrap()]);
    let limited = Command::new("prlimit")
        .args(["--pid", &dev.child.id().to_string(), "--fsize=0:0"])
        .status()
        .unwrap();
    assert!(limited.success());
    let (status, _) = end(&mut dev);
    let mut told = String::new();
    dev.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(status.code(), Some(1), "{told}");
    let last = told.lines().last().unwrap();
    assert!(last.starts_with("error: ") && last.contains("File too large"), "{told}");
}

#[test]
fn a_home_refuses_another_beginning_than_its_own() {
    let caches = tempfile::tempdir().unwrap();
    let home = caches.path().join("home");
    let at_home = ["--home", home.to_str().unwrap()];
    let same = [
        "--accounts",
        "3",
        "--funds",
        "5000000",
        "--min-gas-price",
        "0.5",
        "--prefix",
        "cloud",
        "--genesis-time",
        "2026-07-09T00:00:00.5Z",
        "--mnemonic",
        ABANDON,
    ];
    let first = Dev::start(caches.path(), &[&same[..], &at_home].concat()).ready.clone();
    for (flag, other) in [
        ("--accounts", "4"),
        ("--funds", "5000001"),
        ("--min-gas-price", "0.6"),
        ("--prefix", "akash"),
        ("--genesis-time", "2026-07-09T00:00:00Z"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
            .args(["dev", "--rpc-port", "0", flag, other])
            .args(at_home)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{flag}: {stderr}");
        assert!(stderr.contains(&format!("another {flag};")), "{flag}: {stderr}");
    }
    let again = Dev::start(caches.path(), &[&same[..], &at_home].concat());
    for field in ["accounts", "prefix", "min_gas_price"] {
        assert_eq!(again.ready[field], first[field], "{field}");
    }
    drop(again);
    // What is left out is the home's; the same price may be written otherwise.
    let bare = Dev::start(caches.path(), &[&["--min-gas-price", "0.50"][..], &at_home].concat());
    assert_eq!(bare.ready["accounts"], first["accounts"]);
}

#[test]
fn a_load_runs_on_a_dev_chain_and_loses_nothing() {
    let caches = tempfile::tempdir().unwrap();
    // A price of its own: the load pays what this chain asks for.
    let flags = ["--load-suite", "--mnemonic", ABANDON, "--min-gas-price", "0.004"];
    let dev = Dev::start(caches.path(), &flags);
    for load in ["mixed", "read"] {
        let output = Command::new(env!("CARGO_BIN_EXE_supercloud"))
            .args(["bench", "--json", "--node", dev.text("rpc_url"), "--mnemonic", ABANDON])
            .args(["--load", load, "--seconds", "2", "--warm-up", "0", "--rate", "10"])
            .args(["--query-rate", "20", "--accounts", "8"])
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{load}: {stderr}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        for stream in report["streams"].as_array().unwrap() {
            assert!(stream["succeeded"].as_u64().unwrap() > 0, "{load}: {stream}");
            assert_eq!(stream["taken"], stream["succeeded"], "{load}: {stream}");
        }
        assert_eq!(
            (&report["failed"], &report["lost"]),
            (&0.into(), &0.into()),
            "{load}: {report}"
        );
        if load == "read" {
            assert!(report["reads"]["answered"].as_u64().unwrap() > 0, "{report}");
            assert_eq!(report["reads"]["failed"], 0);
        }
    }
}
