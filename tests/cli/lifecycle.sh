#!/bin/sh
# ad-score-predictor 1.1.0 from Development to Archived by the protocol's own policy, as it is built in: each gate first
# blocks for the right reason, then passes. Four people with the four roles of the protocol sign with keys of their own.
# Expected criteria: the model versioning protocol, "Transition Criteria", "Automated Deployment", "Approval Authority".
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples
# The library that sets the clock is loaded before that of the sanitizer.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
if ! faketime '2030-01-01' "$MLTEST" version >/dev/null 2>&1 || ! command -v ssh-keygen >/dev/null; then
    echo "1..0 # SKIP it needs faketime and ssh-keygen"
    exit 0
fi

cd "$scratch" || exit 99
unset SSH_AUTH_SOCK SSH_ASKPASS DISPLAY
export HOME="$scratch/home" MLTEST_REGISTRY="$scratch/registry"
mkdir -p home ssh policy work
example=$EXAMPLES/ad-score-predictor
it=ad-score-predictor@1.1.0

# The people, and the maker of the version, who may sign but never counts.
: >policy/signers
for name in architect lead manager board trainer; do
    ssh-keygen -q -t ed25519 -N '' -C "$name" -f "ssh/$name"
    echo "$name@example.org $(cut -d ' ' -f 1,2 "ssh/$name.pub")" >>policy/signers
done
cat >policy/gates.yaml <<'YAML'
policy: 1
transitions:
  beta: {also: [rmse <= 0.45]}
approvers:
  allowed_signers: signers
  owner: ML Review Board
  roles:
    ML Architect: [architect@example.org]
    ML Team Lead: [lead@example.org, trainer@example.org]
    Product Manager: [manager@example.org]
    ML Review Board: [board@example.org]
  waivers: {roles: [ML Review Board], longest: 30d}
YAML

# The example's suites, and an A/B test: of 4,000 users in each arm 20 % convert, and 26 %.
roomy "$example/mltest.yaml" >work/mltest.yaml
ln -s "$example/data" work/data
cat >>work/mltest.yaml <<'YAML'
  ab:
    - events: log.csv
      unit: user
      variant: arm
      control: A
      treatment: B
      measure: [conversion = proportion(converted)]
      require: [conversion better than control]
YAML
awk 'BEGIN { print "user,arm,converted"
    for (i = 0; i < 8000; i++) print i "," (i % 2 ? "B" : "A") "," (int(i / 2) % 50 < (i % 2 ? 13 : 10)) }' >work/log.csv

# When everything from here on happens; empty: now.
later=
mltest() {
    if [ -n "$later" ]; then faketime "$later" "$MLTEST" "$@"; else "$MLTEST" "$@"; fi
}
promote() {
    to=$1
    shift
    mltest promote "$it" --to "$to" --reason "the next step" "$@"
}
# blocked CODE NAME CRITERION...: the gate that was asked last blocks, and every one of these is among its reasons.
blocked() {
    blocked_code=$1 blocked_name=$2
    shift 2
    expect "$blocked_code" 'nothing was moved' "$blocked_name" promote "$state"
    for criterion in "$@"; do
        ok_if "because of $criterion" grep -Eq "^(✗ fail|! invalid|\? inconclusive) +$criterion" ../out
    done
}
# signed NAME COMMAND...: recorded with the key of this person.
signed() {
    signer=$1
    shift
    expect 0 recorded "$signer: $*" mltest "$@" --key "../ssh/$signer" --reason "looked at it" --yes
}
reviewed() {
    who=$1 kind=$2
    shift 2
    signed "$who" evidence add "$kind" "$it" "$@"
}
approved() { signed "$1" approve "$it" --stage "$2"; }

mltest registry init "$MLTEST_REGISTRY" --policy policy/gates.yaml >out 2>&1
for version in 1.0.0 1.1.0 1.1.1; do
    mltest registry register "ad-score-predictor@$version" "$example/$version" >out 2>&1
