/**
 * Asks until there is an answer, and returns it.
 *
 * @param what how to call what is waited for
 * @throws Error after the deadline, with the last failure as its cause
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  milliseconds = 30_000,
  pause = 25,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) {
      const reason = cause instanceof Error ? `: ${cause.message}` : '';
      throw new Error(`${what} did not come within ${milliseconds} ms${reason}`, { cause });
    }
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}
