#!/usr/bin/env python3
"""Runs the ecosystem's unmodified clients against a started node.

  client_tests.py [--binary target/release/supercloud] [--only NAME ...]

The node is `supercloud dev --json --load-suite` on free ports; each client has accounts of its own. Exact versions of the
clients come from npm, PyPI and crates.io (client_packages.py).
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import readme_snippets
from client_packages import CLIENTS, ROOT, cargo, npm, venv

CONTRACT = ROOT / "artifacts" / "test" / "conformance.wasm"
# The well-known words of development chains; twelve, since one client's library knows no others.
MNEMONIC = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
START_SECONDS = 60
CLIENT_SECONDS = 600


def cosmjs(name, accounts):
    def run(ready):
        environment = {**os.environ, "CLIENT_ACCOUNTS": accounts}
        command = ["node", CLIENTS / "cosmjs.mjs", ready, CONTRACT]
        subprocess.run(command, cwd=npm(name), env=environment, check=True, timeout=CLIENT_SECONDS)

    return run


def keplr(ready):
    subprocess.run(["node", CLIENTS / "keplr.mjs", ready], cwd=npm("keplr"), check=True, timeout=CLIENT_SECONDS)


def interchainjs(ready):
    environment = {**os.environ, "CLIENT_ACCOUNTS": "1,2"}
    command = ["node", CLIENTS / "interchainjs.mjs", ready, CONTRACT]
    subprocess.run(command, cwd=npm("interchainjs"), env=environment, check=True, timeout=CLIENT_SECONDS)


def cosmpy(account, transport):
    def run(ready):
        python = venv("cosmpy") / "python"
        command = [python, CLIENTS / "cosmpy_client.py", ready, CONTRACT, account, transport]
        subprocess.run(command, check=True, timeout=CLIENT_SECONDS)

    return run


def cosmrs(ready):
    subprocess.run([cargo("cosmrs"), ready, CONTRACT, "7", "8"], check=True, timeout=CLIENT_SECONDS)


def cw_orch(ready):
    """It notes addresses and codes in a file; those of another run must not change this one."""
    environment = {
        **os.environ,
        "STATE_FILE": str(ready.parent / "cw-orch.json"),
        "CW_ORCH_DISABLE_MANUAL_INTERACTION": "true",
        "CW_ORCH_DISABLE_LOGS_ACTIVATION_MESSAGE": "true",
    }
    subprocess.run([cargo("cw-orch"), ready, CONTRACT, "3"], env=environment, check=True, timeout=CLIENT_SECONDS)


def ts_codegen(ready):
    """Type-checks the generated clients and the program that uses them, and runs it."""
    folder = npm("ts-codegen")
    shutil.rmtree(folder / "schema", ignore_errors=True)
    shutil.copytree(ROOT / "schema" / "ts", folder / "schema")
    for name in ("market.ts", "tsconfig.json"):
        shutil.copy(CLIENTS / "ts-codegen" / name, folder)
    subprocess.run(["npx", "tsc", "--project", "."], cwd=folder, check=True)
    command = ["node", "built/market.js", ready, ROOT / "artifacts" / "registry.wasm", "9", "0"]
    subprocess.run(command, cwd=folder, check=True, timeout=CLIENT_SECONDS)


def schemathesis(ready):
    """The REST gateway against its own OpenAPI document. Last, so that there are transactions to show."""
    rest = json.loads(ready.read_text())["rest_url"]
    with urllib.request.urlopen(f"{rest}/cosmos/tx/v1beta1/txs?query=tx.height%3E0&limit=1") as answer:
        found = json.load(answer)["tx_responses"][0]["txhash"]
    # It keeps notes where it runs; those of another run must not change this one.
    folder = ready.parent / "schemathesis"
    shutil.copytree(CLIENTS / "schemathesis", folder)
    environment = {**os.environ, "SUPERCLOUD_READY": str(ready), "SUPERCLOUD_TX": found}
    command = [venv("schemathesis") / "schemathesis", "--config-file", folder / "schemathesis.toml", "--no-color"]
    command += ["run", f"{rest}/openapi.json"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=CLIENT_SECONDS)
    print(done.stdout if done.returncode else "\n".join(done.stdout.splitlines()[-8:]), flush=True)
    done.check_returncode()


TESTS = {
    "cosmjs-0.38": cosmjs("cosmjs-0.38", "1,2"),
    "cosmjs-0.36": cosmjs("cosmjs-0.36", "3,4"),
    "keplr": keplr,
    "cosmpy-grpc": cosmpy("5", "grpc"),
    "cosmpy-rest": cosmpy("6", "rest"),
    "cosmrs": cosmrs,
    "cw-orch": cw_orch,
    "interchainjs": interchainjs,
    "ts-codegen": ts_codegen,
    "readme": readme_snippets.run,
    "schemathesis": schemathesis,
}


def start(binary, log):
    """A node on free ports and the line with which it reported."""
    command = [binary, "dev", "--json", "--load-suite", "--mnemonic", MNEMONIC]
    command += ["--rpc-port", "0", "--rest-port", "0", "--grpc-port", "0", "--metrics-port", "0"]
    node = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    deadline = time.monotonic() + START_SECONDS
    line = node.stdout.readline()
    if not line or time.monotonic() > deadline:
        node.kill()
        raise SystemExit(f"the node did not start: {' '.join(map(str, command))}")
    return node, json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "target" / "release" / "supercloud")
    parser.add_argument("--only", nargs="*", choices=sorted(TESTS), default=list(TESTS))
    arguments = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "node.log", "w+", encoding="utf-8") as log:
        node, facts = start(arguments.binary, log)
        try:
            ready = Path(folder) / "ready.json"
            ready.write_text(json.dumps(facts))
            for name in arguments.only:
                print(f"-- {name}", flush=True)
                try:
                    TESTS[name](ready)
                except (subprocess.CalledProcessError, subprocess.TimeoutExpired, AssertionError) as error:
                    failed.append(name)
                    print(f"FAIL  {name}: {error}", file=sys.stderr, flush=True)
                if node.poll() is not None:
                    failed.append("node")
                    break
        finally:
            node.send_signal(signal.SIGINT)
            try:
                node.wait(timeout=10)
            except subprocess.TimeoutExpired:
                node.kill()
                failed.append("the node did not stop within 10 s")
        if failed:
            log.seek(0)
            print(log.read(), file=sys.stderr)
            raise SystemExit(f"failed: {', '.join(failed)}")
    print(f"all {len(arguments.only)} clients passed")


if __name__ == "__main__":
    main()
