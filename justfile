# Common tasks. Each of them is one command.

# Run all tests; arguments go to cargo test
test *arguments:
    scripts/test {{arguments}}

# Bless a golden case or a rule page, then show what changed: read it
bless case:
    BLESS=1 cargo test --test golden --test rules -- --exact {{case}}
    git diff --stat -- golden examples src/rules

# What CI runs in addition to the tests
lint:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

# Write schema/ again
schema:
    cargo run --quiet -- schema --output schema

# Measure, in comparison with the floor
bench *arguments:
    benches/table {{arguments}}