done
mltest registry adopt ad-score-predictor@1.0.0 --as production --reason "served before" >out 2>&1
cd work || exit 99


# To Alpha: unit tests, initial metrics, code review; the design and the release to internal testing are approved.
state=alpha
blocked 4 "nothing is shown yet" unit_tests_passed initial_metrics_above_minimum code_review_completed design_approval alpha_approval
expect 0 PASS "the run of all suites passes" mltest run -q $it -o ../run.mlt --seed 7
blocked 4 "the run is not all" code_review_completed design_approval alpha_approval
reviewed architect design
approved architect design
reviewed lead code-review
approved trainer alpha
blocked 4 "who made it does not count" alpha_approval
ok_if "nothing else is missing" test "$(grep -Ec '^(✗ fail|! invalid)' ../out)" = 1
approved lead alpha
expect 0 'is in Alpha' "then it goes to Alpha" promote alpha --ticket ML-1
ok_if "what Beta will ask is said" grep -q '^  security_review_completed$' ../out

# To Beta: extended validation, within 5 % of production, security review; and a limit of the policy's own, which fails.
state=beta
blocked 1 "the policy's own limit is not met" 'rmse <= 0\.45' security_review_completed beta_approval
reviewed board security-review --outcome rejected
blocked 1 "a review that rejects is a fail" security_review_completed
reviewed board security-review
approved manager beta
signed manager waive $it --criterion 'rmse <= 0.45' --expires 20d --ticket ML-2
blocked 1 "who has not the role for it waives nothing" 'rmse <= 0\.45'
signed board waive $it --criterion 'rmse <= 0.45' --expires 20d --ticket ML-2
expect 0 'is in Beta' "excused by the Review Board, approved by the Product Manager, it goes to Beta" promote beta
ok_if "and the decision keeps the waiver" sh -c \
    'jq -r .payload "$(sed -n "s/^decision: //p" ../out)" | base64 -d | grep -q "rmse <= 0.45.*ML-2"'

# To RC: integration tests, the plan of the A/B test, documents.
state=rc
blocked 4 "there is no plan of the A/B test" ab_test_plan_developed
ok_if "nothing else is missing" test "$(grep -Ec '^(✗ fail|! invalid)' ../out)" = 1
echo "8,000 users, 50:50, four weeks" >plan.txt
reviewed manager ab-test-plan --file plan.txt
expect 0 'is in RC' "with it, it goes to RC" promote rc

# To Production: runbook, reviews, the Review Board.
state=production
blocked 4 "production asks for more" production_approval deployment_runbook_tested privacy_impact_assessment_completed ethics_review_completed
echo "deploy, watch, take back" >runbook.md
reviewed lead deployment-runbook --file runbook.md
reviewed lead runbook-rehearsal --outcome failed
blocked 1 "a rehearsal that failed is a fail" deployment_runbook_tested
reviewed lead runbook-rehearsal
reviewed board privacy-impact-assessment
reviewed board ethics-review --outcome not-applicable
blocked 4 "the Review Board has the last word" production_approval
ok_if "nothing else is missing" test "$(grep -Ec '^(✗ fail|! invalid)' ../out)" = 1
approved board production
expect 0 'is in Production' "then it goes to Production" promote production --ticket ML-3
ok_if "which is not yet to serve" sh -c '"$1" registry get ad-score-predictor@production | grep -q "/1\.0\.0$"' - "$MLTEST"

# Environments, in order.
expect 2 'was not deployed to shadow, which comes before production: deploy it to development first' \
    "no environment is left out" mltest deploy $it --env production
for environment in development staging shadow production; do
    expect 0 "is deployed to $environment" "to $environment" mltest deploy $it --env $environment --reason release --ticket ML-3
done
ok_if "and serves" sh -c '"$1" registry get ad-score-predictor@production | grep -q "/1\.1\.0$"' - "$MLTEST"
ok_if "the Board's approval stands beside the deployment" sh -c \
    '"$1" audit log ad-score-predictor --what deploy --limit 1 --format json | grep -q board@example.org' - "$MLTEST"

