import { ANNOTATION_LOCATION, ANNOTATION_ORIGIN_LOCATION, Entity } from '@backstage/catalog-model';
import { Task } from '../task';

/** Which task an entity comes from. */
export const ANNOTATION_TASK_ID = 'valkyrie.dev/task-id';
/** Which template the task was made from, as `name@version`. */
export const ANNOTATION_TEMPLATE = 'valkyrie.dev/template';

/** The entity with the annotations that say where it comes from, and links back. */
export function withOrigin(baseUrl: string, task: Task, entity: Entity): Entity {
  const taskUrl = `${baseUrl}/api/v1/scaffold-tasks/${task.id}`;
  const templateUrl = `${baseUrl}/api/v1/templates/${encodeURIComponent(task.template.name)}`;
  const { annotations, links, ...metadata } = entity.metadata;
  const { 'backstage.io/orphan': _orphan, ...given } = annotations ?? {};
  return {
    ...entity,
    metadata: {
      ...metadata,
      annotations: {
        ...given,
        [ANNOTATION_LOCATION]: `url:${taskUrl}`,
        [ANNOTATION_ORIGIN_LOCATION]: `url:${taskUrl}`,
        [ANNOTATION_TASK_ID]: task.id,
        [ANNOTATION_TEMPLATE]: `${task.template.name}@${task.template.version}`,
      },
      links: [
        ...(links ?? []),
        { url: taskUrl, title: 'Scaffold task' },
        { url: templateUrl, title: `Template ${task.template.name}` },
      ],
    },
  };
}
