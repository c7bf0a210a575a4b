"""All tests. One thread each, as `make test` has it: two threads of torch on a busy machine wait for each other."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
