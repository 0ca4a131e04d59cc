/** Waits until a condition holds; fails with what it said last. */
export async function eventually(condition: () => Promise<void> | void, milliseconds = 20_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    try {
      await condition();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
}
