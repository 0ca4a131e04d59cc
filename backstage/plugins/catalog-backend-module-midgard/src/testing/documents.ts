import { JsonObject } from '@backstage/types';
import { Task } from '../provider/task';

/** A task, of which a test names what it cares for. */
export function aTask(given: Partial<Task> = {}): Task {
  return {
    id: '0192f0c1-2f69-7000-8000-000000000001',
    version: 4,
    status: 'completed',
    template: { name: 'event-service', version: '0.1.0' },
    changedAt: '2026-11-22T09:00:00.000000000Z',
    ...given,
  };
}

/** The same task as Valkyrie shows it. */
export function shown(task: Task): JsonObject {
  const { changedAt, ...rest } = task;
  return { ...rest, updatedAt: changedAt, parameters: {}, account: null, attempt: 1 };
}

/** A component as templates render them. */
export function aComponent(name: string, metadata: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, ...metadata },
    spec: { type: 'service', lifecycle: 'experimental', owner: 'group:default/payments', ...spec },
  };
}

/** A system, which several tasks may bring. */
export function aSystem(name: string, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'System',
    metadata: { name, ...metadata },
    spec: { owner: 'group:default/payments' },
  };
}
