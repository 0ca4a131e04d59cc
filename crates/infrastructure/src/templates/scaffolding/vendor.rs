use super::failure::StepFailure;
use super::tree::{OutputFile, Written};
use super::workspace::Workspace;
use crate::templates::foundation;
use crate::templates::manifest::HeimdallVendor;
use crate::templates::path::confined;

const PLACE: &str = "input/targetPath";

impl Workspace {
    /// Puts heimdall's source into the service. Its manifest stands where no other does: nothing is replaced.
    pub(super) fn heimdall_vendor(&mut self, vendor: &HeimdallVendor) -> Result<Vec<String>, StepFailure> {
        let target = self.text(&vendor.target, PLACE)?;
        let wrong = |place: &str, message: String| StepFailure::Wrong { place: place.to_owned(), message };
        let folder = within(&target)?.join("/");
        if folder.is_empty() {
            return Err(wrong(PLACE, "the service's own folder instead of one within it".to_owned()));
        }
        let files = foundation::files().map_err(|error| wrong("heimdall", error.to_string()))?;
        let (mut written, mut bytes) = (0, 0);
        for (name, contents) in files {
            let path = format!("{folder}/{name}");
            bytes += contents.len();
            let file = OutputFile { executable: false, bytes: contents };
            let parts = within(&path)?;
            match self.tree.write(&parts, file, false, &self.budget) {
                Ok(Written::New | Written::Replaced) => written += 1,
                Ok(Written::Kept) => return Err(wrong(&path, "is there already".to_owned())),
                Err(source) => return Err(StepFailure::Tree { place: path, source }),
            }
        }
        Ok(vec![format!("wrote {written} files ({bytes} bytes) of heimdall to `{folder}`")])
    }
}

fn within(path: &str) -> Result<Vec<&str>, StepFailure> {
    confined(path).map_err(|source| StepFailure::Path { place: PLACE.to_owned(), source })
}
