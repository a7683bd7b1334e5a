"""What docs/cluster.md tells people to type is understood."""

import re
import shlex
from pathlib import Path

from tests.support.cli import dno_bench

PAGE = (Path(__file__).parents[1] / "docs" / "cluster.md").read_text()


def test_every_run_of_the_page_on_clusters_can_be_planned(tmp_path):
    blocks = "".join(re.findall(r"```bash\n(.*?)```", PAGE, flags=re.DOTALL)).replace("\\\n", "")
    commands = [shlex.split(line, comments=True) for line in blocks.splitlines() if line.startswith("dno-bench run")]
    assert len(commands) == 4
    for words in commands:
        planned = dno_bench(*words[1:], *([] if "--dry-run" in words else ["--dry-run"]), cwd=tmp_path)
        assert planned.returncode == 0, planned.stderr
        jobs = re.search(r"^jobs     (\d+) of at most 4 h, at most 8 at once$", planned.stdout, re.M)
        assert bool(jobs) == ("slurm" in words)
