#!/bin/sh
# Experiments with users: from an event log to a verdict, and from an effect to a number of units.
. "${srcdir:-.}/tests/cli/tap.sh"

# log TREATED_RATE LOST: 4,000 units, two events each. A tenth of A converts, and TREATED_RATE in a
# thousand of B; of B every LOST-th unit is missing (0: none).
log() {
    awk -v OFS=, -v rate="$1" -v lost="$2" 'BEGIN {
        print "user,arm,converted,revenue,clicks,views,before,ms"
        for (u = 0; u < 4000; u++) {
            arm = u % 2 ? "B" : "A"
            k = int(u / 2)
            if (arm == "B" && lost && k % lost == 0)
                continue
            bought = (k * 7919) % 1000 < (arm == "B" ? rate : 100)
            before = k % 13
            for (e = 0; e < 2; e++)
                print "u" u, arm, e && bought, e && bought ? 10 + k % 5 + before : before / 10,
                    (k + e) % 3, 3 + (k * 3 + e) % 4, before, 100 + (k * 31 + e * 7) % 50
        }
    }'
}
log 140 0 >"$scratch/better.csv"
log 100 0 >"$scratch/same.csv"
log 140 8 >"$scratch/lost.csv"

analyze() {
    tap_file=$1
    shift
    "$MLTEST" ab analyze "$scratch/$tap_file" --unit user --variant arm --control A --treatment B \
        --metric 'conversion=proportion(converted)' --metric 'revenue=mean(revenue) cuped(before)' \
        --metric 'ctr=ratio(clicks/views)' --metric 'wait=ratio(ms/views) lower' "$@"
}

expect 0 '✓ sample ratio' "the sample ratio comes before the effects" analyze better.csv
ok_if "CUPED says what it bought" grep -Eq 'CUPED with before took [0-9.]+ % off the variance' "$scratch/out"
ok_if "every metric has its row" test "$(grep -Ec '^(↑|↓) (conversion|revenue|ctr|wait) ' "$scratch/out")" = 4
expect 0 'PASS: 3 of 3' "what is shown passes" analyze better.csv --require 'conversion better than control' \
    --require 'wait within 2% of control' --require 'revenue no worse than control'
expect 1 'FAIL' "what is shown worse fails" analyze better.csv --require 'conversion <= 10%'
expect 3 'INCONCLUSIVE' "what is not shown is inconclusive" analyze same.csv --require 'conversion better than control'
expect 4 'sample ratio mismatch' "another share than planned is invalid" analyze lost.csv --require 'conversion >= 1%'
ok_if "and no interval is shown for it" sh -c '! grep -Eq "\[[+-]" "$1"' - "$scratch/out"
expect 4 'Nothing may be concluded' "even where nobody asked for a verdict" analyze lost.csv
expect 0 'planned 53.33' "unless it was planned" analyze lost.csv --allocation 8:7 --require 'conversion better than control'

expect 0 '"mismatch": false' "JSON has the numbers" analyze better.csv --format json --require 'conversion better than control'
ok_if "and the verdict" grep -q '"verdict": "pass"' "$scratch/out"
sort -r "$scratch/better.csv" | awk '/^user/ { head = $0; next } { row[n++] = $0 } END { print head; for (i = 0; i < n; i++) print row[i] }' >"$scratch/turned.csv"
analyze better.csv --format json | sed 2,3d >"$scratch/one.json"
analyze turned.csv --format json | sed 2,3d >"$scratch/two.json"
ok_if "the order of events changes no byte" cmp "$scratch/one.json" "$scratch/two.json"

awk -F, 'NR > 1 { printf "{\"user\":\"%s\",\"arm\":\"%s\",\"converted\":%s,\"revenue\":%s,\"clicks\":%s,\"views\":%s,\"before\":%s,\"ms\":%s}\n", $1, $2, $3, $4, $5, $6, $7, $8 }' "$scratch/better.csv" >"$scratch/better.jsonl"
analyze better.jsonl --format json | sed 2,3d >"$scratch/two.json"
ok_if "nor does their format" cmp "$scratch/one.json" "$scratch/two.json"
expect 0 'experiment -: B against A' "standard input is a file too" sh -c '"$1" ab analyze - -u user -v arm -a A -b B -m "c=proportion(converted)" <"$2"' - "$MLTEST" "$scratch/better.csv"

sed 's/,B,/,C,/; 2,3001s/,C,/,B,/' "$scratch/better.csv" >"$scratch/three.csv"
expect 4 'neither the control nor a declared treatment' "an arm that nobody declared is an error" analyze three.csv
expect 4 'sample ratio mismatch' "three arms are asked for their shares" analyze three.csv --treatment C --require 'conversion better than control'
ok_if "and each treatment is judged" grep -q 'conversion for "arm" == "C" better than control' "$scratch/out"

