import { createHash } from 'node:crypto';

/**
 * A UUIDv7 that is the same whenever the same row is published again with the same content, so that readers recognise
 * what a killed pump had sent already.
 *
 * @param milliseconds - when it happened, since 1970
 * @param parts - what tells it from all others
 */
export function eventId(milliseconds: number, ...parts: string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
