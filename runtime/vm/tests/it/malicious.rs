//! Modules that mean harm. Each ends in an exact refusal or an exact error; none takes the host's stack, memory or time.
//!
//! Lies about Regions are in `regions`, deep recursion in `depth`, limits of a module in `checks`, floods of iterators
//! in `iterators`.

mod allocators;
mod bombs;
mod disguises;
mod empty;
mod locals;
