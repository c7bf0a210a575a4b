"""The ways in: the command, the container, the checks that run elsewhere. What cannot be run here is read here."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from functools import partial
from typing import Any

import pytest
import yaml

from tests.support import ROOT


def read(name: str) -> str:
    """A file at the top."""
    return (ROOT / name).read_text(encoding="utf-8")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, an instruction a row."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE))
    found = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(name, " ".join(rest.split())) for name, rest in found]


def values(name: str) -> list[str]:
    """What the Dockerfile gives to one kind of instruction."""
    return [rest for instruction, rest in instructions() if instruction == name]


# ---- the command


def test_the_command_starts_the_server_of_app_py() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    assert project["project"]["scripts"] == {"nanoscope": "app:serve"}
    assert "def serve() -> None:" in read("app.py")
    assert project["project"]["dynamic"] == ["dependencies"]
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements.txt"]}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_required_is_pinned_and_installed(name: str) -> None:
    lines = [line for line in read(name).splitlines() if line and not line.startswith(("#", "-r"))]
    for line in lines:
        pinned, _, where = line.partition("; ")
        assert where in ("", 'sys_platform != "win32"'), line
        if where and sys.platform == "win32":
            continue
        package, version = re.fullmatch(r"([\w-]+)(?:\[\w+\])?==([\w.]+)", pinned).groups()  # type: ignore[union-attr]
        assert importlib.metadata.version(package).split("+")[0] == version, line


# ---- the container


def test_the_image_holds_what_the_app_needs_and_nothing_else() -> None:
    copied = [name for row in values("COPY") for name in shlex.split(row)[:-1]]
    assert sorted(copied) == sorted(["requirements.txt", ".streamlit", "assets", "gpt", "pages", "app.py", "LICENSE"])
    assert all((ROOT / name).exists() for name in copied)
    kept_out = read(".dockerignore").splitlines()
    assert "*" in kept_out and {line[1:] for line in kept_out if line.startswith("!")} == set(copied)


def test_the_container_runs_without_rights_and_says_whether_it_is_well() -> None:
    order = [name for name, _ in instructions()]
    (user,) = values("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)  # a number: a cluster can see that it is not root's
    assert not set(order[order.index("USER") :]) & {"RUN", "COPY", "ADD"}  # nothing in it belongs to that user
    assert user.split(":")[0] in values("RUN")[0]
    (check,) = values("HEALTHCHECK")
    assert "127.0.0.1:8501/_stcore/health" in check
    assert json.loads(values("ENTRYPOINT")[0])[:4] == ["python", "app.py", "--server.address", "0.0.0.0"]  # noqa: S104


def test_all_addresses_are_listened_on_in_the_container_alone() -> None:
    for name in ("Makefile", "compose.yaml", ".streamlit/config.toml", "app.py", "pages/ui/server.py"):
        assert "0.0.0.0" not in read(name), name  # noqa: S104
    assert "allowedHosts" in read("Dockerfile")


def test_compose_opens_ports_to_this_machine_alone_and_every_server_runs_without_rights() -> None:
    services = yaml.safe_load(read("compose.yaml"))["services"]
    servers = {name: service for name, service in services.items() if service.get("image") == "nanoscope"}
    assert servers.keys() == {"nanoscope", "first", "second"} and services.keys() - servers.keys() == {"door"}
    assert servers["nanoscope"]["ports"] == ["127.0.0.1:8501:8501"] and services["door"]["ports"] == [
        "127.0.0.1:8500:8500"
    ]
    for name, service in servers.items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["volumes"] == [f"runs:{values('VOLUME')[0]}"]  # one folder with its locks, for all
        assert "ports" not in service or name == "nanoscope"  # the others are reached through the door


@pytest.mark.timeout(1_800)  # the first build of the image takes long
def test_a_class_is_spread_over_servers_by_a_cookie() -> None:
    """A session lives in one process, so a visitor stays with one server. Started for real where there is Docker."""
    compose = yaml.safe_load(read("compose.yaml"))
    door = compose["configs"]["caddyfile"]["content"]
    class_ = {name for name, service in compose["services"].items() if service.get("profiles") == ["class"]}
    assert class_ == {"first", "second", "door"} and "first:8501 second:8501" in door
    assert "lb_policy cookie" in door and "health_uri /_stcore/health" in door
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        return  # no Docker, or none that runs
    command = [docker, "compose", "--project-name", "nanoscope-test", "--profile", "class"]
    run = partial(subprocess.run, cwd=ROOT, check=True, capture_output=True, timeout=1_500)
    try:
        run([*command, "up", "--detach", "--wait", "--scale", "nanoscope=0"])
        with urllib.request.urlopen("http://127.0.0.1:8500/_stcore/health", timeout=10) as answer:
            assert answer.status == 200 and "nanoscope=" in (answer.headers["Set-Cookie"] or "")
    finally:
        run([*command, "down", "--volumes"])


# ---- what others run


def test_every_system_and_python_runs_make_test() -> None:
    job = yaml.safe_load(read(".github/workflows/test.yml"))["jobs"]["test"]
    matrix = job["strategy"]["matrix"]
    assert {system.split("-")[0] for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
    assert any(step.get("run", "").startswith("make test") for step in job["steps"])
    assert read(".ci/run").rstrip().endswith("make test")
    assert tomllib.loads(read("pyproject.toml"))["project"]["requires-python"] == ">=3.11"


def test_checks_before_a_commit_are_those_of_make_lint() -> None:
    (repo,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert repo["repo"] == "local"  # nothing is downloaded
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", read("Makefile"), flags=re.MULTILINE)
    assert lint is not None
    for hook in repo["hooks"]:
        command = hook["entry"].removeprefix(".venv/bin/python ").removesuffix(" --force-exclude")
        assert command in lint.group(1), command


def test_the_forms_ask_for_what_is_needed() -> None:
    forms = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    assert [form.stem for form in forms] == ["bug", "config", "idea", "wrong_number"]
    for form in forms:
        asked: dict[str, Any] = yaml.safe_load(form.read_text(encoding="utf-8"))
        if form.stem != "config":
            assert asked["name"] and asked["description"]
            ids = [field["id"] for field in asked["body"]]
            assert len(ids) == len(set(ids)) >= 3
            assert any(field.get("validations", {}).get("required") for field in asked["body"])
