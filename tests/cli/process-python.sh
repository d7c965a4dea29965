#!/bin/sh
# A scikit-learn model behind the process adapter, with the wrapper that examples/ ships.
. "${srcdir:-.}/tests/cli/tap.sh"

python=/usr/bin/python3
if ! "$python" -c 'import sklearn' 2>/dev/null; then
    skip "a scikit-learn model passes through the process adapter" "scikit-learn is not there (apt-get install python3-sklearn)"
    done_testing
    exit 0
fi

folder=$scratch/iris-width/1.0.0
mkdir -p "$folder/docs" "$folder/tests"
"$python" - "$folder" <<'PY'
import csv, json, pickle, sys
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression
folder = sys.argv[1]
x = load_iris().data
model = LinearRegression().fit(x[::2, :3], x[::2, 3])
pickle.dump(model, open(folder + "/model.pkl", "wb"))
names = ["sepal_length", "sepal_width", "petal_length"]
inputs = [{"name": n, "type": "number", "unit": "cm", "min": 0, "max": 20, "required": True,
           "nullable": False, "stability": "stable"} for n in names]
json.dump({"model": "iris-width", "version": "1.0.0", "inputs": inputs,
           "output": {"name": "petal_width", "type": "number", "min": -5, "max": 10},
           "features": [{"name": n} for n in names]}, open(folder + "/config.json", "w"))
json.dump({"model_name": "iris-width", "version": "1.0.0", "created_at": "2026-01-01T00:00:00Z",
           "created_by": "test", "framework": "scikit-learn", "framework_version": "1.2.1",
           "python_version": "3.11", "training_dataset": "iris", "training_dataset_hash": "sha256:" + "0" * 64,
           "hyperparameters": {}, "performance_metrics": {"rmse": 0.2}, "dependencies": [], "tags": [],
           "changelog": "first"}, open(folder + "/metadata.json", "w"))
json.dump({"rmse": 0.2}, open(folder + "/metrics.json", "w"))
open(folder + "/docs/model-card.md", "w").write("# Model: iris-width\n")
open(folder + "/tests/golden.jsonl", "w").write(json.dumps(
    {"instance": dict(zip(names, x[1, :3])), "prediction": float(model.predict(x[1:2, :3])[0]), "tolerance": 1e-9}) + "\n")
with open(folder + "/../holdout.csv", "w") as f:
    out = csv.writer(f)
    out.writerow(names + ["petal_width"])
    out.writerows(x[1::2].tolist())
PY
cat >"$scratch/iris-width/mltest.yaml" <<YAML
model: iris-width
baseline: none
adapter: {type: process, command: [$python, "$(cd "${srcdir:-.}" && pwd)/examples/process-python/serve.py", "{artifact}", sepal_length, sepal_width, petal_length]}
datasets:
  holdout: {path: holdout.csv, label: petal_width}
suites:
  unit: [artifacts, metadata, loads, deterministic, examples: tests/golden.jsonl]
  regression:
    - {dataset: holdout, metrics: [rmse, r2], require: [rmse <= 0.3, r2 >= 0.85]}
  edge-case:
    - generate: [missing-field, wrong-type, nan, empty-batch]
YAML
expect 0 '^PASS' "a scikit-learn model passes through the process adapter" \
    "$MLTEST" run "$folder" -C "$scratch/iris-width" -o "$scratch/iris.mlt"
expect 0 'r2' "and its regression figures are kept" "$MLTEST" report "$scratch/iris.mlt" --format json
expected=$("$python" - "$folder" <<'PY'
import csv, pickle, sys
import numpy as np
from sklearn.metrics import mean_squared_error
model = pickle.load(open(sys.argv[1] + "/model.pkl", "rb"))
rows = list(csv.reader(open(sys.argv[1] + "/../holdout.csv")))[1:]
a = np.array(rows, dtype=float)
print(repr(mean_squared_error(a[:, 3], model.predict(a[:, :3]), squared=False)))
PY
)
got=$(sqlite3 "$scratch/iris.mlt" "select candidate from measurement where metric = 'rmse' and slice_column is null")
ok_if "and equal scikit-learn's own to 1e-9 ($got, $expected)" "$python" -c "assert abs($got - $expected) < 1e-9"

done_testing
