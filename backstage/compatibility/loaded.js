const { existsSync, readFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');
const { coreServices, createBackendPlugin } = require('@backstage/backend-plugin-api');

/**
 * `GET /api/loaded`: the packages that this process runs, by folder. What is installed is no proof, since Node.js also
 * looks into the workspace around this folder, where everything is newer.
 */
module.exports = createBackendPlugin({
  pluginId: 'loaded',
  register(registration) {
    registration.registerInit({
      deps: { http: coreServices.httpRouter },
      async init({ http }) {
        http.use((_request, response) => response.json(loaded()));
      },
    });
  },
});

function loaded() {
  const folders = new Set(Object.keys(require.cache).map(folderOf));
  return [...folders].sort().map(folder => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder: relative(__dirname, folder), name, version };
  });
}

/** Of the package that a file belongs to. Some packages have such files further down, without a version. */
function folderOf(file) {
  let folder = dirname(file);
  while (!isPackage(folder)) folder = dirname(folder);
  return folder;
}

function isPackage(folder) {
  const file = join(folder, 'package.json');
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version !== undefined;
}
