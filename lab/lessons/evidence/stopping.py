"""Evidence from a network that stops early, beside one that trains on."""

from __future__ import annotations

from collections.abc import Sequence

from regviz.language import ntr, tr
from regviz.training.snapshot import Snapshot

from ...compare.best import best_of
from ...compare.lanes import Lane
from ...look.numbers import number, percent
from .finding import After, Evidence, Finding, epoch_of, model_of, tested, unclear


def stopping_of(stopper: str, other: str, after: int, margin: float = 1.1) -> Evidence:
    """Return whether the lane that stops early has the "lower" loss on test data than one that trains on, or "higher",
    "same".

    The validation data have chosen the epoch; the test data, which are looked at when both are done, nothing.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        early, late = (model_of(snapshot, lanes, name) for name in (stopper, other))
        if early.stopped_epoch is None:
            best = best_of(early)
            told = tr("Best validation loss so far {loss}, at epoch {epoch}.", loss=number(best.loss), epoch=best.epoch)
            texts, waited, patience = [told], early.epoch - best.epoch, early.config.patience
            if patience:
                texts.append(
                    ntr(
                        "{waited} of 1 epoch of patience used.",
                        "{waited} of {n} epochs of patience used.",
                        patience,
                        waited=waited,
                    )
                )
            else:
                texts.append(ntr("1 epoch of patience used.", "{n} epochs of patience used.", waited))
            return Finding(" ".join(texts))
        text = tr(
            "Stopped at epoch {stopped}, with the weights of epoch {kept}: validation loss {loss}. The one that trains "
            "on has {other_loss} at epoch {epoch}.",
            stopped=early.stopped_epoch,
            kept=epoch_of(early),
            loss=number(early.now("val_loss")),
            other_loss=number(late.now("val_loss")),
            epoch=epoch_of(late),
        )
        if unclear([late], after) or late.state == "diverged":
            return Finding(text)
        (stopped, its), (now, others) = tested(early), tested(late)
        on_test = tr(
            "On test data, which chose nothing: {loss} and {other_loss} ({right} and {other_right} right).",
            loss=number(stopped),
            other_loss=number(now),
            right=percent(its, 1),
            other_right=percent(others, 1),
        )
        text = f"{text} {on_test}"
        return Finding(text, "lower" if now >= margin * stopped else "higher" if stopped >= margin * now else "same")

    return After(after, look)
