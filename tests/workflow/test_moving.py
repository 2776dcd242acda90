"""Results that were moved as docs/recordings.md says: nothing runs again."""

from __future__ import annotations

import subprocess
from pathlib import Path

from study_copy import StudyCopy


def test_results_move_with_snakemakes_records(finished: StudyCopy, fresh: StudyCopy, tmp_path: Path) -> None:
    packed = tmp_path / "tiny.tar.gz"
    subprocess.run(["tar", "czf", str(packed), "results/tiny", ".snakemake/metadata"], cwd=finished.folder, check=True)
    subprocess.run(["tar", "xzf", str(packed)], cwd=fresh.folder, check=True)
    run = fresh.snakemake("--dry-run", "all")
    assert run.status == 0 and run.jobs == set(), run.text
