#!/usr/bin/env python3
"""Runs the ecosystem's unmodified clients against a started node.

  client_tests.py [--binary target/release/supercloud] [--only NAME ...]

Packages are installed once, into ~/.cache/supercloud/clients (or $XDG_CACHE_HOME/supercloud/clients): exact versions, from
npm and PyPI. The node is `supercloud dev --json` on free ports; each client has accounts of its own.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "tests" / "clients"
CONTRACT = ROOT / "artifacts" / "test" / "conformance.wasm"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "supercloud" / "clients"
# The well-known words of development chains; twelve, since one client's library knows no others.
MNEMONIC = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
START_SECONDS = 60
CLIENT_SECONDS = 300


def installed(name, manifest, install):
    """The folder of a client's packages, installed anew when its manifest has changed."""
    folder = CACHE / name
    stamp = folder / ".installed"
    digest = hashlib.sha256((CLIENTS / name / manifest).read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(CLIENTS / name / manifest, folder)
        install(folder)
        stamp.write_text(digest)
    return folder


def npm(name):
    def install(folder):
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)

    return installed(name, "package.json", install)


def venv(name):
    def install(folder):
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = folder / "venv" / "bin" / "pip"
        subprocess.run([pip, "install", "--quiet", "--requirement", folder / "requirements.txt"], check=True)

    return installed(name, "requirements.txt", install)


def cosmjs(name, accounts):
    def run(ready):
        environment = {**os.environ, "CLIENT_ACCOUNTS": accounts}
        command = ["node", CLIENTS / "cosmjs.mjs", ready, CONTRACT]
        subprocess.run(command, cwd=npm(name), env=environment, check=True, timeout=CLIENT_SECONDS)

    return run


def keplr(ready):
    subprocess.run(["node", CLIENTS / "keplr.mjs", ready], cwd=npm("keplr"), check=True, timeout=CLIENT_SECONDS)


def cosmpy(account, transport):
    def run(ready):
        python = venv("cosmpy") / "venv" / "bin" / "python"
        command = [python, CLIENTS / "cosmpy_client.py", ready, CONTRACT, account, transport]
        subprocess.run(command, check=True, timeout=CLIENT_SECONDS)

    return run


TESTS = {
    "cosmjs-0.38": cosmjs("cosmjs-0.38", "1,2"),
    "cosmjs-0.36": cosmjs("cosmjs-0.36", "3,4"),
    "keplr": keplr,
    "cosmpy-grpc": cosmpy("5", "grpc"),
    "cosmpy-rest": cosmpy("6", "rest"),
}


def start(binary, log):
    """A node on free ports and the line with which it reported."""
    command = [binary, "dev", "--json", "--mnemonic", MNEMONIC]
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
                except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
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
