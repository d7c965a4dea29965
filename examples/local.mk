# The example models. The trainer and the fastText server stand beside the mltest program, where the
# process adapter looks first; neither is installed.
noinst_PROGRAMS += mltest-serve-fasttext
mltest_serve_fasttext_SOURCES = \
	%D%/ad-sentiment-analyzer/fasttext_serve.c \
	%D%/ad-sentiment-analyzer/tokens.c %D%/ad-sentiment-analyzer/tokens.h
mltest_serve_fasttext_LDADD = harness/codec/libcodec.la harness/base/libbase.la

if XGBOOST
noinst_PROGRAMS += mltest-train
mltest_train_SOURCES = \
	%D%/ad-sentiment-analyzer/tokens.c %D%/ad-sentiment-analyzer/tokens.h \
	%D%/train/booster.c %D%/train/learn.h \
	%D%/train/matrix.c %D%/train/matrix.h \
	%D%/train/measure.c %D%/train/measure.h \
	%D%/train/model.c %D%/train/model.h \
	%D%/train/quantise.c %D%/train/quantise.h \
	%D%/train/rows.c %D%/train/rows.h \
	%D%/train/sentences.c \
	%D%/train/train.c \
	%D%/train/version.c %D%/train/version.h
mltest_train_LDADD = harness/codec/libcodec.la harness/base/libbase.la -lxgboost
endif

EXTRA_DIST += \
	%D%/README.md \
	%D%/make-examples.sh \
	%D%/data \
	%D%/ad-score-predictor \
	%D%/account-health-predictor \
	%D%/predictions \
	%D%/ad-sentiment-analyzer/docs \
	%D%/ad-sentiment-analyzer/versions \
	%D%/ad-sentiment-analyzer/mltest.yaml \
	%D%/ad-sentiment-analyzer/gates.yaml \
	%D%/process-python

dist_check_SCRIPTS += tests/cli/examples.sh
TESTS += tests/cli/examples.sh

if XGBOOST
# All versions, into examples-out/ of the build folder.
examples: mltest mltest-train mltest-serve-fasttext
	$(AM_V_GEN)$(SHELL) $(top_srcdir)/%D%/make-examples.sh . examples-out
clean-local: clean-examples
clean-examples:
	rm -rf examples-out
endif
