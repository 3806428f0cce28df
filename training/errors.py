"""What a person who runs a command can put right; the command line prints it without a traceback.

TrainingError
  NoCaptures      a folder holds nothing to learn from, or nothing of the kind that is asked for
  SanityError     labels or gradients at the start that no training can recover from
  NoGraphs        a folder holds no exported graphs
  RunMismatch     a run's checkpoint belongs to another configuration
"""


class TrainingError(ValueError):
    """The base: `code` is stable."""

    code = "training_failed"


class NoCaptures(TrainingError):  # noqa: N818 - a state of the folder, named as what is missing
    code = "no_captures"


class SanityError(TrainingError):
    code = "sanity_check_failed"


class RunMismatch(TrainingError):  # noqa: N818
    code = "run_mismatch"


class NoGraphs(TrainingError):  # noqa: N818
    code = "no_graphs"
