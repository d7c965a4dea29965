#!/bin/sh
# How far two versions' training data lie apart: the profile, the index against NumPy on the raw rows,
# and what it means for the version's number.
. "${srcdir:-.}/tests/cli/tap.sh"
python=/usr/bin/python3
cd "$scratch" || exit 99
export MLTEST_REGISTRY="$scratch/registry"

# Three months of sales: the second like the first, the third at other prices and in a new shop.
awk 'BEGIN {
    srand(7)
    for (month = 1; month <= 3; month++) {
        file = month ".csv"
        print "id,price,deal,shop,note" >file
        for (i = 0; i < 6000; i++) {
            price = exp(rand() + rand() + rand()) * (month == 3 ? 1.6 : 1)
            shop = rand() < 0.5 ? "north" : rand() < 0.5 ? "south" : "east"
            if (month == 3 && rand() < 0.2) shop = "west"
            printf "%d-%d,%s,%d,%s,%s\n", month, i, rand() < 0.02 ? "NA" : sprintf("%.4f", price), rand() < 0.3, shop, "" >file
        }
        close(file)
    }
}'
# version NUMBER PROFILE MORE: a version, of which only two files matter.
version() {
    mkdir -p "$1/docs" "$1/tests"
    echo "# m" | tee "$1/docs/model_card.md" >"$1/tests/README.md"
    echo "{\"model\": \"m\", \"version\": \"$1\", \"inputs\": [{\"name\": \"price\", \"type\": \"number\"}], \"output\": {\"type\": \"number\"}}" >"$1/config.json"
    hash=$(sed 's/.*"dataset_hash":"\([^"]*\)".*/\1/' "$2")
    cat >"$1/metadata.json" <<JSON
{"model_name": "m", "version": "$1", "created_at": "2026-01-01T00:00:00Z",
 "created_by": "tester@example.org", "framework": "none", "framework_version": "1",
 "python_version": "none", "training_dataset": "sales", "training_dataset_hash": "$hash",
 "hyperparameters": {}, "performance_metrics": {}, "dependencies": [], "tags": [], "changelog": "more data",
 "training_data_profile": $(cat "$2")$3}
JSON
    echo '{}' >"$1/model.json"
    echo '{"rmse": 0.5}' >"$1/metrics.json"
}
check() {
    "$MLTEST" registry check-compat "$@"
}

expect 0 'left out, as ids or texts of more than 4,096 spellings: id' "a profile leaves ids out and says so" \
    "$MLTEST" registry profile 1.csv
cp out 1.json
ok_if "its hash is the file's" grep -q "\"dataset_hash\":\"sha256:$(sha256sum 1.csv | cut -d' ' -f1)\",\"rows\":6000" 1.json
gzip -k 1.csv
expect 0 '"rows":6000' "a compressed file" "$MLTEST" registry profile 1.csv.gz
version 1.0.0 1.json
expect 0 '"edges"' "the next is counted in the same bins" "$MLTEST" registry profile 2.csv --like ./1.0.0
cp out 2.json
version 1.1.0 2.json
"$MLTEST" registry profile 3.csv --like ./1.0.0 >3.json 2>err
version 1.2.0 3.json

expect 0 'MINOR +training data: .* differ little \(measured: ' "data like the last are a minor change" check ./1.0.0 ./1.1.0
expect 1 'MAJOR +training data: .* \(measured: shop PSI 1[0-9.]+ \(noise 0\.0[0-9]+\), price PSI 0' \
    "other prices and shops are a major one, and named" check ./1.0.0 ./1.2.0
expect 1 'release it as 2\.0\.0' "with the number it needs" check ./1.0.0 ./1.2.0

if "$python" -c 'import numpy, scipy' 2>/dev/null; then
    cat >psi.py <<'PY'
