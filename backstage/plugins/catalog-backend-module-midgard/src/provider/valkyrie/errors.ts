/** Valkyrie, or who gives tokens for it, did not answer as it should. What it was asked can be asked again. */
export class ValkyrieError extends Error {
  override readonly name = 'ValkyrieError';

  constructor(
    message: string,
    /** The HTTP status, if there was an answer at all. */
    readonly status?: number,
  ) {
    super(message);
  }
}