# To Deprecated: a successor for 30 days, to the second; migration path; notice.
expect 0 'serves production' "a successor takes over" \
    mltest registry adopt ad-score-predictor@1.1.1 --as production --reason "took over"
since=$(date -d "$(mltest registry show ad-score-predictor@1.1.1 --format json | jq -r .state_since)" +%s)
state=deprecated
removal=$(date -u -d '+400 days' +%F)
# at DAYS SECONDS: from here on it is so long after the successor took over.
at() { later=$(date -d "@$((since + $1 * 86400 + $2))" '+%F %T'); }
expect 2 'removal YYYY-MM-DD' "deprecation has a date" promote deprecated
expect 1 'nothing was moved' "the successor is new" promote deprecated --removal "$removal"
for criterion in successor_in_production_30_days migration_path_documented deprecation_notice_distributed; do
    ok_if "because of $criterion" grep -Eq "^(✗ fail|! invalid) +$criterion" ../out
done
reviewed lead migration-path
reviewed manager deprecation-notice
at 30 -60
expect 1 '29 whole days, of 30' "a minute too early" promote deprecated --removal "$removal"
at 30 5
expect 0 'is in Deprecated' "after 30 days it is deprecated" promote deprecated --removal "$removal"
expect 0 "deprecated and will be removed on $removal: use ad-score-predictor@1.1.1" "which its users are told" \
    mltest registry get $it

# To Archived: nobody for 90 days, every client elsewhere.
state=archived
usage() {
    printf '{"as_of": "%s", "active_users": %s, "last_active_at": "%s", "clients": [{"name": "bidder", "version": "%s"}]}\n' \
        "$(date -u -d "$later" +%FT%TZ)" "$1" "$(date -u -d "@$since" +%FT%TZ)" "$2" >usage.json
    reviewed manager usage --file usage.json
}
blocked 4 "nobody knows who uses it" no_active_users_90_days all_clients_migrated
at 89 0
usage 3 1.1.0
blocked 1 "three people do" no_active_users_90_days all_clients_migrated
usage 0 1.1.1
blocked 1 "89 days are too few" no_active_users_90_days
ok_if "the clients are gone" grep -Eq '^✓ pass +all_clients_migrated' ../out
at 90 -60
usage 0 1.1.1
blocked 1 "and so are 90 but a minute" no_active_users_90_days
at 90 5
usage 0 1.1.1
expect 0 'is in Archived' "after 90 days it is archived" promote archived
expect 2 'barred from every deployment' "and deployed no more" mltest deploy $it --env development
expect 2 'that is final' "for good" promote development

# The audit log tells all of it, and tells when it is forged.
expect 0 . "the log verifies" mltest audit verify
mltest audit log ad-score-predictor --what promote --format json >../log.json
ok_if "six steps, in order" test "$(jq -r '.[] | .details.state' ../log.json | tr '\n' ' ')" = \
    "Alpha Beta RC Production Deprecated Archived "
ok_if "each with what was before" test "$(jq -r '.[] | .previous' ../log.json | tr '\n' ' ')" = \
    "Development Alpha Beta RC Production Deprecated "
ok_if "each with its decision" test "$(jq -r '.[] | .decision' ../log.json | grep -Ec '^[0-9a-f]{64}$')" = 6
ok_if "approvers, where there were some" test "$(jq -r '.[3].approvers[]' ../log.json)" = board@example.org
ok_if "and tickets" test "$(jq -r '.[3].tickets[]' ../log.json)" = ML-3
expect 0 ' 0 faults' "the registry is whole" mltest registry verify
number=$(jq -r '.[3].n' ../log.json)
sqlite3 "$MLTEST_REGISTRY/.mltest/records.db" "update record set value = replace(value, 'board@example.org', 'trainer@example.org')
    where partition = '.log' and key = printf('entry/%012d', $number)"
expect 4 "entry $number|$number" "a forged entry is found, and named" mltest audit verify

done_testing
