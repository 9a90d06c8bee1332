"""Finds the Python that runs the engine: the user's choice, a private environment, or our own if it has torch."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..engine_door import ENGINE_HOME
from .engine_process import EngineCommand, EngineMissingError, clean_environment, detached_flags
from .job import Failure, readable

#: Packages the engine imports; looked for, not imported: importing torch takes seconds.
NEEDED: Final = ("numpy", "torch", "transformers", "safetensors")
OLDEST_PYTHON: Final = (3, 10)
PROBE_TIMEOUT: Final = 30.0  # seconds; a first start from a cold or scanned disk is slow
PRIVATE_FOLDER: Final = "engine_python"

_PROBE: Final = (
    "import importlib.util as u, json, sys;"
    f"print(json.dumps([list(sys.version_info[:2]), [n for n in {NEEDED!r} if u.find_spec(n) is None]]))"
)


@dataclass(frozen=True)
class EngineSettings:
    """What the user chose about the engine; empty texts mean: find it, or use the default."""

    python: str = ""
    device: str = "auto"
    weights: str = ""
    text_encoder: str = ""
    private_home: str = ""  # folder in which the extension keeps its own files
    online: bool = False  # whether files may be fetched from the network


@dataclass(frozen=True)
class Probe:
    """What a look at a Python showed; `defect` is empty when it can run the engine."""

    defect: str


def find_command(settings: EngineSettings, home: Path = ENGINE_HOME) -> EngineCommand:
    """How to start the engine; raises EngineMissingError. May take seconds: not for the main thread."""
    arguments = [str(find_python(settings)), "-s", "-m", "engine", "serve", "--device", settings.device]
    for option, folder in (("--weights", settings.weights), ("--text-encoder", settings.text_encoder)):
        if folder:
            arguments += [option, str(Path(folder).expanduser().absolute())]
    if settings.online:
        return EngineCommand((*arguments, "--online"), home)
    return EngineCommand(tuple(arguments), home, (("HF_HUB_OFFLINE", "1"), ("TRANSFORMERS_OFFLINE", "1")))


def find_python(settings: EngineSettings, own: str = sys.executable) -> Path:
    """The first Python that has what the engine needs; raises EngineMissingError with a sentence otherwise."""
    if settings.python:
        return _require(Path(settings.python).expanduser())
    private = private_python(Path(settings.private_home)) if settings.private_home else None
    if private and private.is_file():
        return _require(private)
    if own and not probe(Path(own)).defect:
        return Path(own)
    message = "The motion engine needs a Python with PyTorch, and none was found."
    advice = (
        "Make one with: python -m venv FOLDER, then FOLDER/bin/pip install torch transformers safetensors "
        "(FOLDER\\Scripts\\pip on Windows), and choose its Python in the extension's preferences."
    )
    raise EngineMissingError(Failure(message, advice))


def private_python(private_home: Path) -> Path:
    """Where the extension's own environment has its Python, whether or not it is installed."""
    inner = Path("Scripts/python.exe") if sys.platform == "win32" else Path("bin/python")
    return private_home / PRIVATE_FOLDER / inner


def _require(python: Path) -> Path:
    found = probe(python)
    if not found.defect:
        return python.absolute()
    advice = "Choose another Python in the extension's preferences, or leave the field empty."
    raise EngineMissingError(Failure(found.defect, advice))


_known: dict[tuple[str, float], Probe] = {}
_known_lock = threading.Lock()


def probe(python: Path, run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run) -> Probe:
    """Look, in a child process, whether `python` has what the engine needs. A good answer is remembered."""
    if not python.is_file():
        return Probe(f"There is no Python at {python}.")
    key = (str(python), python.stat().st_mtime)
    with _known_lock:
        if key in _known:
            return _known[key]
    found = Probe(_find_defect(python, run))
    if not found.defect:  # a bad one may be mended by the user at any time: look again
        with _known_lock:
            _known[key] = found
    return found


def _find_defect(python: Path, run: Callable[..., subprocess.CompletedProcess[bytes]]) -> str:
    try:
        done = run(
            [str(python), "-s", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_TIMEOUT,
            env=clean_environment(ENGINE_HOME),
            cwd=ENGINE_HOME,
            check=False,
            **detached_flags(),
        )
        version, missing = json.loads(done.stdout.decode("utf-8", "replace").strip().splitlines()[-1])
    except subprocess.TimeoutExpired:
        return f"{python} did not answer within {PROBE_TIMEOUT:g} seconds."
    except OSError as error:
        return f"{python} cannot be started: {error}."
    except (ValueError, IndexError, TypeError):
        return f"{python} is not a Python that works: {readable(done.stderr.decode('utf-8', 'replace'), 200)}"
    if tuple(version) < OLDEST_PYTHON:
        return f"{python} is Python {version[0]}.{version[1]}; the engine needs 3.{OLDEST_PYTHON[1]} or newer."
    return f"{python} lacks {', '.join(missing)}." if missing else ""
