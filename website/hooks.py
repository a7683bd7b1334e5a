"""What mkdocs calls while it builds the site (https://www.mkdocs.org/dev-guide/plugins/#events)."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from website.inserts import filled
from website.links import rewritten
from website.methods import method_pages
from website.navigation import expanded
from website.repository import SECTIONS, gathered, section


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages and pictures that do not lie in docs/, and spell the navigation out."""
    for path, file in gathered().items():
        files.append(File.generated(config, path, abs_src_path=str(file)))
    for title, path in SECTIONS.items():
        files.append(File.generated(config, path, content=section(title)))
    for path, text in method_pages():
        files.append(File.generated(config, path, content=text))
    config.nav = expanded(config.nav, [file.src_uri for file in files if file.is_documentation_page()])
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links on, fill in what is generated, and give a page without a heading one: that of its path."""
    path = page.file.src_uri
    heading = "" if markdown.lstrip().startswith("# ") else f"# {path.removesuffix('.md')}\n\n"
    return heading + filled(rewritten(markdown, path))
