/** How one part of the module stands. */
export interface PartHealth {
  /** `starting` until it first did its work, `failing` while it tries again by itself. */
  status: 'starting' | 'ok' | 'failing';
  /** What is wrong, for people. */
  detail?: string;
  /** Since when it stands so (RFC 3339). */
  since: string;
}

/** One part's place on the board. */
export interface HealthPart {
  ok(): void;
  failing(detail: string): void;
}

/** How all parts of the module stand. */
export class HealthBoard {
  readonly #parts = new Map<string, PartHealth>();

  constructor(private readonly now: () => Date = () => new Date()) {}

  /** Adds a part, which is starting until it says something else. */
  part(name: string): HealthPart {
    this.#set(name, 'starting');
    return {
      ok: () => this.#set(name, 'ok'),
      failing: detail => this.#set(name, 'failing', detail),
    };
  }

  /** All parts by name, and whether all is well. */
  read(): { status: 'ok' | 'failing'; parts: Record<string, PartHealth> } {
    const parts = Object.fromEntries(this.#parts);
    const well = Object.values(parts).every(({ status }) => status === 'ok');
    return { status: well ? 'ok' : 'failing', parts };
  }

  #set(name: string, status: PartHealth['status'], detail?: string) {
    const before = this.#parts.get(name);
    const since = before?.status === status ? before.since : this.now().toISOString();
    this.#parts.set(name, { status, since, ...(detail === undefined ? {} : { detail }) });
  }
}
