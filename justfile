# The front door: `just --list`. CI runs the same commands (.ci/run).

# everything that must pass before a change is proposed
pre-pr: fmt-check lint deps schema-check stale test

# format all code
fmt:
    cargo fmt --all

# refuse unformatted code
fmt-check:
    cargo fmt --all --check

# clippy, warnings are errors
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# all tests
test:
    cargo test --workspace

# the dependency laws between our crates
deps:
    cargo xtask deps

# documentation, broken links are errors
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# licences, advisories and sources of foreign crates (needs cargo-deny)
deny:
    cargo deny check

# write schema/json
schema:
    cargo xtask schema

# compare schema/json with the messages
schema-check:
    cargo xtask schema --check

# build every contract to artifacts/
artifacts *ARGS:
    cargo xtask artifacts {{ARGS}}

# do the committed artifacts match the sources? (digests only)
stale:
    cargo xtask artifacts --stale

# rebuild the artifacts and compare their bytes
artifacts-check:
    cargo xtask artifacts --check

# the whole market in one minute
demo *ARGS:
    cargo run --release --bin supercloud -- demo {{ARGS}}

# what CI runs, on this machine
ci:
    .ci/run
