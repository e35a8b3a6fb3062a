"""Questions asked of a trained network. Pure functions: they draw nothing at random and change nothing."""

from .ablation import Measured, ablate, measure, sub_networks, without
from .bias_variance import BiasVariance, answers_to, bias_variance, over_sets
from .calibration import Reliability, reliability
from .choosing import Choice, best_of, choose, point_scores, same_points
from .classes import ClassReport, class_report, lopsided
from .gradients import entering_batchnorm, gradient_split, importance, loss_plane, penalty_value, signals, statistics
from .in_training import batch_statistics, masked_means, train_mode
from .labels import LearnedLabels, learned_labels
from .predictions import decision_grid, wrong
from .pruning import prune, pruned
from .ridge import Ridge, bent_pairs, cosine, linear, ridge, training_as_lambda
from .steps import step_sizes
from .units import Trace, dead_units, trace, unit_answers, unit_norms

__all__ = [
    "BiasVariance",
    "Choice",
    "ClassReport",
    "LearnedLabels",
    "Measured",
    "Reliability",
    "Ridge",
    "Trace",
    "ablate",
    "answers_to",
    "batch_statistics",
    "bent_pairs",
    "best_of",
    "bias_variance",
    "choose",
    "class_report",
    "cosine",
    "dead_units",
    "decision_grid",
    "entering_batchnorm",
    "gradient_split",
    "importance",
    "learned_labels",
    "linear",
    "lopsided",
    "loss_plane",
    "masked_means",
    "measure",
    "over_sets",
    "penalty_value",
    "point_scores",
    "prune",
    "pruned",
    "reliability",
    "ridge",
    "same_points",
    "signals",
    "statistics",
    "step_sizes",
    "sub_networks",
    "trace",
    "train_mode",
    "training_as_lambda",
    "unit_answers",
    "unit_norms",
    "without",
    "wrong",
]
