import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Backstage } from './backstage';
import { expectStatus } from './http';

/** The package under test. */
export const MODULE = 'backstage-plugin-catalog-backend-module-midgard';

/** A package of which a process runs a file. */
export interface LoadedPackage {
  name: string;
  version: string;
  /** Within the backend's folder. */
  folder: string;
}

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  overrides?: Record<string, string>;
}

const WORKSPACE = resolve(__dirname, '../../../..');
/** A backend like the one here, on a Backstage that is about a year older. */
export const YEAR_OLD = join(WORKSPACE, 'compatibility');

/** What the packages of that release are called, with their versions, and the module with its own. */
export function releasedTogether(): Partial<Record<string, string>> {
  const { dependencies, overrides } = readManifest(YEAR_OLD);
  const { version } = readManifest(built());
  const all = Object.entries({ ...dependencies, ...overrides }).filter(([name]) => name.startsWith('@backstage/'));
  return { ...Object.fromEntries(all), [MODULE]: version };
}

/** Those of them that a backend runs. */
export async function loadedPackages(backstage: Backstage): Promise<LoadedPackage[]> {
  const packages = expectStatus(await backstage.ask<LoadedPackage[]>('/api/loaded'), 200);
  return packages.filter(({ name }) => name.startsWith('@backstage/') || name === MODULE);
}

/** The module's files as they were built last, and as the old backend has them: path and digest. */
export function moduleFiles(): { built: string[]; installed: string[] } {
  const parts = ['bin', 'dist', 'migrations'];
  const [here, there] = [built(), join(YEAR_OLD, 'node_modules', MODULE)];
  return { built: parts.flatMap(part => digests(here, part)), installed: parts.flatMap(part => digests(there, part)) };
}

function built(): string {
  return join(WORKSPACE, 'plugins/catalog-backend-module-midgard');
}

function digests(root: string, part: string): string[] {
  const paths = readdirSync(join(root, part), { recursive: true, encoding: 'utf8' }).map(path => join(part, path));
  const files = paths.filter(path => statSync(join(root, path)).isFile()).sort();
  return files.map(path => `${path} ${createHash('sha256').update(readFileSync(join(root, path))).digest('hex')}`);
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
