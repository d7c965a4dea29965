noinst_LTLIBRARIES += %D%/libmetrics.la
MLT_ROOMS += %D%/libmetrics.la
%C%_libmetrics_la_SOURCES = \
	%D%/binary.c \
	%D%/calibration.c \
	%D%/confusion.c %D%/confusion.h \
	%D%/custom.c \
	%D%/expression.c %D%/expression.h \
	%D%/expression_code.h \
	%D%/expression_eval.c \
	%D%/families.h \
	%D%/influence.c %D%/influence.h \
	%D%/means.c %D%/means.h \
	%D%/means_check.c \
	%D%/means_codec.c \
	%D%/means_measure.c \
	%D%/means_plan.c \
	%D%/means_state.h \
	%D%/measure.c %D%/measuring.h \
	%D%/measure_columns.c \
	%D%/measure_queries.c \
	%D%/metric.c %D%/metric.h \
	%D%/multiclass.c \
	%D%/multiclass_auc.c \
	%D%/multiclass_table.c \
	%D%/precision_recall.c \
	%D%/probability.c \
	%D%/rank.c \
	%D%/ranked.c %D%/ranked.h \
	%D%/ranking.c \
	%D%/regression.c \
	%D%/regression_order.c \
	%D%/replicates.c \
	%D%/roc.c %D%/roc.h \
	%D%/rows.c \
	%D%/sampling.c %D%/sampling.h \
	%D%/text.c %D%/text.h \
	%D%/threshold.c %D%/threshold.h
