# The test of siogatectl.

TESTS += tests/unit/test_ctl.sh
EXTRA_DIST += tests/unit/test_ctl.sh tests/unit/fake_control.mjs
