# What is done often. Everything here is one command that can be typed without just.

# Run all tests; arguments go to cargo test
test *arguments:
    scripts/test {{arguments}}

# Bless a golden case or a rule page, then show what changed: read it
bless case:
    BLESS=1 cargo test --test golden --test rules -- --exact {{case}}
    git diff --stat -- golden examples src/rules

# What CI runs besides the tests
lint:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

# Write schema/ anew
schema:
    cargo run --quiet -- schema --output schema

# Measure against the floor
bench *arguments:
    benches/table {{arguments}}
