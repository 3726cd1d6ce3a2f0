"""What is for running it elsewhere: the image's file copies all that is needed, and its commands start a server."""

from __future__ import annotations

import ast
import configparser
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from dockerfile_parse import DockerfileParser

import ui
from accounts.store import Accounts, accounts_folder
from index.places import milvus_address
from tests.conftest import ROOT
from tests.workers import FIRST_PORT

DEPLOY = ROOT / "deploy"
PORT = "7860"


@pytest.fixture(scope="module")
def steps() -> list[dict[str, str]]:
    """The steps of the image's file, in order."""
    parser = DockerfileParser(str(DEPLOY / "Dockerfile"))
    return [{"step": one["instruction"], "value": one["value"]} for one in parser.structure]


def _copied(steps: list[dict[str, str]]) -> list[tuple[str, str]]:
    """What is copied from the repository, and where to below /app."""
    found = []
    for one in steps:
        if one["step"] == "COPY" and not one["value"].startswith("--from"):
            *sources, target = one["value"].split()
            found += [(source, source if target == "./" else target) for source in sources]
    return found


def test_all_that_the_program_imports_is_copied(steps: list[dict[str, str]]) -> None:
    copied = {source for source, _ in _copied(steps)}
    assert all((ROOT / source).exists() for source in copied)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"ui"}
    files = [ROOT / "ui.py"]
    for package in copied & packages:
        files += (ROOT / package).rglob("*.py")
    imported = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
    assert imported & packages <= {Path(name).stem for name in copied}
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()
    assert {f"!{name}" for name in copied} <= set(ignored)


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is(steps: list[dict[str, str]]) -> None:
    names = [one["step"] for one in steps]
    last = steps[len(names) - names[::-1].index("FROM") - 1 :]
    by_name = {one["step"]: one["value"] for one in last}
    assert by_name["USER"] not in ("root", "0")
    assert by_name["VOLUME"] == "/data"
    assert {"HEALTHCHECK", "CMD", "EXPOSE"} <= set(by_name)


def test_its_commands_serve_and_find_it_healthy_and_write_nothing_beside_the_code(
    steps: list[dict[str, str]], article_folder: Path, tmp_path: Path
) -> None:
    app, data = tmp_path / "app", tmp_path / "data"
    for source, target in _copied(steps):
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, app / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            app.mkdir(exist_ok=True)
            shutil.copy(ROOT / source, app / target)
    shutil.copytree(article_folder, data / "library")
    Accounts(accounts_folder(data / "library")).add("an", "correct horse battery", "owner")
    before = sorted(app.rglob("*"))
    port = str(ui.free_port("127.0.0.1", FIRST_PORT + 250))
    commands = {one["step"]: one["value"] for one in steps if one["step"] in ("CMD", "HEALTHCHECK")}
    serve = json.loads(commands["CMD"].replace("/data", str(data)).replace(PORT, port))
    check = json.loads(commands["HEALTHCHECK"].partition("CMD")[2].replace(PORT, port))
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
    serving = subprocess.Popen(
        [sys.executable, *serve[1:]], cwd=app, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + 60
        healthy = 1
        while healthy != 0:
            assert serving.poll() is None and time.monotonic() < until
            healthy = subprocess.run([sys.executable, *check[1:]], check=False, capture_output=True).returncode
            time.sleep(0.2)
    finally:
        serving.terminate()
        _, said = serving.communicate(timeout=30)
    assert '"path": "/health"' in said  # --log requests
    assert sorted(app.rglob("*")) == before


def test_the_unit_and_the_compose_file_name_what_there_is() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "yinzheng.service")
    program, script, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert program.endswith("python") and (ROOT / script).is_file()
    options = ui._parser().parse_args(arguments)
    assert (options.host, options.log) == ("127.0.0.1", "requests")
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    service = compose["services"]["yinzheng"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert service["read_only"] and "library:/data" in service["volumes"]


def test_the_compose_file_of_a_cluster_answers_from_its_own_milvus() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.milvus.yaml").read_text("utf-8"))
    services = compose["services"]
    roles = {one["command"][2] for one in services.values() if one.get("image", "").startswith("milvusdb/")}
    assert roles == {"mixcoord", "streamingnode", "datanode", "querynode", "proxy"}
    program, script, *arguments = shlex.split(services["yinzheng"]["command"])
    address = milvus_address(ui._parser().parse_args(arguments).library)
    assert program == "python" and (ROOT / script).is_file() and address is not None
    host, port = address.uri.removeprefix("http://").split(":")
    assert services[host]["command"][2] == "proxy" and any(one.endswith(f":{port}") for one in services[host]["ports"])
    assert (ROOT / services["yinzheng"]["build"]["args"]["MORE"]).is_file()
    for one in services.values():
        named = {entry if isinstance(entry, str) else entry["source"] for entry in one.get("configs", ())}
        volumes = {volume.split(":")[0] for volume in one.get("volumes", ())}
        needed = set(one.get("depends_on", ()))
        assert named <= set(compose["configs"]) and volumes <= set(compose["volumes"]) and needed <= set(services)
        assert "build" in one or "@" in one["image"] or not one["image"].endswith(":latest")
