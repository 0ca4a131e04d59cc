/**
 * Brings what is built in the workspace into this folder, after `npm ci` here and `npm run build` there: the module as
 * npm packs it, the fixtures of the tests, and the compiled database driver. Run before each test, it leaves nothing
 * stale.
 */
const { execFileSync } = require('node:child_process');
const { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const MODULE = 'backstage-plugin-catalog-backend-module-midgard';
const workspace = join(__dirname, '..');
const source = join(workspace, 'plugins/catalog-backend-module-midgard');
const installed = name => join(__dirname, 'node_modules', name);
const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** What npm would publish, and nothing that was there before. */
function refreshModule() {
  const packed = mkdtempSync(join(tmpdir(), 'midgard-packed-'));
  try {
    npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', packed], source);
    const [archive] = readdirSync(packed);
    execFileSync('tar', ['-xzf', archive], { cwd: packed });
    for (const name of readdirSync(installed(MODULE))) {
      if (name !== 'node_modules') rmSync(join(installed(MODULE), name), { recursive: true });
    }
    cpSync(join(packed, 'package'), installed(MODULE), { recursive: true });
  } finally {
    rmSync(packed, { recursive: true });
  }
}

/** The driver is compiled once, in the workspace: that takes minutes, and it is no part of Backstage. */
function refreshDriver() {
  const [ours, theirs] = [installed('better-sqlite3'), join(workspace, 'node_modules/better-sqlite3')];
  const [wanted, built] = [ours, theirs].map(versionOf);
  if (wanted !== built) {
    const mend = `run 'npm update better-sqlite3' in the one with the older`;
    throw new Error(`better-sqlite3 is ${wanted} here and ${built} in the workspace: ${mend}`);
  }
  const driver = 'build/Release/better_sqlite3.node';
  cpSync(join(theirs, driver), join(ours, driver));
}

function versionOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

/** They have to find this folder's libraries as well. */
function refreshFixtures() {
  const fixtures = join(__dirname, 'dist/fixtures');
  rmSync(fixtures, { recursive: true, force: true });
  cpSync(join(workspace, 'packages/backend/dist/fixtures'), fixtures, { recursive: true });
}

refreshModule();
refreshDriver();
refreshFixtures();
// Fails if the module asks for something by now that the lock does not have.
npm(['ls', '--all', '--silent'], __dirname);
