"""What the networks of a lesson show: every sentence and every outcome is computed from a snapshot, none is written.

A function here makes an `Evidence`. Called with a snapshot it says in a sentence what is to be seen, and once the
numbers are clear it names the outcome, the key of the choice that is right.
"""

from .confidence import calibration_of, rise_of
from .finding import Evidence, Finding, beside
from .inputs import copies_kept, inputs_kept, same_copies
from .losses import above, gap_of, lowest, lowest_loss, memorizing, score_of, stopping_of
from .signals import learners, spread_in_tests, steady_signal
from .units import ensemble_of, most_hurt
from .weights import near_zero, zeros_of

__all__ = [
    "Evidence",
    "Finding",
    "above",
    "beside",
    "calibration_of",
    "copies_kept",
    "ensemble_of",
    "gap_of",
    "inputs_kept",
    "learners",
    "lowest",
    "lowest_loss",
    "memorizing",
    "most_hurt",
    "near_zero",
    "rise_of",
    "same_copies",
    "score_of",
    "spread_in_tests",
    "steady_signal",
    "stopping_of",
    "zeros_of",
]
