use serde_json::Value;

use super::entities;
use super::failure::StepFailure;
use super::tree::OutputFile;
use super::workspace::Workspace;
use crate::templates::manifest::CatalogWrite;
use crate::templates::path::confined;
use crate::templates::yaml;

impl Workspace {
    /// Writes an entity's descriptor, in place of one that is there.
    pub(super) fn catalog_write(&mut self, write: &CatalogWrite) -> Result<Vec<String>, StepFailure> {
        let path = self.text(&write.file, "input/filePath")?;
        let parts =
            confined(&path).map_err(|source| StepFailure::Path { place: "input/filePath".to_owned(), source })?;
        let place = parts.join("/");
        if parts.is_empty() {
            return Err(StepFailure::Wrong { place: "input/filePath".to_owned(), message: "names no file".to_owned() });
        }
        let entity = self.input(&write.entity, "input/entity", &mut self.budget.whole())?.unwrap_or(Value::Null);
        let wrong = |message| StepFailure::Wrong { place: place.clone(), message };
        let reference = entities::reference(&entity).map_err(wrong)?;
        let text = yaml::write(&entity, self.budget.limits.file_bytes).map_err(wrong)?;
        let file = OutputFile { executable: false, bytes: text.into_bytes() };
        let written = self.tree.write(&parts, file, true, &self.budget);
        written.map_err(|source| StepFailure::Tree { place: place.clone(), source })?;
        let line = format!("wrote `{reference}` to {place}");
        if !self.descriptors.contains(&place) {
            self.descriptors.push(place);
        }
        Ok(vec![line])
    }
}
