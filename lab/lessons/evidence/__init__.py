"""What the networks of a lesson show: every sentence and every outcome is computed from a snapshot, none is written.

A function here makes an `Evidence`. Called with a snapshot it says in a sentence what is to be seen, and once the
numbers are clear it names the outcome, the key of the choice that is right. `After` is evidence that has none before a
certain epoch: training does not pass it without a look.
"""

from .choosing import chosen_by, luck_of
from .confidence import calibration_of, rise_of
from .finding import After, Evidence, Finding, apart, beside, open_until
from .inputs import copies_kept, inputs_kept, same_copies, selecting
from .labels import mislabelled
from .likeness import most_like
from .losses import above, gainers, gap_of, lowest, lowest_loss, memorizing, score_of, worst
from .pruning import hurt_by_pruning
from .signals import learners, spread_in_tests, steady_signal
from .stopping import stopping_of
from .strengths import best_moves
from .training_sets import OfSets, trade_of
from .units import ensemble_of, most_hurt
from .weights import near_zero, zeros_of

__all__ = [
    "After",
    "Evidence",
    "Finding",
    "OfSets",
    "above",
    "apart",
    "beside",
    "best_moves",
    "calibration_of",
    "chosen_by",
    "copies_kept",
    "ensemble_of",
    "gainers",
    "gap_of",
    "hurt_by_pruning",
    "inputs_kept",
    "learners",
    "lowest",
    "lowest_loss",
    "luck_of",
    "memorizing",
    "mislabelled",
    "most_hurt",
    "most_like",
    "near_zero",
    "open_until",
    "rise_of",
    "same_copies",
    "score_of",
    "selecting",
    "spread_in_tests",
    "steady_signal",
    "stopping_of",
    "trade_of",
    "worst",
    "zeros_of",
]
