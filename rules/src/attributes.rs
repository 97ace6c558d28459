//! Syntax and limits of attributes and of what a provider says of itself.
