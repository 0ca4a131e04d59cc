/** An entity that may not come in. */
export class RefusedEntityError extends Error {
  override readonly name = 'RefusedEntityError';

  /**
   * @param entity its reference, or its beginning if it has none
   * @param reason what is wrong with it, and what would be right
   */
  constructor(
    readonly entity: string,
    readonly reason: string,
  ) {
    super(`${entity}: ${reason}`);
  }
}
