//! How serde walks through tables and arrays, whatever reads their values.

use std::vec;

use serde::de::{self, DeserializeSeed, Deserializer, value::StringDeserializer};

use super::read_error::ReadError;

/// The entries of a table, one by one.
pub(super) struct Entries<D> {
    left: vec::IntoIter<(String, D)>,
    next: Option<D>,
}

impl<D> Entries<D> {
    pub(super) fn new(entries: Vec<(String, D)>) -> Self {
        Self { left: entries.into_iter(), next: None }
    }
}

impl<'de, D: Deserializer<'de, Error = ReadError>> de::MapAccess<'de> for Entries<D> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((key, value)) = self.left.next() else {
            return Ok(None);
        };
        self.next = Some(value);
        seed.deserialize(StringDeserializer::<ReadError>::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        match self.next.take() {
            Some(value) => seed.deserialize(value),
            None => Err(de::Error::custom("a value without a key")),
        }
    }
}

/// The items of an array, one by one.
pub(super) struct Items<D> {
    left: vec::IntoIter<D>,
}

impl<D> Items<D> {
    pub(super) fn new(items: Vec<D>) -> Self {
        Self { left: items.into_iter() }
    }
}

impl<'de, D: Deserializer<'de, Error = ReadError>> de::SeqAccess<'de> for Items<D> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        self.left.next().map(|item| seed.deserialize(item)).transpose()
    }
}
