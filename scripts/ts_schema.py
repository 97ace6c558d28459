#!/usr/bin/env python3
"""Writes the TypeScript clients of the contracts into schema/ts, from schema/json, with @cosmwasm/ts-codegen.

  ts_schema.py [--check]

--check writes nothing and fails when the committed files are not what would be written. The generator drops what it does
not understand without a word, so every message of a schema must also be a method of its client.
"""

import argparse
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from client_packages import ROOT, npm

SCHEMAS = ROOT / "schema" / "json"
OUTPUT = ROOT / "schema" / "ts"
# A bare string in JSON, as in Pyth's own contract; the generator knows no such message. Clients send the string themselves.
UNREACHABLE = ["pyth: query get_valid_time_period in client"]
SCRIPT = ROOT / "tests" / "clients" / "ts-codegen" / "generate.mjs"


def generate(output):
    """Generates all clients into a folder."""
    packages = npm("ts-codegen")
    with tempfile.TemporaryDirectory() as inputs:
        # The generator wants a folder with one document per contract.
        for schema in sorted(SCHEMAS.glob("*.json")):
            folder = Path(inputs) / schema.stem
            folder.mkdir()
            shutil.copy(schema, folder)
        command = ["node", SCRIPT, inputs, output]
        done = subprocess.run(command, cwd=packages, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"ts-codegen failed:\n{done.stdout}{done.stderr}")


def messages(schema, kind):
    """The names of a message enum's variants."""
    variants = schema[kind] or {}
    return [name for variant in variants.get("oneOf", []) for name in variant.get("required", variant.get("enum", []))]


def lost_messages(output):
    """Messages of the schemas that no client has a method for."""
    lost = []
    for path in sorted(SCHEMAS.glob("*.json")):
        schema = json.loads(path.read_text())
        for kind, suffix in (("execute", "client"), ("query", "client"), ("execute", "message-composer")):
            text = (output / f"{path.stem.capitalize()}.{suffix}.ts").read_text()
            for name in messages(schema, kind):
                method = re.sub("_(.)", lambda found: found[1].upper(), name)
                if f"  {method} = " not in text:
                    lost.append(f"{path.stem}: {kind} {name} in {suffix}")
    return lost


def contents(folder):
    return {path.name: path.read_text() for path in folder.glob("*.ts")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(fresh)
        lost = lost_messages(fresh)
        if lost != UNREACHABLE:
            raise SystemExit(f"messages that the generated clients lack: {lost}, expected {UNREACHABLE}")
        if arguments.check:
            old, new = contents(OUTPUT), contents(fresh)
            stale = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
            if stale:
                raise SystemExit(f"schema/ts is stale: {', '.join(stale)}; run scripts/ts_schema.py")
        else:
            for path in OUTPUT.glob("*.ts"):
                path.unlink()
            for path in fresh.glob("*.ts"):
                shutil.copy(path, OUTPUT)
        print(f"{len(contents(fresh))} files, {'as committed' if arguments.check else 'written'}")


if __name__ == "__main__":
    main()
