# make coverage: what the tests have run of the program's own rooms, after `make check` in a build that
# was configured with --enable-coverage. Programs that the tests start are counted too: each writes its
# counts when it exits. Not counted is what a program did that a signal ended: a worker that its pool
# stops (interrupt, timeout) or that a test makes crash.
EXTRA_DIST += %D%/coverage.awk
CLEANFILES += coverage.csv coverage.txt
MLT_COVERED = harness suites gates reports flows cli
if COVERAGE
coverage:
	@find . -name '*.gcda' | grep -q . || { \
		echo 'coverage: no test has run here yet: make check' >&2; exit 1; }
	@command -v gcovr >/dev/null || { \
		echo 'coverage: gcovr is missing; on Debian: apt-get install gcovr' >&2; exit 1; }
	@top=$$(cd '$(top_srcdir)' && pwd -P) && filters= && \
		for room in $(MLT_COVERED); do filters="$$filters --filter $$top/$$room/"; done && \
		gcovr --root "$$top" --object-directory . --csv --output coverage.csv $$filters .
	@$(AWK) -v rooms='$(MLT_COVERED)' -f '$(top_srcdir)/%D%/coverage.awk' coverage.csv >coverage.txt
	@sed -n '/^== rooms/,$$p' coverage.txt | tail -n +2
mostlyclean-local:
	find . -name '*.gcda' -exec rm -f {} +
distclean-local:
	find . -name '*.gcno' -exec rm -f {} +
else
coverage:
	@echo 'coverage: this build counts nothing: configure with --enable-coverage CFLAGS="-O0 -g"' >&2
	@exit 1
endif