{ cat "$scratch/same.csv"; echo 'u0,B,0,1,1,1,0,1'; } >"$scratch/mixed.csv"
expect 4 '1 of 4000 units were seen in more than one arm.*u0' "a unit in two arms is an error" analyze mixed.csv
expect 0 '1 units .* left out' "or left out and said first" analyze mixed.csv --mixed-units exclude
sed '5s/^\([^,]*,[^,]*,[^,]*\),[^,]*/\1,NaN/' "$scratch/same.csv" >"$scratch/nan.csv"
expect 4 'nan\.csv:5:[0-9]+: .*NaN is not a number' "NaN is told with its place" analyze nan.csv --require 'ctr >= 0.01'
expect 4 'nan\.csv:5' "and is no missing zero" analyze nan.csv --missing zero
sed '5s/^\([^,]*,[^,]*,[^,]*\),[^,]*/\1,/' "$scratch/same.csv" >"$scratch/gap.csv"
expect 4 'gap\.csv:5:[0-9]+: revenue is missing' "a missing value is told with its place" analyze gap.csv
expect 0 '1 missing values count as 0' "unless it means 0" analyze gap.csv --missing zero
expect 4 'no column "convertd".*did you mean "converted"' "an unknown column is told" analyze same.csv --metric 'x=mean(convertd)'
head -n 1 "$scratch/same.csv" >"$scratch/empty.csv"
expect 4 'no rows' "an empty log is no evidence" analyze empty.csv --require 'conversion >= 1%'
expect 2 'absent' "a missing file is a usage error" analyze absent.csv
expect 2 'did you mean "conversion"' "a misspelt metric in a sentence is told" analyze same.csv --require 'conversoin >= 1%'
expect 2 'lower or a higher' "a direction is not guessed" analyze same.csv --metric 'errors=mean(ms)' --require 'errors within 2% of control'
expect 2 'did you mean "mean"' "a misspelt metric is told" analyze same.csv --metric 'x=maen(ms)'
expect 2 'needs --unit' "an option that is missing is told" "$MLTEST" ab analyze "$scratch/same.csv"
expect 2 'json' "an unknown format is told" analyze same.csv --format jsno
expect 2 'alpha' "alpha has bounds" analyze same.csv --alpha 0.7
printf 'user,arm,converted,revenue,clicks,views,before,ms\nu\033[31m,A,1,1,1,1,1,1\nv,B,1,1,1,1,1,1\nu\033[31m,B,1,1,1,1,1,1\n' >"$scratch/hostile.csv"
expect 4 'x1b' "what a log says is shown harmless" analyze hostile.csv

# R 4.2.2: power.t.test(delta = 0.2, sd = 20, power = .8, alternative = "one.sided")
expect 0 '123,652 +247,304' "means need what R says" "$MLTEST" ab power --mean 10 --sd 20 --mde 2%
expect 0 '45,498 +90,996 +10 ' "rates and days" "$MLTEST" ab power --baseline-rate 10% --mde 5% --per-day 10000
expect 0 '64 +128' "two-sided" "$MLTEST" ab power --mean 0 --sd 1 --mde 0.5 --two-sided
expect 0 '54,957 +109,914' "margins" "$MLTEST" ab power --mean 120 --sd 80 --margin 1%
expect 0 '\+0\.445' "the smallest effect" "$MLTEST" ab power --mean 10 --sd 20 --units 50000
expect 0 '"power": 0\.8' "JSON" "$MLTEST" ab power --mean 10 --sd 20 --mde 2% --format json
expect 0 'from 4,000 units.*CUPED leaves' "from a log" sh -c '"$1" ab power --from "$2" --unit user --metric "r=mean(revenue) cuped(before)" --mde 2% | tr "\n" " "' - "$MLTEST" "$scratch/same.csv"
expect 2 'one baseline' "without a baseline there is no plan" "$MLTEST" ab power --mde 2%
expect 2 'give an effect' "nor without a question" "$MLTEST" ab power --mean 10 --sd 20
expect 2 'go together' "a mean needs its deviation" "$MLTEST" ab power --mean 10 --mde 2%
expect 2 'makes the rate 1\.1' "a rate stays a rate" "$MLTEST" ab power --baseline-rate 0.5 --mde 120%
expect 2 'effect of 0' "no effect is no question" "$MLTEST" ab power --mean 10 --sd 20 --mde 0
expect 2 'baseline of 0' "a share of nothing is nothing" "$MLTEST" ab power --mean 0 --sd 20 --mde 2%

# The suite, beside a model.
if [ "${XGBOOST:-yes}" = no ]; then
    skip "the suite judges an experiment" "this build was configured --without-xgboost"
else
    example=$EXAMPLES/ad-score-predictor
    mkdir "$scratch/work"
    cp -r "$example/data" "$scratch/work/data"
    sed -e 's/^baseline:.*/baseline: none/' -e '/^suites:/,$d' "$example/mltest.yaml" >"$scratch/work/mltest.yaml"
    cat >>"$scratch/work/mltest.yaml" <<'YAML'
suites:
  ab:
    - events: log.csv
      unit: user
      variant: arm
      control: A
      treatment: B
      measure: [conversion = proportion(converted), revenue = mean(revenue) cuped(before)]
      require: [conversion better than control, revenue no worse than control]
YAML
    suite() {
        cp "$scratch/$1" "$scratch/work/log.csv"
        "$MLTEST" run "$example/1.1.0" -C "$scratch/work" -q --no-store -o "$scratch/work/$1.mlt"
    }
    expect 0 'PASS: 2 of 2' "the suite judges an experiment" suite better.csv
    expect 3 'conversion better than control' "and what it cannot show" suite same.csv
    expect 4 'sample ratio mismatch' "and does not trust what was lost" suite lost.csv
    sed '/require:/d' "$scratch/work/mltest.yaml" >"$scratch/plain.yaml"
    mv "$scratch/plain.yaml" "$scratch/work/mltest.yaml"
    expect 4 'sample ratio mismatch' "even without a sentence" suite lost.csv
    expect 0 'ab +1 ' "without a sentence it measures" suite better.csv
fi

done_testing
