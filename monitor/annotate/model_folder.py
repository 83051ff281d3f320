"""Where a scorer's model lies: a folder here, or an id on the hub; and the packages it needs."""

import importlib
from pathlib import Path
from typing import Any

from monitor.core.errors import OperatorError


def package(name: str, extra: str) -> Any:  # noqa: ANN401 - a module that need not be installed has no type here
    """An optional package.

    Raises:
        OperatorError: it is not installed; the message names the extra that brings it.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise OperatorError(
            f"OVERSIGHT_SCORER={extra} needs the package {name}, which is not installed: "
            f"install oversight-monitor[{extra}], or set OVERSIGHT_SCORER=none"
        ) from error


def folder_of(model: str, files: tuple[str, ...], extra: str) -> Path:
    """The folder of a model that has all these files, fetched from the hub where ``model`` is no folder here.

    Raises:
        OperatorError: there is none, or a file is missing from it.
    """
    folder = Path(model).expanduser()
    if not folder.is_dir():
        if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") != 1:
            raise OperatorError(
                f"OVERSIGHT_SCORER_MODEL={model}: no such folder; name a folder with {', '.join(files)}, or a hub id "
                "of the form owner/name"
            )
        folder = _fetched(model, extra)
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        raise OperatorError(f"OVERSIGHT_SCORER_MODEL={model}: {folder} has no {', '.join(missing)}")
    return folder


def _fetched(model: str, extra: str) -> Path:
    hub = package("huggingface_hub", extra)
    try:
        return Path(hub.snapshot_download(model, allow_patterns=["*.json", "*.txt", "*.onnx", "*.safetensors"]))
    except Exception as error:
        raise OperatorError(
            f"OVERSIGHT_SCORER_MODEL={model}: no such folder, and fetching it from the hub failed "
            f"({type(error).__name__}: {error}); give the path of a folder that holds the model"
        ) from error
