/** As many tasks are named; more would only fill the page. */
const NAMED = 10;

/** What one reconciliation found. */
export class Report {
  completed = 0;
  applied = 0;
  removed = 0;
  refused = 0;
  /** Tasks that brought what is in the catalog, and of which Valkyrie knows nothing. */
  readonly unseen: string[] = [];
  /** Tasks that can't be read, with what is wrong. */
  readonly malformed: string[] = [];

  /** What somebody has to look at, for people; `undefined` if there is nothing. */
  get trouble(): string | undefined {
    const all: string[] = [];
    if (this.unseen.length > 0) {
      all.push(
        `${this.unseen.length} tasks can't be seen any more, and were kept: ${named(this.unseen, ', ')}. The token needs ` +
          'scaffold-tasks:admin; if it has it, their news was forged: then delete their entities in Backstage',
      );
    }
    if (this.malformed.length > 0) {
      all.push(`${this.malformed.length} tasks can't be read, and were passed over: ${named(this.malformed, '; ')}`);
    }
    return all.length > 0 ? all.join('. ') : undefined;
  }
}

function named(all: string[], between: string): string {
  const rest = all.length - NAMED;
  return all.slice(0, NAMED).join(between) + (rest > 0 ? `${between}and ${rest} more` : '');
}
