#!/usr/bin/env python3
"""mltest's process protocol for a scikit-learn model: serve.py MODEL.pkl FIELD..."""
import json, pickle, sys

model, fields = pickle.load(open(sys.argv[1], "rb")), sys.argv[2:]
predict = (lambda x: model.predict_proba(x)[:, 1]) if hasattr(model, "predict_proba") else model.predict
print(json.dumps({"mltest": 1, "max_batch": 256, "window": 8}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        rows = [[float(instance[field]) for field in fields] for instance in request["instances"]]
        answer = {"predictions": [float(p) for p in predict(rows)] if rows else []}
    except (KeyError, TypeError, ValueError) as fault:
        answer = {"error": f"{type(fault).__name__}: {fault}"}
    print(json.dumps({"id": request["id"], **answer}), flush=True)
