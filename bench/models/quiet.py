"""Libraries that load models without a word."""


def quieten() -> None:
    """No bars for what loads in a moment: they would tear the progress of the run."""
    import diffusers
    import transformers

    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
