noinst_LTLIBRARIES += %D%/libsuites.la
MLT_ROOMS += %D%/libsuites.la
%C%_libsuites_la_SOURCES = \
	%D%/ab.c \
	%D%/ask.c %D%/ask.h \
	%D%/compatibility.c %D%/compatibility.h %D%/compatibility_converter.c \
	%D%/compatibility_configuration.c %D%/compatibility_golden.c \
	%D%/dependencies.c %D%/dependencies.h \
	%D%/draft.c %D%/draft.h \
	%D%/edge_case.c %D%/edge_directional.c %D%/edge_families.c %D%/edge.h \
	%D%/integration.c \
	%D%/load.c %D%/load.h \
	%D%/performance.c %D%/performance_report.c %D%/performance.h \
	%D%/process_tree.c %D%/process_tree.h \
	%D%/regression.c %D%/regression_plan.c %D%/regression.h \
	%D%/rows.c %D%/rows.h \
	%D%/scoring.c %D%/scoring.h \
	%D%/slices.c %D%/slices.h \
	%D%/suites.h \
	%D%/target.c %D%/target.h \
	%D%/unit.c %D%/unit_checks.h %D%/unit_command.c %D%/unit_files.c %D%/unit_golden.c \
	%D%/unit_model.c
