noinst_LTLIBRARIES += %D%/libreports.la
MLT_ROOMS += %D%/libreports.la
EXTRA_DIST += docs/schemas/report.schema.json
%C%_libreports_la_SOURCES = \
	%D%/cell.c %D%/cell.h \
	%D%/ci.c %D%/ci.h \
	%D%/console.c \
	%D%/console_findings.c %D%/console_findings.h \
	%D%/console_progress.c %D%/console_progress.h \
	%D%/decision.h \
	%D%/decision_console.c \
	%D%/decision_markdown.c \
	%D%/decision_words.c %D%/decision_words.h \
	%D%/documents/api.c \
	%D%/documents/block_about.c \
	%D%/documents/block_api.c \
	%D%/documents/block_changes.c \
	%D%/documents/block_example.c \
	%D%/documents/block_metrics.c \
	%D%/documents/block_run.c \
	%D%/documents/documents.c %D%/documents/documents.h \
	%D%/documents/integration_guide.c \
	%D%/documents/limitations.c \
	%D%/documents/model_card.c \
	%D%/documents/outline.c %D%/documents/outline.h \
	%D%/documents/performance_report.c \
	%D%/documents/phrase.c %D%/documents/phrase.h \
	%D%/documents/site.h \
	%D%/documents/site_document.c \
	%D%/documents/site_frame.c %D%/documents/site_frame.h \
	%D%/documents/site_index.c \
	%D%/documents/site_markdown.c \
	%D%/documents/site_style.c \
	%D%/documents/template.c %D%/documents/template.h \
	%D%/documents/version_history.c \
	%D%/evaluation.h \
	%D%/evaluation_console.c \
	%D%/evaluation_json.c \
	%D%/evaluation_search.c %D%/evaluation_search.h \
	%D%/event.c %D%/event.h \
	%D%/experiment.h \
	%D%/experiment_console.c \
	%D%/experiment_json.c \
	%D%/explain.h \
	%D%/explain_console.c \
	%D%/explain_json.c \
	%D%/explain_markdown.c \
	%D%/explain_words.c %D%/explain_words.h \
	%D%/figures.c %D%/figures.h \
	%D%/github.c \
	%D%/gitlab.c \
	%D%/jenkins.c \
	%D%/json.c \
	%D%/junit.c \
	%D%/markdown.c \
	%D%/markdown_findings.c %D%/markdown_findings.h \
	%D%/markdown_text.c %D%/markdown_text.h \
	%D%/paint.c %D%/paint.h \
	%D%/plot.c %D%/plot.h \
	%D%/quantity.c %D%/quantity.h \
	%D%/rehearsal.h \
	%D%/rehearsal_console.c \
	%D%/rehearsal_json.c \
	%D%/report.h \
	%D%/sample_size.h \
	%D%/sample_size_console.c \
	%D%/sample_size_json.c \
	%D%/summary.c %D%/summary.h