import csv, json, re, subprocess, sys
import numpy as np
from scipy import stats
program, new = sys.argv[1:]
profile = json.load(open("1.json"))
rows = [list(csv.DictReader(open(f))) for f in ("1.csv", new + ".csv")]
wanted = {}
for column in profile["columns"]:
    counts = []
    for data in rows:
        cells = [r[column["name"]] for r in data]
        there = [c for c in cells if c not in ("", "NA")]
        if "edges" in column:
            # right = True: (e1, e2]
            bins = np.digitize([float(c) for c in there], column["edges"], right=True)
        else:
            bins = [column["values"].index(c) if c in column["values"] else len(column["values"]) for c in there]
        counts.append(np.append(np.bincount(np.array(bins, dtype=int), minlength=len(column["counts"])), len(cells) - len(there)))
    assert list(counts[0][:-1]) == column["counts"] and counts[0][-1] == column["missing"], column["name"]
    a, b = (c[(counts[0] + counts[1]) > 0].astype(float) for c in counts)
    k, n, m = len(a), a.sum(), b.sum()
    p, q = (a + .5) / (n + .5 * k), (b + .5) / (m + .5 * k)
    noise = stats.chi2.ppf(.999, k - 1) * (1 / n + 1 / m) if k > 1 else 0
    wanted[column["name"]] = "%.3g %.2g" % (((p - q) * np.log(p / q)).sum(), noise)
old_new = {"2": "1.1.0", "3": "1.2.0"}[new]
said = json.loads(subprocess.run([program, "registry", "check-compat", "./1.0.0", "./" + old_new, "--format", "json"],
                                 stdout=subprocess.PIPE).stdout)["changes"][0]["detail"]
shown = re.findall(r"(\w+) PSI (\S+) \(noise (\S+)\)", said)
assert len(shown) == 3, said
for name, psi, noise in shown:
    assert wanted[name] == psi + " " + noise, (name, psi, noise, wanted)
PY
    ok_if "the figures of like data are NumPy's and SciPy's on the raw rows" "$python" psi.py "$MLTEST" 2
    ok_if "those of unlike data too" "$python" psi.py "$MLTEST" 3
else
    skip "the figures are NumPy's and SciPy's on the raw rows" "they are not there (apt-get install python3-scipy)"
fi

version 1.2.0 3.json ', "training_data_change": {"substantial": false, "because": "just another month"}'
expect 1 'REFUSED' "who denies what is measured" check ./1.0.0 ./1.2.0
expect 1 '! training data: .*declared: just another month.*correct `training_data_change` in metadata.json, and it needs a MAJOR version' \
    "is told both" check ./1.0.0 ./1.2.0
version 2.0.0 3.json ', "training_data_change": {"substantial": false, "because": "just another month"}'
expect 1 'the number is high enough: correct `training_data_change`' "no number makes it true" check ./1.0.0 ./2.0.0
version 2.0.0 3.json ', "training_data_change": {"substantial": true, "because": "a new shop"}'
expect 0 'compatible' "declared as it is, 2.0.0 is accepted" check ./1.0.0 ./2.0.0

# The older version's limit holds.
"$MLTEST" registry profile 1.csv --limit 0.0001 >strict.json 2>err
version 1.0.0 strict.json
expect 1 'limit 0\.0001' "a limit that the older version set" check ./1.0.0 ./1.1.0
expect 2 'above 0 and at most 10' "a limit that is none" "$MLTEST" registry profile 1.csv --limit inf
version 1.0.0 1.json
"$MLTEST" registry profile 2.csv >own.json 2>err
version 1.1.0 own.json
expect 1 'MAJOR .*cannot be told: price: it was counted in other bins.*|MAJOR .*other bins' \
    "bins of its own cannot be compared, and count as other data" check ./1.0.0 ./1.1.0

# A profile of other data than the version's.
version 1.1.0 2.json
sed -i 's/"training_dataset_hash": "sha256:....../"training_dataset_hash": "sha256:000000/' 1.1.0/metadata.json
expect 2 'training_data_profile is of the data sha256:.*training_dataset_hash names sha256:000000' \
    "a profile copied along is found" check ./1.0.0 ./1.1.0
expect 0 '"name":"deal"' "only some columns" "$MLTEST" registry profile 1.csv --columns deal,shop
ok_if "and no others" sh -c '! grep -q price out'
expect 4 'prize' "a column that is not there" "$MLTEST" registry profile 1.csv --columns prize
expect 2 'twice' "a column named twice" "$MLTEST" registry profile 1.csv --columns deal,deal
expect 2 'name a file instead of -' "standard input cannot be read twice" "$MLTEST" registry profile -
sed -i 's/, "training_data_profile".*}$/}/; s/^ "training_data_profile".*/ "documentation_url": "x"}/' 1.0.0/metadata.json
expect 2 'has no training_data_profile' "nothing to be like" "$MLTEST" registry profile 1.csv --like ./1.0.0

done_testing
