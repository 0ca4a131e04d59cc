#!/usr/bin/env node
// @ts-check
'use strict';

const USAGE = `usage: midgard-catalog print-sql <pg|sqlite> [--remove]

Prints the SQL that the catalog change publisher runs in the catalog's database in mode triggers,
or with --remove what takes it away again.
`;

const [command, dialect, option, ...rest] = process.argv.slice(2);
const known = command === 'print-sql' && (dialect === 'pg' || dialect === 'sqlite');
if (!known || rest.length > 0 || (option !== undefined && option !== '--remove')) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const { printInstall, printRemove } = require('../dist/publisher/capture/print');
process.stdout.write(option === '--remove' ? printRemove(dialect) : printInstall(dialect));
