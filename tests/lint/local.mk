dist_check_SCRIPTS += %D%/lint.sh %D%/lint-bites.sh
TESTS += %D%/lint.sh %D%/lint-bites.sh
EXTRA_DIST += %D%/floors.txt %D%/thirdparty.txt %D%/exports.txt
