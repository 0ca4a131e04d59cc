use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use application::ports::RenderedFile;
use heimdall::program::CommandError;

/// Writes a service to a folder that is not there yet, or empty: all of it, or nothing.
pub(super) fn write(folder: &Path, files: &[RenderedFile]) -> Result<(), CommandError> {
    let wrong = |what: &str| CommandError::in_the_way(format!("{} {what}: give another --output", folder.display()));
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => {}
        Ok(false) => return Err(wrong("is not empty")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return Err(wrong("is no folder")),
        Err(error) => return Err(wrong("can't be read").because(error)),
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let fails =
        |error: std::io::Error| CommandError::failed(format!("{} can't be written", folder.display())).because(error);
    fs::create_dir_all(parent).map_err(fails)?;
    // Beside its place, so that moving it there is one step.
    let workshop = tempfile::Builder::new().prefix(".valkyrie-new-").tempdir_in(parent).map_err(fails)?;
    for file in files {
        let path = workshop.path().join(&file.path);
        if let Some(inner) = path.parent() {
            fs::create_dir_all(inner).map_err(fails)?;
        }
        let mut written = fs::File::create_new(&path).map_err(fails)?;
        written.write_all(&file.bytes).map_err(fails)?;
        if file.executable {
            written.set_permissions(fs::Permissions::from_mode(0o755)).map_err(fails)?;
        }
    }
    fs::set_permissions(workshop.path(), fs::Permissions::from_mode(0o755)).map_err(fails)?;
    // Replaces an empty folder, and nothing else.
    fs::rename(workshop.path(), folder).map_err(fails)?;
    let _ = workshop.keep();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<RenderedFile> {
        vec![
            RenderedFile { path: "run.sh".into(), executable: true, bytes: b"true".to_vec() },
            RenderedFile { path: "src/main.rs".into(), executable: false, bytes: b"fn main() {}".to_vec() },
        ]
    }

    #[test]
    fn a_new_or_an_empty_folder_is_filled() {
        let home = tempfile::tempdir().unwrap();
        for folder in ["new", "deep/er", "empty"] {
            let folder = home.path().join(folder);
            if folder.ends_with("empty") {
                fs::create_dir(&folder).unwrap();
            }
            write(&folder, &files()).unwrap();
            assert_eq!(fs::read(folder.join("src/main.rs")).unwrap(), b"fn main() {}");
            assert_eq!(fs::metadata(folder.join("run.sh")).unwrap().permissions().mode() & 0o111, 0o111);
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3, "nothing else is left behind");
    }

    #[test]
    fn what_is_there_is_not_touched() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("mine"), "mine").unwrap();
        let error = write(home.path(), &files()).unwrap_err();
        assert!(error.to_string().contains("is not empty"), "{error}");
        let error = write(&home.path().join("mine"), &files()).unwrap_err();
        assert!(error.to_string().contains("is no folder"), "{error}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
