"""The fenced snippets of README.md, run as they stand against a node.

Each must end well and print what shows that it did its work: what README promises is what runs.
"""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from client_packages import CACHE, CLIENTS, ROOT, npm

SECONDS = 300
# Code 0, a height, a hash: what the two signing snippets print.
DELIVERED = re.compile(r"0 [1-9][0-9]* [0-9A-F]{64}")


def snippets():
    """Language and text of the fenced blocks, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def output(command, environment, **options):
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS, **options
    )
    return done.stdout.strip()


def run_sh(text, environment):
    """Every command prints one JSON document, and none is an error."""
    printed = output(["bash", "-euo", "pipefail", "-c", text], environment)
    decoder, documents = json.JSONDecoder(), []
    while printed:
        document, end = decoder.raw_decode(printed)
        documents.append(document)
        printed = printed[end:].lstrip()
    assert len(documents) == text.count("curl "), f"{len(documents)} documents of {text.count('curl ')} commands"
    for document in documents:
        assert "error" not in document and "code" not in document, document


def run_js(text, environment):
    folder = npm("cosmjs-0.38")
    path = folder / "readme.mjs"
    path.write_text(text, encoding="utf-8")
    printed = output(["node", path], environment, cwd=folder)
    assert DELIVERED.fullmatch(printed), printed


def run_rust(text, environment):
    """With the dependencies of the cosmrs client, whose build it shares."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("Cargo.toml", "Cargo.lock"):
            # A name of its own, or its binary would take the client's place.
            manifest = (CLIENTS / "cosmrs" / name).read_text()
            (Path(folder) / name).write_text(manifest.replace("client-test-cosmrs", "readme-cosmrs"))
        source = Path(folder) / "src"
        source.mkdir()
        (source / "main.rs").write_text(text, encoding="utf-8")
        target = {"CARGO_TARGET_DIR": str(CACHE / "cosmrs-target"), "CARGO_TERM_COLOR": "never"}
        command = ["cargo", "run", "--quiet", "--locked", "--manifest-path", Path(folder) / "Cargo.toml"]
        printed = output(command, {**environment, **target})
    assert DELIVERED.fullmatch(printed), printed


RUNNERS = {"sh": run_sh, "js": run_js, "rust": run_rust}


def run(ready):
    """Runs all snippets against the node of a ready line."""
    node = json.loads(Path(ready).read_text())
    environment = {**os.environ, "RPC": node["rpc_url"], "REST": node["rest_url"], "MNEMONIC": node["mnemonic"]}
    found = snippets()
    languages = sorted(language for language, _ in found)
    assert languages == sorted(RUNNERS), f"README has snippets of {languages}, expected one each of {sorted(RUNNERS)}"
    for language, text in found:
        RUNNERS[language](text, environment)
        print(f"ok    the {language} snippet", flush=True)
