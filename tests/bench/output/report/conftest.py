import pytest

from bench.output.evidence import Evidence
from bench.output.report import write_report
from tests.support.plugins import HERE
from tests.support.runs import make_run

HOSTILE = ("<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "a 'quoted' & \"double\" cat")


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory):
    """A run whose prompts are markup, and in which one cell failed with markup in its error."""
    return make_run(
        tmp_path_factory.mktemp("runs") / "hostile",
        prompts=HOSTILE,
        methods={"base": {}, "best-of-n": {}, "other": {"use": "best-of-n"}},
        failed={("other", HOSTILE[1])},
        rewards=[f"{HERE}@mean", f"{HERE}@spread"],
        metrics={"support-distance": {"use": f"{HERE}@worse"}, "adherence": {"use": f"{HERE}@first-pixel"}},
    )


@pytest.fixture(scope="session")
def page_file(hostile_run):
    """Its report."""
    return write_report(Evidence([hostile_run]), hostile_run / "report.html").path
