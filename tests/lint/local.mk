# What can be seen without running anything.

LINTS = tests/lint/layers.sh tests/lint/magic.sh tests/lint/format.sh \
	tests/lint/man.sh tests/lint/shell.sh
TESTS += $(LINTS)
EXTRA_DIST += $(LINTS)
