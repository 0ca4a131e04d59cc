//! The binary, from outside: everything here is done to `valkyrie` as a person or a script would do it.

mod commands;
mod dev;
mod process;
