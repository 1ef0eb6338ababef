/**
 * The rules of the house that no compiler knows: which room may import which, where the environment and the
 * clock's jobs live, names, headers and lengths. That the languages are complete is test/locales/'s.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.cache', '.data']);
const MAX_LINES = 200;
const MAX_TEST_LINES = 300;

/** What each room may import of the others, by room or by file; nothing that is not named here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'security-info': [],
  embedded: [],
  locales: [],
  // The schemas keep what delivery hands over: messages that wait, and the development mailbox.
  models: ['security-info', 'delivery'],
  delivery: ['security-info', 'locales/translator.ts'],
  interactions: ['security-info', 'locales/translator.ts'],
  admin: ['security-info', 'locales/translator.ts'],
  jobs: ['security-info'],
  provider: [
    ...['security-info', 'models', 'delivery', 'interactions', 'admin', 'jobs', 'embedded'],
    'locales/translator.ts',
  ],
  cli: [
    'security-info',
    'admin/scopes.ts',
    'models',
    'delivery',
    'jobs',
    'provider',
    'embedded',
    'locales/translator.ts',
  ],
  bin: ['cli'],
  demo: ['security-info', 'models', 'delivery', 'provider', 'locales/translator.ts'],
  // What is measured is also what a deployment never calls by itself: a job, a store, a mongod to put it on.
  bench: [
    ...['security-info', 'interactions', 'models', 'jobs', 'embedded', 'provider', 'test/store.ts'],
    ...['test/journeys/steps.ts', 'test/journeys/visitor.ts', 'test/journeys/world.ts', 'test/mongodb'],
  ],
  examples: ['provider'],
  docs: ['security-info', 'provider', 'jobs', 'cli', 'models', 'admin', 'locales/translator.ts'],
};
/** Small pure libraries that the domain may use besides Node's own; csv-parse reads what others' spreadsheets write. */
const DOMAIN_PACKAGES = new Set([
  ...['zod', 'otplib', 'libphonenumber-js/max', '@zxcvbn-ts/language-common', 'csv-parse'],
]);
/** Node's modules that reach outside the process: not for the domain. */
const OUTSIDE =
  /^node:(fs|net|http|https|http2|tls|dgram|dns|child_process|cluster|worker_threads|process)(\/|$)/;
/** Longer than the limit, each because one thing is better read in one place; a little room to mend them in. */
const LONG: Readonly<Record<string, number>> = {
  'bench/two-providers.ts': 210,
  'demo/relying-app/app.ts': 210,
  'embedded/catalog-commands.ts': 215,
  'embedded/collection.ts': 240,
  'embedded/read-commands.ts': 210,
  'embedded/storage.ts': 220,
  'embedded/update.ts': 210,
  'embedded/write-commands.ts': 240,
  'models/security-info-record.ts': 280,
  'provider/setting-definitions.ts': 220,
  'provider/setting-formats.ts': 245,
  'security-info/desk.ts': 235,
  // One catalogue of all refusals.
  'security-info/errors.ts': 255,
  'security-info/policy.ts': 300,
  'security-info/ports.ts': 400,
  'security-info/record.ts': 245,
  'security-info/status.ts': 210,
};
/** Files beside the code in which a host of a package registry would tie the project to one place. */
const TEXT = /\.(ts|js|mjs|cjs|json|md|ejs|css|yml|yaml|toml|html|sh)$|^\.npmrc$|^\.ci\/run$/;
const REGISTRY_HOST = new RegExp(
  [
    'registry\\.npm',
    'npmjs\\.(org|com)',
    'py',
    'pi\\.org|pythonhosted\\.org|deb\\.debian',
    '\\.org|crates\\.io',
  ].join(''),
);

interface SourceFile {
  /** From the project's folder, with slashes. */
  readonly path: string;
  readonly room: string;
  readonly text: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [relative(ROOT, path).split(sep).join('/')];
  });
}

