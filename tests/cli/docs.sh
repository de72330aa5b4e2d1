#!/bin/sh
# What README.md, CONTRIBUTING.md, CHANGELOG.md and docs/*.md show is true; lib-docs.sh says what is held.
. "$SOURCE_DIR/tests/cli/lib-docs.sh"
read_documents README.md CONTRIBUTING.md CHANGELOG.md docs/*.md
command="README.md and the others"
[ "$commands" -ge 10 ] || problem "only $commands commands were found and run"
finish
