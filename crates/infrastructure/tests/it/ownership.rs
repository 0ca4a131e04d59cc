use application::domain::{Change, IllegalChange};
use application::ports::{Context, TaskFilter, Viewer};
use application::tasks::{DraftPatch, TaskError};

use crate::support::{caller, on_both_databases, viewer};

on_both_databases! {
    async fn others_find_nothing_and_an_admin_finds_it(installation: Installation) {
        let task = installation.request("ada", "payments").await;
        let (tasks, bob) = (&installation.tasks, viewer("bob"));
        let gone = |result: Result<(), TaskError>| assert!(matches!(result, Err(TaskError::NotFound)), "{result:?}");
        gone(tasks.get(&bob, task.id).await.map(drop));
        gone(tasks.history(&bob, task.id, 0, 10).await.map(drop));
        gone(tasks.log(&bob, task.id, 0, 10).await.map(drop));
        gone(tasks.artifact(&bob, task.id).await.map(drop));
        gone(tasks.cancel(caller("bob"), task.id).await.map(drop));
        gone(tasks.delete(caller("bob"), task.id, None).await);
        gone(tasks.edit(caller("bob"), task.id, None, DraftPatch::default()).await.map(drop));
        let store = &installation.adapters.store;
        for (who, sees) in [(bob.clone(), false), (viewer("ada"), true), (Viewer::system("worker"), true)] {
            let mut work = store.begin(Context::default()).await.unwrap();
            assert_eq!(work.task(&who, task.id).await.unwrap().is_some(), sees, "a unit of work for {who:?}");
        }
        let filter = TaskFilter { limit: 10, ..TaskFilter::default() };
        assert_eq!(tasks.list(&bob, &filter).await.unwrap(), []);
        assert_eq!(tasks.list(&viewer("admin"), &filter).await.unwrap().len(), 1);
        assert_eq!(tasks.get(&viewer("admin"), task.id).await.unwrap(), task);
    }

    async fn an_illegal_change_says_so_and_changes_nothing(installation: Installation) {
        let task = installation.request("ada", "payments").await;
        let refused = installation.tasks.queue(caller("ada"), task.id).await;
        assert!(
            matches!(refused, Err(TaskError::Illegal(IllegalChange { change: Change::Queue, .. }))),
            "{refused:?}"
        );
        assert_eq!(installation.tasks.get(&viewer("ada"), task.id).await.unwrap(), task);
    }
}
