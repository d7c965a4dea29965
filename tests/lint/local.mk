dist_check_SCRIPTS += %D%/lint.sh %D%/lint-bites.sh %D%/shell.sh
TESTS += %D%/lint.sh %D%/lint-bites.sh %D%/shell.sh
EXTRA_DIST += %D%/floors.txt %D%/thirdparty.txt %D%/exports.txt
