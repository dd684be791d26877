#!/usr/bin/env bash
# For any CI: exits with 0 if everything held, 1 for a violation of coherence, 2 for a missed target, and with another code if
# something could not be judged. The workload is the same each time; what is only too slow is run again, twice at most.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
coherence validate .
coherence gate .
