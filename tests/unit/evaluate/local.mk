check_PROGRAMS += %D%/test-evaluate
TESTS += %D%/test-evaluate
%C%_test_evaluate_SOURCES = $(MLT_UNIT_SOURCES) \
	%D%/columns.c %D%/evaluate.c %D%/evaluation.c %D%/forms.c %D%/packed.c %D%/partial.c \
	%D%/rows.c %D%/rows.h %D%/rehearsal.c %D%/search.c
%C%_test_evaluate_CPPFLAGS = $(MLT_UNIT_CPPFLAGS)
%C%_test_evaluate_LDADD = libhouse.la $(CHECK_LIBS)
