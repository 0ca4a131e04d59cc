//! The template engine, through the port that the hosts use.

mod confinement;
mod event_service;
mod folder;
mod heimdall;
mod language;
mod limits;
mod outcome;
mod parameters;
mod refusals;
mod sources;
