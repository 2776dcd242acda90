"""Shapes in the library's annotations are checked at run time here, and only here; a run of the workflow pays nothing."""

from jaxtyping import install_import_hook

install_import_hook("rnnatlas", "beartype.beartype")  # before anything imports rnnatlas

from pathlib import Path  # noqa: E402

import pytest  # noqa: E402


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the checkout."""
    folder = Path(__file__).parents[2] / "shared"
    if not (folder / "reference").is_dir():
        pytest.skip(f"the published networks are not here: {folder}/reference is missing")
    return folder
