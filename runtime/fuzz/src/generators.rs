//! Inputs. They know the form of things, not what is right.

pub mod damage;
pub mod messages;
