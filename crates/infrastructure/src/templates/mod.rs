//! Templates: where they come from, what they may say, and how a service is made from one.
//!
//! A template is a folder with a `template.yaml` in Backstage's format ([`manifest`] states the subset). It is read
//! whole and checked when the program starts; what is wrong with it is a [`RejectedTemplate`], and the others are served.
//! What it renders is decided by the parameters alone: a template sees no environment, clock, network or disk, runs no
//! command, and is stopped at the [`Limits`].
//!
//! Parameters that a schema marks `writeOnly` are checked like the others and then kept apart. No template sees them:
//! `${{ parameters.… }}` of one is refused when the template is loaded, it is not there when it is rendered, and an
//! artifact that has its value all the same (because it was given a second time elsewhere) is refused.

mod config;
mod error;
mod expression;
mod foundation;
mod library;
mod limits;
mod loaded;
mod manifest;
mod path;
mod scaffolding;
mod schema;
mod secrets;
mod source;
mod yaml;

pub use config::TemplatesConfig;
pub use error::{RejectedTemplate, TemplateError};
pub use library::TemplateLibrary;
pub use limits::{Limits, Stop};
