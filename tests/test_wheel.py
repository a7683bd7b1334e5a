"""A built wheel has all it needs: the demo begins from an empty directory, away from the source tree."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_runs_the_demo_from_an_empty_directory(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(ROOT)]
    built = subprocess.run(build, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").glob("dno_bench-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    weights = {path.relative_to(ROOT) for path in (ROOT / "bench").rglob("*.safetensors")}
    assert weights == {path.relative_to(tmp_path / "site") for path in (tmp_path / "site").rglob("*.safetensors")}
    home = tmp_path / "home"
    home.mkdir()
    # -P keeps the current directory out of the path; the wheel comes before an editable install of the source.
    first = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); "
    cut = ["--budget", "50nfe", "--prompts", "white duck", "--seeds", "0", "--wandb", "off"]
    cut += ["--methods", "base,dno", "--rewards", "darkness"]
    ran = subprocess.run(
        [sys.executable, "-P", "-c", first + "from bench.cli import main; main()", "run", "demo", *cut],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert (home / "results" / "runs" / "demo" / "scores.csv").exists()
    assert "darkness on emoji" in ran.stdout
    origin = subprocess.run(
        [sys.executable, "-P", "-c", first + "import bench; print(bench.__file__)"], capture_output=True, text=True
    )
    assert origin.stdout.startswith(str(tmp_path / "site"))
