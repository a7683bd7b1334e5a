"""The site is built strictly, whole, and looks at nothing elsewhere."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress

import pytest

from tests.support.shipped import SHIPPED_METHODS
from website.repository import ROOT, SECTIONS, gathered

ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\ssrc=["']?(?:https?:)?//|<link\b[^>]*\shref=["']?(?:https?:)?//|url\(["']?https?:"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    for module in ("mkdocs", "material"):
        pytest.importorskip(module, reason="`./reproduce.sh setup` installs it")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "true"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900)
    assert built.returncode == 0, built.stderr
    return folder


def test_every_page_is_there(site):
    pages = [path.name for path in (ROOT / "docs").glob("*.md")]
    pages += [*SECTIONS.values(), *(f"methods/{name}.md" for name in SHIPPED_METHODS)]
    pages += [path for path in gathered() if path.endswith(".md")]
    for page in pages:
        assert (site / re.sub(r"(README)?\.md$", lambda end: "index.html" if end[1] else ".html", page)).is_file(), page


def test_a_method_page_shows_lines_options_and_outcomes(site):
    text = (site / "methods" / "fk-steering.html").read_text(encoding="utf-8")
    assert 'class="beside"' in text
    assert "log_potential" in text
    assert "official code, commit 9413005" in text
    assert "darkness on emoji" in text
    assert "&lt;div" not in text


def test_marks_are_filled_in(site):
    assert "test_starts_from_the_shared_noise" in (site / "add-a-method.html").read_text(encoding="utf-8")
    assert "stable-diffusion-v1-5" in (site / "weights.html").read_text(encoding="utf-8")
    assert not [path for path in site.rglob("*.html") if "insert: " in path.read_text(encoding="utf-8")]


def test_nothing_is_loaded_from_elsewhere(site):
    files = [path for pattern in ("*.html", "*.css") for path in site.rglob(pattern)]
    assert [path for path in files if ELSEWHERE.search(path.read_text(encoding="utf-8"))] == []


def test_it_is_searched_from_disk(site):
    """In a real Chromium, as somebody opens it; nothing is asked for that is not in the folder."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: test)")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on the path: the site is not tested in a browser")
    asked, complaints = [], []
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda one: asked.append(one.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((site / "methods" / "dno.html").as_uri())
        found = page.locator(".md-search-result__item").first
        for _ in range(20):  # what is typed before the page listens is lost
            page.fill("input.md-search__input", "")
            page.type("input.md-search__input", "first noise")
            with suppress(sync_api.TimeoutError):
                found.wait_for(timeout=3000)
                break
        found = found.inner_text()
        browser.close()
    assert "noise" in found
    assert complaints == []
    assert [url for url in asked if not url.startswith((site.as_uri(), "data:", "about:"))] == []
