import pytest


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory):
    """The path of a CLIP in the hub's layout."""
    from tests.support.clip_folder import write_clip

    return write_clip(tmp_path_factory.mktemp("clip") / "emoji")
