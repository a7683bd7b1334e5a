import subprocess
import sys
from pathlib import Path


def test_every_room_imports_only_rooms_below_it():
    """The contracts of [tool.importlinter] in pyproject.toml."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
