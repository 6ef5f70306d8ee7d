#!/usr/bin/env python3
"""Runs the vendors' own clients against the simulated services. See README.md."""

import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
WORK = ROOT / "target" / "vendor-clients"

# One environment for each set of packages that can be installed together.
ENVIRONMENTS = {
    "current": (
        [
            "azure-batch==15.1.0",
            "azure-identity==1.27.0",
            "azure-mgmt-azurestackhcivm==1.0.0b1",
            "ucloud-sdk-python3==0.11.150",
        ],
        ["azure_login.py", "azure_batch_15.py", "azure_gallery_images.py", "ucloud_images.py"],
    ),
    "batch-14": (["azure-batch==14.2.0"], ["azure_batch_14.py"]),
}


def python_of(name, packages):
    """The interpreter of an environment, which is made when it is not there."""
    folder = WORK / name
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def services(certificate):
    """The running services, and what they say about themselves."""
    command = ["cargo", "run", "--quiet", "-p", "simulated-clouds", "--", WORK, certificate]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    values = {}
    for line in process.stdout:
        if line == "\n":
            return process, values
        name, _, value = line.rstrip("\n").partition("=")
        values[name] = value
    sys.exit("the simulated services did not start")


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    pythons = {name: python_of(name, packages) for name, (packages, _) in ENVIRONMENTS.items()}
    azidentity = WORK / "azidentity"
    subprocess.run(["go", "build", "-o", azidentity, "."], cwd=HERE / "azidentity", check=True)
    certificate, key = WORK / "certificate.pem", WORK / "certificate-and-key.pem"
    subprocess.run([pythons["current"], HERE / "certificate.py", certificate, key], check=True)
    process, values = services(certificate)
    environment = {"PATH": os.environ["PATH"], "HOME": str(WORK), "CERTIFICATE_AND_KEY": str(key)}
    environment.update({f"SIMULATED_{name}": value for name, value in values.items()})
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    # For requests, which all clients in Python use, and for Go.
    environment["REQUESTS_CA_BUNDLE"] = values["AUTHORITY"]
    environment["SSL_CERT_FILE"] = values["AUTHORITY"]
    failed = []
    try:
        for name, (_, scripts) in ENVIRONMENTS.items():
            for script in scripts:
                print(f"==> {script}", flush=True)
                command = [pythons[name], HERE / script]
                if subprocess.run(command, env=environment, timeout=300).returncode != 0:
                    failed.append(script)
        print("==> azidentity", flush=True)
        if subprocess.run([azidentity], env=environment, timeout=300).returncode != 0:
            failed.append("azidentity")
    finally:
        process.stdin.close()
        process.wait(timeout=30)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
