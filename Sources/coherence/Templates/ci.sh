#!/usr/bin/env bash
# For any CI: exits with 0 if everything held, 1 for a violation of coherence, 2 for a missed target, and with another code if
# something could not be judged. The seed makes the workload the same each time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
coherence validate .
coherence run . --seed 1
