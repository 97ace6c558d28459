"""Packages of the ecosystem's clients, installed once into ~/.cache/supercloud/clients (or $XDG_CACHE_HOME/...).

A folder is installed anew when its manifest has changed; the manifests in tests/clients name exact versions.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "tests" / "clients"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "supercloud" / "clients"


def installed(name, manifest, install):
    """The folder of a client's packages."""
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
    """A folder with node_modules."""

    def install(folder):
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)

    return installed(name, "package.json", install)


def venv(name):
    """The folder of executables of a virtual environment."""

    def install(folder):
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = folder / "venv" / "bin" / "pip"
        subprocess.run([pip, "install", "--quiet", "--requirement", folder / "requirements.txt"], check=True)

    return installed(name, "requirements.txt", install) / "venv" / "bin"


def cargo(name):
    """The binary of a Rust client; its build lies in the cache, too."""
    target = CACHE / f"{name}-target"
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target), "CARGO_TERM_COLOR": "never"}
    manifest = CLIENTS / name / "Cargo.toml"
    command = ["cargo", "build", "--quiet", "--locked", "--manifest-path", manifest]
    subprocess.run(command, env=environment, check=True)
    return target / "debug" / f"client-test-{name}"
