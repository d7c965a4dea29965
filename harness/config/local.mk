noinst_LTLIBRARIES += %D%/libconfig.la
MLT_ROOMS += %D%/libconfig.la
%C%_libconfig_la_SOURCES = \
	%D%/config.c %D%/config.h \
	%D%/config_contract.c \
	%D%/config_shape.c %D%/config_shape.h \
	%D%/gates.c %D%/gates.h \
	%D%/gates_approvers.c %D%/gates_approvers.h \
	%D%/gates_default.c %D%/gates_default.h \
	%D%/gates_reader.h \
	%D%/gates_requirement.c \
	%D%/gates_shape.c %D%/gates_shape.h \
	%D%/schema.c %D%/schema.h \
	%D%/schema_print.c
