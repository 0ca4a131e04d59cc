use std::{borrow::Cow, fs, slice, vec};

use serde::de::{self, DeserializeSeed, value::StringDeserializer};
use zeroize::Zeroizing;

use super::{Context, ReadError, Step, deserializer::Reader, no_such_key};
use crate::config::{
    Origin, SettingError,
    node::{Kind, Node, Table},
};

/// The entries of a table, one by one.
pub(super) struct Entries<'n> {
    left: vec::IntoIter<(String, Cow<'n, Node>)>,
    next: Option<(String, Cow<'n, Node>)>,
    context: &'n Context<'n>,
    path: Vec<Step>,
}

impl<'n> Entries<'n> {
    /// A table with free keys.
    pub(super) fn of_map(table: &'n Table, context: &'n Context<'n>, path: Vec<Step>) -> Self {
        let entries: Vec<_> = table.iter().map(|(key, node)| (key.clone(), Cow::Borrowed(node))).collect();
        Self { left: entries.into_iter(), next: None, context, path }
    }

    /// A table with the keys `fields`, each of which may also be given as `<field>_file`.
    pub(super) fn of_struct(table: &'n Table, fields: &[&str], context: &'n Context<'n>, path: Vec<Step>) -> Self {
        let mut this = Self { left: Vec::new().into_iter(), next: None, context, path };
        let mut entries = Vec::new();
        for (key, node) in table {
            if fields.contains(&key.as_str()) {
                let overruled =
                    table.get(&format!("{key}_file")).is_some_and(|f| f.origin.rank() >= node.origin.rank());
                if !overruled {
                    entries.push((key.clone(), Cow::Borrowed(node)));
                }
            } else if let Some(field) = key.strip_suffix("_file").filter(|field| fields.contains(field)) {
                match table.get(field) {
                    Some(given) if given.origin.rank() > node.origin.rank() => {}
                    Some(given) if given.origin.rank() == node.origin.rank() => {
                        let message =
                            format!("give either `{field}` or `{key}`, not both (`{field}`: {})", given.origin);
                        this.refuse(key, node, message);
                    }
                    _ => match contents(node, context) {
                        Ok(node) => entries.push((field.to_owned(), Cow::Owned(node))),
                        Err(message) => this.refuse(key, node, message),
                    },
                }
            } else {
                this.refuse_unknown(key, node, fields);
            }
        }
        this.left = entries.into_iter();
        this
    }

    fn refuse(&self, key: &str, node: &Node, message: String) {
        let problem = SettingError::new(self.key(key), &node.origin, message);
        self.context.problems.borrow_mut().push(problem);
    }

    fn refuse_unknown(&self, key: &str, node: &Node, fields: &[&str]) {
        let full = self.key(key);
        let known: Vec<String> = fields.iter().map(|field| self.key(field)).collect();
        self.refuse(key, node, no_such_key(&full, known.iter().map(String::as_str)));
    }

    fn key(&self, last: &str) -> String {
        let above = self.context.section.split('.').chain(self.path.iter().map(Step::as_str));
        SettingError::key_of(above.chain([last]))
    }
}

/// The text of the file that `node` names, without the line break at its end.
fn contents(node: &Node, context: &Context<'_>) -> Result<Node, String> {
    let (Kind::String(path) | Kind::Untyped(path)) = &node.kind else {
        return Err("expected the path of a file".to_owned());
    };
    let path = context.folder.join(path.as_str());
    let text = fs::read_to_string(&path).map(Zeroizing::new);
    let text = text.map_err(|error| format!("the file {} cannot be read: {error}", path.display()))?;
    let origin = Origin::Contents { path, named_by: Box::new(node.origin.clone()) };
    Ok(Node::untyped(origin, text.trim_end_matches(['\r', '\n'])))
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        self.next = self.left.next();
        let Some((key, _)) = &self.next else {
            return Ok(None);
        };
        seed.deserialize(StringDeserializer::<ReadError>::new(key.clone())).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let Some((key, node)) = self.next.take() else {
            return Err(de::Error::custom("a value without a key"));
        };
        let mut path = self.path.clone();
        path.push(Step::Key(key));
        let reader = Reader { node: &node, context: self.context, path: path.clone() };
        seed.deserialize(reader).map_err(|refusal| refusal.at(&path, &node.origin))
    }
}

/// The items of an array, one by one.
pub(super) struct Items<'n> {
    left: std::iter::Enumerate<slice::Iter<'n, Node>>,
    context: &'n Context<'n>,
    path: Vec<Step>,
}

impl<'n> Items<'n> {
    pub(super) fn new(items: &'n [Node], context: &'n Context<'n>, path: Vec<Step>) -> Self {
        Self { left: items.iter().enumerate(), context, path }
    }
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some((index, node)) = self.left.next() else {
            return Ok(None);
        };
        let mut path = self.path.clone();
        path.push(Step::Index(index.to_string()));
        let reader = Reader { node, context: self.context, path: path.clone() };
        seed.deserialize(reader).map(Some).map_err(|refusal| refusal.at(&path, &node.origin))
    }
}
