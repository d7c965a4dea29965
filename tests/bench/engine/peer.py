"""pandas, scikit-learn and NumPy on the same work: peer.py WORK ARGUMENT ...

Prints one line: wall and processor seconds, the largest memory of the process and how much of it came
after the start (KiB), and a value to compare. Imports and reading arrays are outside the time.
"""
import resource
import sys
import time

import numpy as np


def usage():
    return resource.getrusage(resource.RUSAGE_SELF)


def timed(work):
    before, start = usage(), time.perf_counter()
    value, scale = work()
    wall, after = time.perf_counter() - start, usage()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print("%.6f %.6f %d %d %.12g" % (wall * scale, cpu * scale, after.ru_maxrss,
                                     after.ru_maxrss - before.ru_maxrss, value))


def arrays(folder):
    return (np.fromfile(folder + "/label.u8", np.uint8), np.fromfile(folder + "/first.f8"),
            np.fromfile(folder + "/second.f8"))


def pandas_table(path):
    """RMSE, MAE and R2 of two models by country."""
    import pandas as pd

    def work():
        rows = pd.read_csv(path)
        out = {}
        for model in ("score", "baseline"):
            error = rows[model] - rows["label"]
            by = pd.DataFrame({"country": rows["country"], "square": error * error,
                               "size": error.abs(), "label": rows["label"]}).groupby("country")
            mean = by.mean()
            out[model] = pd.DataFrame({"rmse": np.sqrt(mean["square"]), "mae": mean["size"],
                                       "r2": 1 - mean["square"] / by["label"].var(ddof=0)})
        return out["score"].loc["US0", "rmse"], 1

    timed(work)


def auc(folder):
    from sklearn.metrics import roc_auc_score
    y, a, _ = arrays(folder)
    timed(lambda: (roc_auc_score(y, a), 1))


def resample_sklearn(folder):
    """Three resamples, scaled to 1,000."""
    from sklearn.metrics import roc_auc_score
    y, a, b = arrays(folder)
    rng = np.random.default_rng(1)

    def work():
        differences = []
        for _ in range(3):
            i = rng.integers(0, len(y), len(y))
            differences.append(roc_auc_score(y[i], a[i]) - roc_auc_score(y[i], b[i]))
        return np.std(differences, ddof=1), 1000 / 3

    timed(work)


def resample_numpy(folder):
    """By hand, on scores sorted once, with Poisson weights; three resamples, scaled to 1,000."""
    y, a, b = arrays(folder)
    rng = np.random.default_rng(1)
    sorted_models = []
    for score in (a, b):
        order = np.argsort(score, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
        sorted_models.append((order, y[order], starts, np.r_[starts[1:], len(y)] - 1))

    def weighted(weight, order, label, starts, ends):
        w = weight[order]
        negatives = np.cumsum(w * (label == 0))
        below = np.r_[0, negatives[ends[:-1]]]
        positives = np.add.reduceat(w * label, starts)
        total = (positives * (below + 0.5 * (negatives[ends] - below))).sum()
        return total / positives.sum() / negatives[-1]

    def work():
        differences = []
        for _ in range(3):
            w = rng.poisson(1.0, len(y)).astype(np.float64)
            differences.append(weighted(w, *sorted_models[0]) - weighted(w, *sorted_models[1]))
        return np.std(differences, ddof=1), 1000 / 3

    timed(work)


def resample_means(folder):
    """Three resamples, scaled to 1,000."""
    _, a, b = arrays(folder)
    rng = np.random.default_rng(1)

    def work():
        differences = []
        for _ in range(3):
            i = rng.integers(0, len(a), len(a))
            differences.append(a[i].mean() - b[i].mean())
        return np.std(differences, ddof=1), 1000 / 3

    timed(work)


def losses(folder):
    """Log loss, Brier score, confusion matrix, calibration curve: four calls."""
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import brier_score_loss, confusion_matrix, log_loss
    y, a, _ = arrays(folder)

    def work():
        value = log_loss(y, a)
        brier_score_loss(y, a)
        confusion_matrix(y, a >= 0.5)
        calibration_curve(y, a, n_bins=10)
        return value, 1

    timed(work)


def versions(*_):
    """One line of what is here."""
    found = ["Python " + sys.version.split()[0], "NumPy " + np.__version__]
    for name in ("pandas", "sklearn", "scipy"):
        try:
            found.append(name + " " + __import__(name).__version__)
        except ImportError:
            found.append(name + " not installed")
    print(", ".join(found))


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])
