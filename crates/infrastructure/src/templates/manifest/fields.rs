use application::JsonObject;
use application::ports::pointer_to;
use serde_json::Value;

use crate::templates::error::{TemplateErrors, kind_of};

/// Reads an object of the manifest member by member, and refuses members that no reader takes.
pub(super) struct Fields<'v> {
    members: &'v JsonObject,
    at: String,
    taken: Vec<&'static str>,
}

impl<'v> Fields<'v> {
    pub(super) fn of(value: &'v Value, at: &str, faults: &mut TemplateErrors) -> Option<Self> {
        if let Value::Object(members) = value {
            return Some(Self { members, at: at.to_owned(), taken: Vec::new() });
        }
        faults.add(at, if value.is_null() { "nothing" } else { kind_of(value) }, "an object");
        None
    }

    pub(super) fn take(&mut self, name: &'static str) -> Option<&'v Value> {
        self.taken.push(name);
        self.members.get(name)
    }

    pub(super) fn at(&self, name: &str) -> String {
        pointer_to(&self.at, name)
    }

    /// A text without blanks around it, or nothing.
    pub(super) fn text(&mut self, name: &'static str, faults: &mut TemplateErrors) -> Option<&'v str> {
        match self.take(name)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim()),
            Value::String(_) => {
                faults.add(self.at(name), "an empty string", "a text");
                None
            }
            other => {
                faults.add(self.at(name), kind_of(other), "a string");
                None
            }
        }
    }

    pub(super) fn required_text(&mut self, name: &'static str, faults: &mut TemplateErrors) -> Option<&'v str> {
        if !self.members.contains_key(name) {
            faults.add(self.at(name), "nothing", "a text");
        }
        self.text(name, faults)
    }

    pub(super) fn flag(&mut self, name: &'static str, faults: &mut TemplateErrors) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                faults.add(self.at(name), kind_of(other), "`true` or `false`, written out");
                false
            }
        }
    }

    pub(super) fn texts(&mut self, name: &'static str, faults: &mut TemplateErrors) -> Vec<String> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Value::Array(items) = value else {
            faults.add(self.at(name), kind_of(value), "a list of strings");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => faults.add(format!("{}/{index}", self.at(name)), kind_of(item), "a string"),
            }
        }
        texts
    }

    pub(super) fn exactly(&mut self, name: &'static str, expected: &str, faults: &mut TemplateErrors) {
        match self.take(name) {
            Some(Value::String(text)) if text == expected => {}
            Some(Value::String(text)) => faults.add(self.at(name), format!("`{text}`"), format!("`{expected}`")),
            Some(other) => faults.add(self.at(name), kind_of(other), format!("`{expected}`")),
            None => faults.add(self.at(name), "nothing", format!("`{expected}`")),
        }
    }

    /// Refuses the members that were not taken.
    pub(super) fn finish(self, faults: &mut TemplateErrors, known: &[&str]) {
        self.finish_with(faults, known, |_| None);
    }

    /// The same, with another expectation for some.
    pub(super) fn finish_with(
        self,
        faults: &mut TemplateErrors,
        known: &[&str],
        hint: impl Fn(&str) -> Option<&'static str>,
    ) {
        for name in self.members.keys().filter(|name| !self.taken.contains(&name.as_str())) {
            let expected = hint(name).map_or_else(|| format!("only {}", known.join(", ")), str::to_owned);
            faults.add(self.at(name), format!("`{name}`, which is not supported"), expected);
        }
    }
}
