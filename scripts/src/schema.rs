//! Generated JSON Schema.