const paths = filesBelow(ROOT);
const sources: readonly SourceFile[] = paths
  .filter((path) => /\.(ts|js)$/.test(path) && !path.startsWith('public/'))
  .map((path) => ({ path, room: path.split('/')[0] ?? '', text: readFileSync(join(ROOT, path), 'utf8') }));
const production = sources.filter(({ room, path }) => room !== 'test' && path.includes('/'));

/** What a file imports: other files by their path in the project, packages by their name. */
function importsOf({ path, text }: SourceFile): string[] {
  const found = [...text.matchAll(/(?:^|[\s;])(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)];
  return found.map(([, name = '']) =>
    name.startsWith('.')
      ? normalize(join(dirname(path), name))
          .split(sep)
          .join('/')
      : `package:${name}`,
  );
}

function offences(check: (file: SourceFile) => readonly string[]): string[] {
  return production.flatMap((file) => check(file).map((what) => `${file.path}: ${what}`));
}

test('there is something to look at', () => {
  expect(production.length).toBeGreaterThan(50);
  expect(production.flatMap(importsOf).filter((name) => name.startsWith('security-info/'))).not.toEqual([]);
});

test('imports go one way between the rooms', () => {
  const wrong = offences((file) =>
    importsOf(file).filter((name) => {
      if (name.startsWith('package:') || name.startsWith(`${file.room}/`) || name === 'package.json')
        return false;
      const allowed = (MAY_IMPORT[file.room] ?? []).map((to) => (to.endsWith('.ts') ? to : `${to}/`));
      return !allowed.some((to) => name === to || name.startsWith(to) || `dist/${to}` === name);
    }),
  );
  expect(wrong).toEqual([]);
});

test('the domain imports Node and small pure libraries only', () => {
  const wrong = offences((file) => {
    if (file.room !== 'security-info') return [];
    const packages = importsOf(file).filter((name) => name.startsWith('package:'));
    return packages
      .map((name) => name.slice('package:'.length))
      .filter((name) => (name.startsWith('node:') ? OUTSIDE.test(name) : !DOMAIN_PACKAGES.has(name)));
  });
  expect(wrong).toEqual([]);
});

test('the environment is read in one place', () => {
  const wrong = offences(({ path, room, text }) =>
    path !== 'provider/config.ts' && room !== 'bench' && /\bprocess\s*(\.|\[')env\b/.test(text)
      ? ['process.env']
      : [],
  );
  expect(wrong).toEqual([]);
});

test('one file knows the cron library', () => {
  const users = production.filter((file) =>
    importsOf(file).some((name) => name.startsWith('package:node-cron')),
  );
  expect(users.map(({ path }) => path)).toEqual(['jobs/scheduler.ts']);
});

test('no folder is a drawer for what has no place', () => {
  const drawers = paths.filter((path) => /(^|\/)(utils?|helpers?|common|misc|lib)\//.test(path));
  expect(drawers).toEqual([]);
});

test('names are in kebab-case', () => {
  const wrong = sources.filter(
    ({ path }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d))*$/.test(stem(path)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

function stem(path: string): string {
  return basename(path).replace(/\.(ts|js)$/, '');
}

test('every file begins with its duty', () => {
  const wrong = sources.filter(({ text }) => !/^(#!.*\n)?(\/\*\*|\/\/) ?\S?/.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('no file outgrows what can be read at once', () => {
  const wrong = sources.flatMap(({ path, room, text }) => {
    const limit = LONG[path] ?? (room === 'test' ? MAX_TEST_LINES : MAX_LINES);
    const lines = text.trimEnd().split('\n').length;
    return lines > limit ? [`${path}: ${lines} lines, at most ${limit}`] : [];
  });
  expect(wrong).toEqual([]);
});

test('no registry’s host is written into a file', () => {
  const wrong = paths
    .filter((path) => TEXT.test(path))
    .filter((path) => REGISTRY_HOST.test(readFileSync(join(ROOT, path), 'utf8')));
  expect(wrong).toEqual([]);
});
